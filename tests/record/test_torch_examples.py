"""The complete scripts in docs/examples do what they say, and are recorded both ways alike."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import vgsim.record as record  # noqa: E402
from vgsim.diagnosis import judge_recording  # noqa: E402
from vgsim.record.reader import RecordedRun  # noqa: E402

pytestmark = pytest.mark.torch
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
NAMES = ("vanishing_mlp", "forgetting_lstm", "underflowing_transformer")
STEPS = 11


def example(name: str) -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, RecordedRun]:
    """The recordings that the scripts make of themselves."""
    folder = tmp_path_factory.mktemp("runs")
    torch.set_num_threads(1)
    found = {}
    for name in NAMES:
        example(name).train(folder / f"{name}.vgrun", STEPS)
        found[name] = record.read(folder / f"{name}.vgrun")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_script_recorded_from_outside_gives_the_same(
    tmp_path: Path, runs: dict[str, RecordedRun], name: str
) -> None:
    words = ["record", "--out", "a.vgrun", "--every", "10", str(EXAMPLES / f"{name}.py")]
    done = subprocess.run(
        [sys.executable, "-m", "vgsim", *words, "--plain", "--steps", str(STEPS)],
        cwd=tmp_path, capture_output=True, text=True, timeout=240,
        env={
            **os.environ, "OMP_NUM_THREADS": "1",
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
        },
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    found = record.read(tmp_path / "a.vgrun")
    inside = runs[name]
    assert list(found.steps) == list(inside.steps) == [0, 10]
    assert found.stages == inside.stages
    assert found.edges == inside.edges
    for figure in ("loss", "dh_rms", "h_rms", "dh_zero", "dW_norm", "update_norm"):
        np.testing.assert_array_equal(found[figure], inside[figure], err_msg=figure)


def gradient(run: RecordedRun, stage: str) -> float:
    """RMS of ∂J/∂h of a stage in the first step."""
    return float(run["dh_rms"][0, run.stages.index(stage)])


def test_the_gradient_of_the_mlp_vanishes(runs: dict[str, RecordedRun]) -> None:
    run = runs["vanishing_mlp"]
    assert 0 < gradient(run, "fc1") < 1e-12 * gradient(run, "head")


def test_the_lstm_forgets(runs: dict[str, RecordedRun]) -> None:
    run = runs["forgetting_lstm"]
    back = run.at(0).tables("dc_t")[run.stages.index("lstm")]
    assert 0 < back[0, 0] < 1e-15 * back[0, -1]


def test_an_lstm_with_open_gates_remembers(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    example("forgetting_lstm").train(tmp_path / "a.vgrun", 1, remember=True)
    run = record.read(tmp_path / "a.vgrun")
    back = run.at(0).tables("dc_t")[run.stages.index("lstm")]
    assert 0.1 < back[0, 0] / back[0, -1] < 10


def test_the_gradient_of_the_transformer_underflows(runs: dict[str, RecordedRun]) -> None:
    run = runs["underflowing_transformer"]
    assert run.about["precision"] == "bfloat16"
    assert gradient(run, "blocks.11.down") > 1e-5
    assert gradient(run, "embed") == 0
    zero, size = (run[name][0, run.stages.index("embed")] for name in ("dh_zero", "dh_size"))
    assert zero == size


def test_a_transformer_with_ways_around_its_blocks_keeps_it(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    example("underflowing_transformer").train(tmp_path / "a.vgrun", 1, residual=True)
    run = record.read(tmp_path / "a.vgrun")
    assert gradient(run, "embed") > 1e-5


JUDGED = (
    ("vanishing_mlp", "vanishing_capped", "act1 receives 1 part in 10¹³ of what reaches act16"),
    ("forgetting_lstm", "forgetting", "c₁ of lstm receives 1 part in 10²⁰ of what reaches c₁₀₀"),
    ("underflowing_transformer", "underflow", "It ends at blocks.2.down"),
)


@pytest.mark.parametrize(("name", "outcome", "words"), JUDGED)
def test_the_verdict_names_where_the_signal_is_lost(
    runs: dict[str, RecordedRun], name: str, outcome: str, words: str
) -> None:
    for step in runs[name].steps:
        verdict = judge_recording(runs[name], int(step))
        assert verdict.outcome == outcome
        assert words in " ".join(verdict.sentences)


@pytest.mark.parametrize(
    ("name", "choice"), [("forgetting_lstm", "remember"), ("underflowing_transformer", "residual")]
)
def test_without_the_mistake_it_is_healthy(tmp_path: Path, name: str, choice: str) -> None:
    torch.set_num_threads(1)
    example(name).train(tmp_path / "a.vgrun", STEPS, **{choice: True})
    assert judge_recording(record.read(tmp_path / "a.vgrun"), 0).outcome == "healthy"
