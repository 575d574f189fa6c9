"""Kinds from another package, found by its entry points: the README's own example, installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from vgsim.core import plugins

ROOT = Path(__file__).parents[1]

MORE = """
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, true
from vgsim.diagnosis.outcome import OUTCOMES, Outcome, Precedence
from vgsim.export.format import Format, FileKind, register
from vgsim.export.formats.csv import compose, write
from vgsim.nn.clipping import CLIPPINGS, Clipping, by_norm
from vgsim.nn.initializers import BIASES, GAINS, INITIALIZERS, Biases, Initializer
from vgsim.nn.losses import LOSSES, MeanSquaredError
from vgsim.nn.optimizers import OPTIMIZERS, Optimizer
from vgsim.nn.schedules import SCHEDULES

@OPTIMIZERS.register("sign", "the sign of the gradient", label="Sign")
class Sign(Optimizer):
    formula = "w - eta sign(g)"

    def direct(self, change, step):
        np.sign(change, out=change)
        return 1.0

@LOSSES.register("twice", "twice the squared error", label="Twice")
class Twice(MeanSquaredError):
    def value(self, h):
        return 2 * super().value(h)

    def gradient(self, h, out):
        super().gradient(h, out)
        out *= 2

SCHEDULES.add("halved", lambda step, training: training.learning_rate / 2, "half", label="Halved")
CLIPPINGS.add(
    "half",
    Clipping(lambda g, at: by_norm(g, at / 2), lambda g, at, clipped: g / 2),
    "half",
    uses=("training.clip_at",),
)
GAINS.add("two", lambda init, activation: 2.0, "always two")
INITIALIZERS.add(
    "hadamard",
    Initializer(lambda rng, shape, init: rng.choice([-0.5, 0.5], shape), lambda shape, init: 0.5),
    "plus or minus a half",
)
BIASES.add(
    "tenth",
    Biases(lambda rng, shape, init: np.full(shape[1], 0.1), lambda init: 0.1, lambda *_: 0.0),
    "all biases 0.1",
)

register(Format(
    "rows", ".rows", "Rows", "numbers in rows", FileKind.TABLE, compose, write,
    starts=lambda head: False, read=lambda file: None, transparent=False,
))

@criterion(evidence.loss)
def _of_the_sign(f):
    return true(f.spec.training.optimizer == "sign")

OUTCOMES.add(
    "signed",
    Outcome(
        "Only signs", Precedence.MEANINGLESS, (_of_the_sign,), lambda f: ("Sizes do not count.",)
    ),
    "only signs",
)
"""
"""What a package may add besides what the README shows."""
PLOTS = """
from vgsim.ui.plots.base import PLOTS
from vgsim.ui.plots.loss import LossPlot

@PLOTS.register("mine", "a plot of one's own", label="Mine")
class Mine(LossPlot):
    title = "Mine"
