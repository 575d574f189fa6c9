"""A slider over a :class:`SliderTrack`, and the way numbers read beside it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QSlider, QStyle

from vgsim.ui.widgets.track import POSITIONS, SliderTrack

_HANDLE = 14
_Action = QAbstractSlider.SliderAction
_DIRECTIONS = {
    _Action.SliderSingleStepAdd.value: 1,
    _Action.SliderSingleStepSub.value: -1,
}


class ValueSlider(QSlider):
    """A horizontal slider that speaks numbers. A click goes there; arrow keys take one number."""

    moved = Signal(object)
    """The number at the slider, when a person changed it."""

    def __init__(self, track: SliderTrack) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._track = track
        self._shown = track.value(0)
        self.setRange(0, POSITIONS)
        self.setPageStep(POSITIONS // 10)
        self.actionTriggered.connect(self._act)
        self.valueChanged.connect(self._tell)

    def number(self) -> float:
        """The number at the slider."""
        return self._shown

    def show_number(self, number: float) -> None:
        """Go to ``number`` without telling; one off the track goes to its end."""
        self._shown = number
        with QSignalBlocker(self):
            self.setValue(self._track.position(number))

    def nudge(self, direction: int) -> None:
        """Take the next number up (+1) or down (-1)."""
        self.setValue(self._track.beside(self.value(), direction))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring the handle under the mouse, then drag it from there."""
        if event.button() is Qt.MouseButton.LeftButton:
            along = round(event.position().x()) - _HANDLE // 2
            room = self.width() - _HANDLE
            self.setValue(QStyle.sliderValueFromPosition(0, POSITIONS, along, room))
        super().mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel: scrolling it must not change an experiment."""
        event.ignore()

    def _act(self, action: int) -> None:
        direction = _DIRECTIONS.get(action)
        if direction is not None:
            self.setSliderPosition(self._track.beside(self.value(), direction))

    def _tell(self, position: int) -> None:
        number = self._track.value(position)
        if number != self._shown:
            self._shown = number
            self.moved.emit(number)
