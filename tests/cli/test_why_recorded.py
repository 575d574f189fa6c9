"""``vgsim why run.vgrun`` tells what is the matter with a training elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.handwritten import chain, written
from vgsim.cli.main import main


@pytest.fixture
def faded(tmp_path: Path) -> str:
    path = tmp_path / "run.vgrun"
    written(path, chain(8, 0.2, "Sigmoid", weights=0.1), (2.3, 2.3, 2.3))
    return str(path)


def test_why_tells_verdict_code_and_what_is_open(
    faded: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", faded]) == 0
    told = capsys.readouterr().out
    assert "run.vgrun · recorded step 2" in told
    assert "act1 receives 1 part in" in told
    assert "nn.init" in told
    assert "none was measured here" in told
    assert "The data have the wrong scale: it needs the input" in told


def test_json_has_the_same(faded: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", faded, "--step", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["step"] == 1
    assert told["outcome"] == "vanishing_capped"
    assert told["undecided"]
    assert any(remedy["code"] for remedy in told["remedies"])


@pytest.mark.parametrize(
    "words", [["--step", "9"], ["--seed", "1"], ["--set", "network.depth=3"]], ids=str
)
def test_what_a_recording_cannot_do_is_refused(
    faded: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", faded, *words]) == 2
    assert words[0] in capsys.readouterr().err
