"""*Model it…* in the whole window: a simulated experiment like the recording that is shown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from tests.helpers.recorded_experiment import recorded_experiment
from tests.helpers.specs import small
from vgsim import record
from vgsim.diagnosis.verdict import Remedy
from vgsim.measure.source import RecordingFile

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def shown(vgsim, tmp_path, qtbot):
    """The window with a recording of four layers of nine units."""
    file = tmp_path / "run.vgrun"
    recorded_experiment(file, small(network__depth=4, network__width=9), steps=3)
    vgsim.open_path(str(file))
    qtbot.waitUntil(lambda: vgsim.session.state.recording == RecordingFile(file))
    qtbot.waitUntil(lambda: vgsim.session.state.frame.track is not None)
    return vgsim


def asked(vgsim, qtbot):
    """The dialog that comes."""
    vgsim.do("model")
    qtbot.waitUntil(lambda: vgsim.models.dialog is not None and vgsim.models.dialog.isVisible())
    return vgsim.models.dialog


def test_the_model_takes_the_place_of_the_recording(shown, qtbot):
    dialog = asked(shown, qtbot)
    assert dialog.sentences[0].text() == "Taken over: 4 hidden layers of 9 units."
    qtbot.mouseClick(dialog.open_button, LEFT)
    qtbot.waitUntil(lambda: shown.session.state.recording is None)
    qtbot.waitUntil(lambda: shown.session.frame.spec is not None)
    spec = shown.session.frame.spec
    assert (spec.name, spec.network.depth, spec.network.width) == ("Model of run", 4, 9)
    assert not shown.window.workspace.why.model_button.isVisibleTo(shown.window)


def test_the_model_runs_beside_the_recording(shown, qtbot):
    qtbot.mouseClick(asked(shown, qtbot).beside_button, LEFT)
    qtbot.waitUntil(lambda: shown.session.state.other is not None)
    assert shown.session.state.other.name == "Model of run"
    assert shown.session.state.recording is not None
    qtbot.waitUntil(lambda: shown.session.frame.other is not None)


def test_it_is_offered_with_a_recording_alone(vgsim):
    action = vgsim.window.actions_by_name["model"]
    assert not action.isEnabled()


def test_the_panel_why_asks_for_it_too(shown, qtbot):
    why = shown.window.workspace.why
    assert not why.model_button.isHidden()
    why.model_button.click()
    qtbot.waitUntil(lambda: shown.models.dialog is not None)


def test_what_has_no_weights_is_said_to_have_no_model(vgsim, tmp_path, qtbot):
    file = tmp_path / "bare.vgrun"
    with record.Recording(file) as run:
        run.stage("a", kind="relu", shape=(4, 2))
        run.step(0, loss=1.0, dh_rms=[1.0], h_rms=[1.0])
    vgsim.open_path(str(file))
    qtbot.waitUntil(lambda: vgsim.session.state.recording is not None)
    qtbot.waitUntil(lambda: vgsim.session.state.frame.track is not None)
    told = []
    vgsim.window.told.connect(told.append)
    vgsim.do("model")
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].startswith("Not modeled: the recording = bare.vgrun")


def test_code_is_copied_as_it_is_to_be(shown, qtbot):
    code = "  def forward(self, x):\n-     x = self.mlp(x)\n+     x = x + self.mlp(x)"
    shown.window.workspace.why.copy_requested.emit(Remedy("Around", (), "", code))
    assert QGuiApplication.clipboard().text() == "def forward(self, x):\n    x = x + self.mlp(x)\n"
