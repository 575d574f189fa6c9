"""What the panel of a comparison says where one of the two is a recording."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.growing import Growing
from tests.helpers.specs import small
from vgsim.measure.run_so_far import pinned
from vgsim.measure.snapshot import frame_of
from vgsim.measure.source import RecordingFile, open_source
from vgsim.nn.experiment import Experiment
from vgsim.ui.comparison.model import OF_RECORDINGS
from vgsim.ui.comparison.panel import ComparisonPanel


@pytest.fixture
def recorded(tmp_path):
    """The end of the way back in step 40."""
    source = open_source(RecordingFile(Growing(tmp_path / "run.vgrun").write(9).close()))
    source.seek(40, len(source.timeline) - 2)
    return source.frame()


@pytest.fixture
def trained():
    experiment = Experiment(small())
    experiment.run(7)
    return frame_of(experiment)


@pytest.fixture
def panel(styled, qtbot):
    made = ComparisonPanel()
    qtbot.addWidget(made)
    made.resize(320, 700)
    made.show()
    return made


@pytest.mark.parametrize("first", ["recorded", "trained"])
def test_what_is_known_of_both_stands_in_place_of_settings(panel, recorded, trained, first):
    pair = (recorded, trained) if first == "recorded" else (trained, recorded)
    panel.set_frame(replace(pair[0], other=pair[1]))
    assert panel.preface.text() == OF_RECORDINGS
    rows = panel.settings.texts()
    known = ("–", "SGD") if first == "recorded" else ("SGD", "–")
    assert known in rows
    assert not panel.buttons["save_pair"].isVisible()
    assert panel.buttons["change_one"].isVisible() is (first == "trained")


def test_it_says_after_how_many_updates_each_is(panel, recorded, trained):
    panel.set_frame(replace(recorded, other=trained))
    assert panel._came.text() == "WHAT CAME OF IT, BY STEP 40"
    assert "A after 40 updates, B after 7" in panel.sentence.text()


def test_a_level_that_was_typed_stays(panel, recorded, trained):
    panel.set_frame(replace(recorded, other=trained))
    panel.levels[0].set_level(0.03)
    panel.set_frame(replace(recorded, other=trained))
    assert panel.levels[0].level == 0.03


def test_two_experiments_have_their_settings_again(panel, recorded, trained):
    panel.set_frame(replace(recorded, other=trained))
    panel.set_frame(replace(trained, other=trained))
    assert "Nothing so far" in panel.preface.text()
    assert panel.buttons["save_pair"].isVisible()


def test_a_recording_can_be_pinned(panel, recorded, trained):
    panel.set_frame(replace(trained, pins=(pinned(recorded, "earlier run"),)))
    assert panel.pins.rows[0].name.text() == "earlier run"
    assert panel.pins.rows[0].about.text().startswith("step 40")
