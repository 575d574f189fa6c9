"""From a recording in the window to files, and from such files back to the recording."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image
from PySide6.QtCore import Qt

from tests.helpers.dialogs import heard
from tests.helpers.exports import request_for
from tests.helpers.growing import recording
from tests.helpers.provenance import picture
from vgsim.export.formats.png import save_png
from vgsim.export.picture import PictureRequest
from vgsim.export.provenance.record import RecordingName
from vgsim.export.reading import read_provenance
from vgsim.export.shots import OnePass, Training
from vgsim.export.sources import provenance_of
from vgsim.measure.source import RecordingFile, open_source
from vgsim.text.moments import place_of
from vgsim.text.scale import Scale
from vgsim.ui.app.window_picture import made_window

SMALL = PictureRequest(view="gradient", size="320x200")


@pytest.fixture
def file(tmp_path):
    """Steps 0, 10, … 40."""
    return recording(tmp_path / "run.vgrun")


@pytest.fixture
def exported(file, tmp_path):
    """A picture of step 20, where the gradient has come to stage 2."""
    source = open_source(RecordingFile(file))
    source.seek(20, len(source.timeline) - 3)
    path = tmp_path / "x.png"
    save_png(picture(), path, provenance_of(source.frame(), SMALL))
    return path


def asked(vgsim, qtbot, path):
    """The question that opening ``path`` leads to."""
    vgsim.open_path(str(path))
    qtbot.waitUntil(lambda: vgsim.questions.question is not None)
    return vgsim.questions.question


def stands(vgsim, step, moment):
    frame = vgsim.session.frame
    recorded = vgsim.session.state.recording is not None and frame.spec is None
    return recorded and place_of(frame)[0] == step and str(frame.moment) == moment


def test_a_picture_leads_back_to_step_and_moment(vgsim, qtbot, file, exported):
    question = asked(vgsim, qtbot, exported)
    assert question.text() == f"Open the recording {file} named by x.png?"
    qtbot.mouseClick(question.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stands(vgsim, 20, "backward:2"))
    assert vgsim.session.state.recording == RecordingFile(file)


def test_a_no_opens_nothing(vgsim, qtbot, exported):
    told = heard(vgsim.window.told)
    qtbot.keyClick(asked(vgsim, qtbot, exported), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: "x.png was not opened: its recording was not to be read" in told)
    assert vgsim.session.state.recording is None


def test_another_recording_is_told_apart(vgsim, qtbot, exported):
    shown = read_provenance(exported)
    other = replace(shown, recording=RecordingName("run.vgrun", "another time"))
    save_png(picture(), exported, other)
    told = heard(vgsim.window.told)
    question = asked(vgsim, qtbot, exported)
    qtbot.mouseClick(question.open_button, Qt.MouseButton.LeftButton)
    sentence = "run.vgrun is not as it was when this was exported"
    qtbot.waitUntil(lambda: any(sentence in it for it in told))


def shown(vgsim, qtbot, file):
    vgsim.open_path(str(file))
    qtbot.waitUntil(lambda: stands(vgsim, 40, "backward:1"))


@pytest.mark.parametrize(
    ("sequence", "pictures"), [(Training(40, 20), 3), (OnePass(0, "loss", "backward:2"), 0)]
)
def test_a_film_of_what_is_shown_is_made_beside_the_window(
    vgsim, qtbot, file, tmp_path, sequence, pictures
):
    shown(vgsim, qtbot, file)
    path = tmp_path / "film.gif"
    told = heard(vgsim.window.told)
    vgsim.animations.begin(request_for(path, SMALL, sequence), path)
    qtbot.waitUntil(lambda: any("Saved" in it for it in told), timeout=20_000)
    with Image.open(io.BytesIO(path.read_bytes())) as film:
        assert film.n_frames == (pictures or vgsim.session.frame.stages)
    assert read_provenance(path).recording.name == "run.vgrun"


def test_shades_have_the_decades_of_the_recording(vgsim, qtbot, file):
    scale = vgsim.window.workspace.network.diagram._state.scale
    assert scale == Scale()
    shown(vgsim, qtbot, file)
    decades = vgsim.session.frame.subject.decades
    assert decades is not None
    assert (scale.low, scale.high) == decades
    vgsim.choose_preset("relu-he")
    qtbot.waitUntil(lambda: vgsim.session.frame.spec is not None)
    assert scale == Scale()


def test_a_picture_from_the_window_says_what_the_panel_says(vgsim, qtbot, file):
    shown(vgsim, qtbot, file)
    qtbot.waitUntil(lambda: vgsim.session.state.verdict is not None)
    _, verdict = vgsim._look()
    assert verdict is not None
    assert (verdict.title, verdict.step) == (vgsim.session.state.verdict.title, 40)


def test_the_window_as_a_picture_is_that_of_a_recording(styled, qtbot, file, theme):
    source = open_source(RecordingFile(file))
    window = made_window(source.frame(), theme, 1.0, None)
    qtbot.addWidget(window)
    assert window.windowTitle().startswith("run.vgrun")
    assert not window.actions_by_name["train"].isEnabled()
    assert not window.actions_by_name["reset"].isEnabled()
