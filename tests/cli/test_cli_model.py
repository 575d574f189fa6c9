"""``vgsim model``: the simulated experiment nearest to a recording."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.recorded_experiment import recorded_experiment
from tests.helpers.specs import small
from vgsim.cli.main import main
from vgsim.nn.spec import loads


@pytest.fixture
def recording(tmp_path: Path) -> str:
    """Two recorded steps of a small network."""
    recorded_experiment(tmp_path / "run.vgrun", small(network__depth=4, network__width=9), steps=2)
    return str(tmp_path / "run.vgrun")


def test_it_is_printed_with_what_was_taken_over(capsys, recording):
    assert main(["model", recording]) == 0
    text = capsys.readouterr().out
    assert text.startswith("# Taken over: 4 hidden layers of 9 units.\n")
    spec = loads(text)
    assert (spec.network.depth, spec.network.width, spec.network.activation) == (4, 9, "tanh")
    assert spec.name == "Model of run"


def test_it_is_written_and_can_be_run(capsys, recording, tmp_path):
    out = tmp_path / "model.toml"
    assert main(["model", recording, "--step", "0", "--out", str(out)]) == 0
    assert capsys.readouterr().out == ""
    assert main(["run", str(out), "--steps", "2"]) == 0
    assert main(["why", str(out), "--no-effects"]) == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--step", "7"], "--step = 7: allowed is a step that was recorded: 0 to 1"),
        (["--step", "x"], "a step that was recorded"),
        (["--out", " "], "--out"),
        (["--out", "no/such/folder/x.toml"], "--out"),
    ],
)
def test_what_cannot_be_is_one_line(capsys, recording, words, says):
    assert main(["model", recording, *words]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and says in err


def test_another_file_is_no_recording(capsys, tmp_path):
    (tmp_path / "x.toml").write_text("name = 'x'\n")
    assert main(["model", str(tmp_path / "x.toml")]) == 2
    assert "a recording of a training (.vgrun)" in capsys.readouterr().err