"""
SPEC = """
[data]
dataset = "ring"
samples = 60
[network]
depth = 3
activation = "arctan"
[init]
weights = "hadamard"
bias = "tenth"
[training]
loss = "twice"
optimizer = "sign"
schedule = "halved"
clip = "half"
steps = 3
"""


def block(name: str) -> str:
    """A code block of the README, by the comment before it."""
    text = (ROOT / "README.md").read_text("utf-8")
    found = re.search(rf"<!-- {re.escape(name)} -->\n```\w+\n(.*?)```", text, re.DOTALL)
    assert found is not None, name
    return found[1]


def install(folder: Path, name: str, entry_points: str, **modules: str) -> None:
    """Lay a package and what pip writes about it into a folder of the path."""
    package = folder / name
    package.mkdir()
    for module, text in {"__init__": "", **modules}.items():
        (package / f"{module}.py").write_text(text, "utf-8")
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(entry_points, "utf-8")


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python with ``folder`` on its path."""
    path = os.pathsep.join([str(folder), str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | {"PYTHONPATH": path, "PYTHONUTF8": "1"},
        capture_output=True, text=True, encoding="utf-8", cwd=folder, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the README's package, which adds one of each."""
    where = tmp_path_factory.mktemp("site")
    groups = block("entry-points").replace("project.entry-points.", "").replace('"', "")
    kinds = block("my_package/kinds.py") + MORE
    install(where, "my_package", groups, kinds=kinds, plots=PLOTS)
    (where / "mine.toml").write_text(SPEC, "utf-8")
    return where


def test_every_kind_is_listed_and_no_headless_command_loads_a_plot(folder):
    code = """
import sys
from vgsim.__main__ import main
main(["run", "mine.toml"])
print({name for name in sys.modules if name in ("PySide6", "my_package.plots")})
main(["list"])
"""
    done = python(folder, "-c", code)
    assert done.returncode == 0, done.stderr
    told, listed = done.stdout.split("set()")
    assert "stage" in told
    for name in ("arctan", "ring", "sign", "twice", "halved", "half", "two", "hadamard", "tenth"):
        assert re.search(rf"^  {name} ", listed, re.MULTILINE), name
    assert "a plot of one's own" in listed


def test_another_package_s_outcome_is_asked(folder):
    done = python(folder, "-m", "vgsim", "why", "mine.toml", "--no-effects")
    assert "Only signs" in done.stdout and "Sizes do not count." in done.stdout, done.stderr


def test_another_package_s_plot_is_drawn(folder):
    done = python(folder, "-m", "vgsim", "render", "mine.toml", "--view", "mine", "--out", "m.png")
    assert done.returncode == 0 and (folder / "m.png").stat().st_size > 1000, done.stderr


def test_another_package_s_format_is_written(folder):
    done = python(folder, "-m", "vgsim", "render", "mine.toml", "--view", "loss", "--steps", "2",
                  "--out", "numbers.rows")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "training loss" in (folder / "numbers.rows").read_text("utf-8")


def test_an_unknown_name_is_refused_with_all_that_are_known(folder):
    done = python(folder, "-m", "vgsim", "run", "mine.toml", "--set", "data.dataset=rings")
    assert done.returncode == 2 and done.stderr.endswith(", ring\n")


def test_packages_that_fail_are_named_and_all_others_go_on(tmp_path):
    point = "[vgsim.kinds]\nx = {}.kinds\n"
    taken = "from vgsim.nn.schedules import SCHEDULES\nSCHEDULES.add('step', None, 'again')"
    install(tmp_path, "broken", point.format("broken"), kinds="import nothing_of_that_name")
    install(tmp_path, "leaving", point.format("leaving"), kinds="raise SystemExit(3)")
    install(tmp_path, "taking", point.format("taking"), kinds=taken)
    sound = (
        "from vgsim.nn.schedules import SCHEDULES\ndef add():\n    SCHEDULES.add('s', None, 's')"
    )
    install(tmp_path, "sound", "[vgsim.kinds]\ny = sound.kinds:add\n", kinds=sound)
    done = python(tmp_path, "-m", "vgsim", "list", "schedule")
    assert done.returncode == 0 and done.stdout.endswith("  s                      s\n")
    assert sorted(done.stderr.splitlines()) == [
        "vgsim: broken: its kinds are left out (ModuleNotFoundError: No module named "
        "'nothing_of_that_name')",
        "vgsim: leaving: its kinds are left out (SystemExit: 3)",
        "vgsim: taking: its kinds are left out (ValueError: schedule 'step' is there already "
        "(Steps): register under another name)",
    ]


def test_without_such_packages_nothing_slow_is_imported(tmp_path):
    code = """
import sys
from vgsim.core.registry import registry
registry("schedule")
print("importlib.metadata" in sys.modules)
"""
    assert python(tmp_path, "-c", code).stdout.strip() == "False"


def test_a_group_is_found_as_the_slow_way_finds_it(tmp_path, monkeypatch):
    from importlib.metadata import entry_points

    install(tmp_path, "some", "[vgsim.test]\nx = some\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path), str(tmp_path / "gone")])
    plugins._groups.cache_clear()
    assert plugins._groups() == entry_points().groups
    plugins._groups.cache_clear()
