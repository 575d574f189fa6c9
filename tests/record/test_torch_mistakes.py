"""One mistake in a training that goes well otherwise: what its recording shows."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

from tests.helpers.mistakes import GOOD, MISTAKES, Mistake
from vgsim.diagnosis import judge_recording

pytestmark = pytest.mark.torch


def named(training: Mistake) -> str:
    return training.name


@pytest.mark.parametrize("training", [*GOOD, *MISTAKES], ids=named)
def test_a_recording_shows_what_was_done_and_is_judged_so(
    tmp_path: Path, training: Mistake
) -> None:
    run = training.recorded(tmp_path / "a.vgrun")
    assert training.shows(run)
    verdict = judge_recording(run)
    said = " ".join([verdict.title, *verdict.sentences])
    assert verdict.outcome in training.outcomes, said
    assert not training.stages or any(name in said for name in training.stages), said


@pytest.mark.parametrize("training", [*GOOD, *MISTAKES], ids=named)
@pytest.mark.parametrize("changes", [{"width": 48, "seed": 5}, {"batch": 128, "seed": 2}], ids=str)
def test_so_it_does_at_other_settings(
    tmp_path: Path, training: Mistake, changes: dict[str, int]
) -> None:
    run = training.recorded(tmp_path / "a.vgrun", **changes)
    assert training.shows(run)
    assert judge_recording(run).outcome in training.outcomes
