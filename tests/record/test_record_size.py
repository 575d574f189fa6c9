"""How large a recording gets, and that a step is found without reading the others."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from vgsim import record
from vgsim.core import container
from vgsim.record.schema import KIND, TABLES

ROOT = Path(__file__).resolve().parents[2]
MODULES, STEPS = 100, 60
COUNTS = ("zero", "subnormal", "inf", "nan")


def everything(draw: np.random.Generator) -> dict[str, object]:
    """All that a recorder takes of a step by default, of 100 modules of 64 units or more."""

    def one(size: int) -> np.ndarray:
        return draw.lognormal(size=size)

    gradients = draw.normal(size=(MODULES, 4096)) * np.logspace(-9, -2, MODULES)[:, None]
    figures: dict[str, object] = {"loss": 0.1, "learning_rate": [1e-3]}
    figures |= {name: one(MODULES) for name in ("h_rms", "h_max", "dh_rms", "dh_max")}
    figures |= {f"{of}_{kind}": np.zeros(MODULES) for of in ("h", "dh") for kind in COUNTS}
    figures |= {"h_size": [4096] * MODULES, "dh_size": [4096] * MODULES}
    figures["dh_zero"] = draw.integers(0, 4096, MODULES)
    figures |= {"saturated": draw.integers(0, 4096, MODULES) / 4096}
    figures |= {name: one(2 * MODULES) for name in ("W_norm", "dW_norm", "dW_max", "update_norm")}
    figures |= {name: [one(64) for _ in range(MODULES)] for name in ("h_units", "dh_units")}
    histograms = record.measured({}, {str(k): row for k, row in enumerate(gradients)})
    figures["dh_histogram"] = list(histograms["dh_histogram"].values())
    return figures


def hundred_modules(path: Path) -> record.Recording:
    """A recording that has them declared, each with a weight and a bias."""
    run = record.Recording(path)
    for k in range(MODULES):
        run.stage(f"layers.{k}", kind="Linear", shape=(64, 64), dtype="float32")
        run.parameter(f"layers.{k}.weight", stage=f"layers.{k}")
        run.parameter(f"layers.{k}.bias", stage=f"layers.{k}")
    return run.group("all")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("size") / "run.vgrun"
    draw = np.random.default_rng(0)
    with hundred_modules(path) as run:
        for step in range(STEPS):
            run.step(step, **everything(draw))
    return path


def test_a_thousand_steps_of_a_hundred_modules_are_at_most_40_mb(path: Path) -> None:
    assert path.stat().st_size / STEPS * 1000 <= 40e6


@pytest.mark.parametrize("query", [
    "SELECT figure, layout, data FROM arrays WHERE step_id = 7",
    "SELECT step_id, data FROM arrays WHERE figure = 3 AND step_id >= 0 AND step_id < 9",
])  # fmt: skip
def test_a_step_and_a_history_are_found_by_an_index(path: Path, query: str) -> None:
    with container.reading(path, KIND, TABLES) as database:
        plan = database.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
    assert all("USING INDEX" in row[-1] for row in plan)


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="no sqlite3 shell here")
def test_the_queries_of_the_documentation_work_in_the_shell(tmp_path: Path) -> None:
    document = ROOT / "docs" / "recording.md"
    if not document.is_file():
        pytest.skip("not a checkout")
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("b").stage("a", before="b")
        run.step(390, dh_rms=[7, 8]).note("all is well", step=400)
        run.step(400, loss=0.25, dh_rms=[1e-7, np.inf])
    (queries,) = re.findall(r"```sql\n(.*?)```", document.read_text("utf-8"), re.DOTALL)
    done = subprocess.run(
        ["sqlite3", str(tmp_path / "run.vgrun")],
        input=queries, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "no such function" in done.stderr:
        pytest.skip("an older shell")
    assert done.stdout.splitlines() == [
        "390|",
        "400|0.25",
        "a|Inf",
        "b|1.0e-07",
        "400||all is well",
    ]
