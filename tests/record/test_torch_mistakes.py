"""One mistake in a training that goes well otherwise: what its recording shows."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

from tests.helpers.mistakes import GOOD, MISTAKES, Mistake

pytestmark = pytest.mark.torch


def named(training: Mistake) -> str:
    return training.name


@pytest.mark.parametrize("training", [*GOOD, *MISTAKES], ids=named)
def test_a_recording_shows_what_was_done(tmp_path: Path, training: Mistake) -> None:
    assert training.shows(training.recorded(tmp_path / "a.vgrun"))


@pytest.mark.parametrize("training", [*GOOD, *MISTAKES], ids=named)
@pytest.mark.parametrize("changes", [{"width": 48, "seed": 5}, {"batch": 128, "seed": 2}], ids=str)
def test_so_it_does_at_other_settings(
    tmp_path: Path, training: Mistake, changes: dict[str, int]
) -> None:
    assert training.shows(training.recorded(tmp_path / "a.vgrun", **changes))
