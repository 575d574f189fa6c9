"""Both tracks, one below the other, kept at the frame that is shown."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from vgsim.measure.frame import Frame
from vgsim.text.scale import Scale
from vgsim.ui.style.theme import Theme
from vgsim.ui.timeline.recorded import RecordedTrack
from vgsim.ui.timeline.track import LABELS
from vgsim.ui.timeline.tracks import MomentTrack, StepsTrack


class Timeline(QWidget):
    """Two playheads that follow the frames, and that the user can drag or move with the keyboard.

    While the user moves one, frames do not move it under the hand.
    """

    moment_dragged = Signal(int)
    """Position of a moment in this pass; at most about 15 a second while it is dragged."""
    step_dragged = Signal(int)
    """Number of updates done at the step wanted; as often."""
    recorded_dragged = Signal(int)
    """Number of the recorded step wanted; as often."""

    def __init__(self, theme: Theme, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.moments = MomentTrack(theme, scale)
        self.steps = StepsTrack(theme)
        self.recorded = RecordedTrack(theme, scale)
        self.recorded.hide()
        self.moments.chosen.connect(self.moment_dragged)
        self.steps.chosen.connect(self.step_dragged)
        self.recorded.chosen.connect(self._choose_recorded)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 1)
        column.setSpacing(0)
        column.addWidget(self.moments)
        column.addWidget(self.steps)
        column.addWidget(self.recorded)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._training = False

    def set_frame(self, frame: Frame) -> None:
        """Show where ``frame`` is."""
        self.moments.set_frame(frame)
        self._swap_tracks(frame.track is not None)
        if frame.track is None:
            self.steps.set_step(frame.step)
        else:
            self.recorded.set_frame(frame, frame.track)
            self.recorded.describe()
        self.moments.tip.refresh()
        if not self._training:
            self.moments.describe()
            self.steps.describe()

    def _swap_tracks(self, recorded: bool) -> None:
        """The steps of a training, or those that were recorded of one."""
        if self.recorded.isHidden() is recorded:
            self.recorded.setVisible(recorded)
            self.steps.setVisible(not recorded)
            self.updateGeometry()

    @Slot(int)
    def _choose_recorded(self, row: int) -> None:
        self.recorded_dragged.emit(self.recorded.step(row))

    def set_reach(self, first_kept: int, latest: int) -> None:
        """Steps 0 to ``latest`` were run; one can go back as far as ``first_kept`` at once."""
        self.steps.set_reach(first_kept, latest)

    def set_training(self, training: bool) -> None:
        """While training runs nothing can be dragged."""
        self._training = training
        for track in (self.moments, self.steps):
            track.setEnabled(not training)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colors."""
        self.moments.set_theme(theme)
        self.steps.set_theme(theme)
        self.recorded.set_theme(theme)

    @property
    def spare(self) -> int:
        """Pixels that :meth:`set_low` gives away or has given: none unless steps are recorded."""
        return 0 if self.recorded.isHidden() else round(LABELS)

    @property
    def given_away(self) -> int:
        """As many of them as are given away now."""
        return self.spare if self.recorded.low else 0

    def set_low(self, low: bool) -> None:
        """Leave the line under recorded steps out, where there is no room for it."""
        self.recorded.set_low(low)
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """The least at which a moment can be hit."""
        return QSize(self.moments.minimumSizeHint().width(), self.sizeHint().height())

    def sizeHint(self) -> QSize:
        """As high as both tracks."""
        steps = self.steps if self.recorded.isHidden() else self.recorded
        return QSize(640, self.moments.height() + steps.height() + 3)
