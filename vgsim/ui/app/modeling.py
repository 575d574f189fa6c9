"""From the recording that is shown to a simulated experiment like it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QObject, Slot

from vgsim.core.errors import SpecError
from vgsim.diagnosis.nearest import NearestSpec, nearest_spec
from vgsim.measure.source import RecordingFile
from vgsim.nn.presets import baseline_of
from vgsim.nn.spec import Spec
from vgsim.record.reader import RecordedRun
from vgsim.text.moments import place_of
from vgsim.ui.app.session import Session
from vgsim.ui.latest import Call, LatestAnswer, Outdated
from vgsim.ui.window.main_window import MainWindow
from vgsim.ui.window.model_dialog import ModelDialog


class RecordingModels(QObject):
    """*Model it…* of one window."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._latest = LatestAnswer(self)
        self.dialog: ModelDialog | None = None
        """The one that was opened last."""
        window.workspace.why.model_requested.connect(self.ask)

    @Slot()
    def ask(self) -> None:
        """Find the nearest experiment, in a thread, then ask where it is to be opened."""
        state = self._session.state
        if state.recording is not None and state.frame is not None:
            step = place_of(state.frame)[0]
            self._latest.ask(partial(self._found, state.recording, step))

    def close(self) -> None:
        """End what is still being looked for."""
        self._latest.close()

    def _found(self, file: RecordingFile, step: int, outdated: Outdated) -> Iterator[Call]:
        try:
            nearest = nearest_spec(RecordedRun(file.path), step)
        except (SpecError, OSError) as error:
            yield partial(self._window.tell, f"Not modeled: {error}")
            return
        yield partial(self._offer, nearest)

    def _offer(self, nearest: NearestSpec) -> None:
        self.dialog = ModelDialog(nearest, self._window)
        self.dialog.wanted.connect(self._open)
        self.dialog.wanted_beside.connect(self._session.compare)
        self.dialog.open()

    @Slot(Spec)
    def _open(self, spec: Spec) -> None:
        """The model alone, as an experiment of the form."""
        self._session.compare(None)
        self._window.form.set_current_preset(baseline_of(spec)[0])
        self._session.open(spec)
