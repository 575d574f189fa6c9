"""The command sweep, in process: what it takes, what it refuses before any work, what it leaves."""

from __future__ import annotations

import pytest

from vgsim.cli import sweep as command
from vgsim.cli.main import main
from vgsim.sweep.driver import Sweep
from vgsim.sweep.executors import Here
from vgsim.sweep.plan import dumps
from vgsim.sweep.store import read

SMALL = ["--set", "network.width=4", "--set", "training.batch=8"]
AXES = ["--x", "network.depth=2:4:2", "--y", "init.gain=0.5:2:3"]
X = ["--x", "network.depth=2:4:2"]
Y = ["--y", "init.gain=0.5:2:3"]


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Compute in this thread: what processes do has tests of its own."""
    monkeypatch.setattr(command, "LocalWorkers", lambda count=None: Here())


@pytest.fixture
def out(tmp_path) -> str:
    return str(tmp_path / "map.vgmap")


def said(capsys, *words: str) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


def refused(capsys, *words: str) -> str:
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    return told.err.removeprefix("vgsim: ").rstrip()


def test_a_map_is_computed_and_told(capsys, out):
    told = said(capsys, "sweep", "tanh-xavier", *AXES, *SMALL, "--seeds", "2", "--out", out)
    assert "Tanh + Xavier · Tanh, width 4" in told
    assert "6 cells from 2 seeds each, at the start" in told
    assert "at Depth 4 · gain value 2" in told
    plan, results = read(out)
    assert len(results) == 12
    assert plan.spec.network.width == 4
    assert said(capsys, "list", out).startswith("map.vgmap · Tanh + Xavier")


def test_the_same_line_goes_on_where_it_was(capsys, monkeypatch, out):
    line = ["sweep", "tanh-xavier", *AXES, *SMALL, "--out", out]

    def interrupted(self):
        yield from original(self)
        raise KeyboardInterrupt

    original = Sweep.__iter__
    with monkeypatch.context() as patched:
        patched.setattr(Sweep, "__iter__", interrupted)
        assert main(line) == 2
    assert "6 of 6 experiments are in" in capsys.readouterr().err
    before = read(out)
    said(capsys, *line)
    assert read(out) == before


def test_a_shipped_map_with_other_axes(capsys, out):
    words = ["--x", "network.depth=2,3", "--axis", "network.activation=tanh,relu", "--seeds", "1"]
    said(capsys, "sweep", "tanh-depth-gain", *words, *Y, *SMALL, "--out", out)
    plan, _ = read(out)
    assert plan.shape == (2, 3, 2)


def test_a_file_with_a_map_in_it(capsys, tmp_path, out):
    file = tmp_path / "mine.toml"
    file.write_text(
        'name = "Mine"\n[network]\nwidth = 4\n[training]\nbatch = 8\n'
        '[map]\naxes = ["network.depth=1,2", "training.learning_rate=0.1,1"]\nsteps = 3\n'
    )
    told = said(capsys, "sweep", str(file), "--show", "loss", "--out", out)
    assert "after 3 updates" in told
    assert "J of the training batch" in told
    assert "First : last" not in told
    again = said(capsys, "sweep", out, "--show", "loss", "--out", str(tmp_path / "again.vgmap"))
    assert again.splitlines()[1:] == told.splitlines()[1:]


def test_verdicts_are_counted(capsys, out):
    words = ["--judge", "--steps", "2", "--set", "network.width=4"]
    told = said(capsys, "sweep", "tanh-xavier", *X, "--y", "init.gain=0.1,1", *words, "--out", out)
    assert "  Verdict: " in told


def test_rounded_whole_numbers_are_said(capsys, out):
    words = ["--x", "network.depth=2:4:9:log", *Y, *SMALL, "--out", out]
    assert main(["sweep", "tanh-xavier", *words]) == 0
    assert "9 values are asked for, which round to 3" in capsys.readouterr().err


def test_a_refined_map_has_a_tenth_of_the_cells_and_the_same_line_does_the_rest(capsys, out):
    axes = ["--x", "network.depth=1:20:20", "--y", "init.gain=0.5:2:20"]
    line = ["sweep", "tanh-xavier", *axes, *SMALL, "--out", out]
    told = said(capsys, *line, "--refine")
    assert "400 cells" in told and "of it is there" in told
    refined = len(read(out)[1])
    assert 30 <= refined <= 40
    said(capsys, *line, "--refine")
    assert len(read(out)[1]) == refined
    said(capsys, *line)
    assert len(read(out)[1]) == 400


def test_a_cell_that_cannot_be_computed_leaves_the_others(capsys, out):
    large = ["--x", "network.depth=1,1000", "--y", "network.width=2,4096"]
    assert main(["sweep", "tanh-xavier", *large, "--out", out]) == 0
    told = capsys.readouterr()
    assert "1 experiment could not be computed" in told.err
    assert "not computed: Depth 1,000 · width 4,096, seed 1: " in told.out
    assert "4 cells" in told.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "--x is missing: it takes FIELD=LOW:HIGH:COUNT[:log] or FIELD=A,B,…"),
        (X, "--y is missing: it takes FIELD=LOW:HIGH:COUNT[:log] or FIELD=A,B,…"),
        (["--x", "depth", *Y], "--x = depth: allowed is FIELD=LOW:HIGH:COUNT[:log]"),
        (["--x", "network.dephth=2:3:2", *Y], "network.dephth = 2:3:2: allowed is a known field"),
        (["--x", "network.activation=0:1:3", *Y], "names with commas, some of sigmoid"),
        ([*AXES, "--axis", "network.depth=2,3"], "one axis for each field"),
        ([*AXES, "--seeds", "x"], "--seeds = x: allowed is a whole number from 1 to 1000"),
        ([*AXES, "--seeds", "0"], "--seeds = 0: allowed is a whole number from 1 to 1000"),
        ([*AXES, "--steps", "-3"], "--steps = -3: allowed is a whole number"),
        ([*AXES, "--reach", "low"], "--reach = low: allowed is a loss"),
        ([*AXES, "--reach", "inf"], "--reach = inf: allowed is a loss"),
        ([*AXES, "--show", "lss"], "--show = lss: allowed is one of ratio"),
        ([*AXES, "--show", "verdict"], "or a verdict on every cell (--judge)"),
        ([*AXES, "--show", "reached", "--reach", "1"], "or updates (--steps)"),
        ([*AXES, "--workers", "0"], "--workers = 0: allowed is a whole number from 1 to 256"),
        ([*AXES, "--set", "network.depth=3"], "an axis or one value, not both"),
        ([*AXES, "--set", "network.slope=0.3"], "nothing here reads it"),
        ([*AXES, "--set", "training.steps=3"], "--steps"),
        ([*AXES, "--set", "network.width=0"], "network.width = 0: allowed is a whole number"),
        ([*AXES, "--seed", "x"], "--seed = x: allowed is a whole number"),
        ([*AXES, "--set", "data.dataset=csv", "--set", "data.path=none.csv"], "none.csv"),
        (["--x", "network.depth=1:1000:1000", "--y", "init.gain=0:1:90000"], "5,000,000"),
        ([*AXES, "--scheduler", " "], "tcp://HOST:8786"),
    ],
)
def test_what_cannot_be_computed_is_refused_before_any_work(capsys, tmp_path, out, words, told):
    assert told in refused(capsys, "sweep", "tanh-xavier", *words, "--out", out)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("map.png", "a file name that ends in .vgmap"),
        ("", "a file name that ends in .vgmap"),
        ("none/map.vgmap", "the folder none does not exist"),
    ],
)
def test_where_no_map_could_be_is_refused(capsys, tmp_path, name, told):
    out = str(tmp_path / name) if name else ""
    assert told in refused(capsys, "sweep", "tanh-xavier", *AXES, "--out", out)


def test_the_file_of_another_map_is_left_alone(capsys, out):
    said(capsys, "sweep", "tanh-xavier", *AXES, *SMALL, "--out", out)
    before = read(out)
    told = refused(capsys, "sweep", "tanh-xavier", *AXES, *SMALL, "--seeds", "2", "--out", out)
    assert "it is another map (the number of seeds is 1 there and 2 here)" in told
    assert read(out) == before


def test_a_field_behind_a_choice_that_is_not_read_either(capsys, out):
    told = refused(capsys, "sweep", "relu-he", *AXES, "--out", out)
    assert "with init.gain_by = number, where that is read: with init.weights = xavier" in told


def test_what_is_called_a_map_and_is_none(capsys, tmp_path, out):
    file = tmp_path / "other.vgmap"
    file.write_text("hello")
    assert "it is no map of vgsim" in refused(capsys, "sweep", str(file), "--out", out)
    assert "it is no map of vgsim" in refused(capsys, "list", str(file))
    assert "No such file" in refused(capsys, "list", str(tmp_path / "none.vgmap"))


def test_a_scheduler_that_does_not_answer_leaves_no_file(capsys, monkeypatch, tmp_path, out):
    class Unreachable(Here):
        def start(self):
            raise command.SweepError("No Dask scheduler answers at tcp://none:1.")

    monkeypatch.setattr(command, "DaskWorkers", lambda address: Unreachable())
    told = refused(
        capsys, "sweep", "tanh-xavier", *AXES, "--scheduler", "tcp://none:1", "--out", out
    )
    assert told == "No Dask scheduler answers at tcp://none:1."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["csv", "png"])
def test_what_was_exported_of_a_map_brings_its_plan_back(capsys, tmp_path, out, ending):
    said(capsys, "sweep", "tanh-xavier", *AXES, *SMALL, "--out", out)
    exported = str(tmp_path / f"map.{ending}")
    said(capsys, "render", out, "--out", exported)
    again = str(tmp_path / "again.vgmap")
    said(capsys, "sweep", exported, "--out", again)
    assert dumps(read(again)[0]) == dumps(read(out)[0])
