"""A slider over a :class:`SliderTrack`, and the way numbers read beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QSlider, QStyle

POSITIONS = 1000
"""A slider goes from 0 to this."""
_DECADES = 7
_WIDE = 50.0
_LINEAR_STEPS = 100


@dataclass(frozen=True, slots=True)
class SliderTrack:
    """Numbers from ``low`` to ``high`` laid out on slider positions.

    ``floor`` is the size below which a curved track is about linear, so that 0 and negative
    numbers have their place on it; a ``floor`` of 0 means the whole track is linear.
    """

    low: float
    high: float
    whole: bool = False
    floor: float = 0.0

    def position(self, value: float) -> int:
        """The slider position nearest to ``value``."""
        low = self._bend(self.low)
        high = self._bend(self.high)
        inside = min(max(value, self.low), self.high)
        return round(POSITIONS * (self._bend(inside) - low) / (high - low))

    def value(self, position: int) -> float:
        """The handy number at a slider position: an int on a whole track, few digits otherwise."""
        low = self._bend(self.low)
        high = self._bend(self.high)
        exact = self._unbend(low + (high - low) * position / POSITIONS)
        handy = min(max(self._handy(exact), self.low), self.high)
        if self.whole:
            return int(handy)
        return float(handy)

    def beside(self, position: int, direction: int) -> int:
        """The nearest position in ``direction`` (+1, -1) with another number, or the end."""
        here = self.value(position)
        while 0 < position + direction < POSITIONS and self.value(position) == here:
            position += direction
        at_end = self.value(position) == here
        if at_end:
            return min(max(position + direction, 0), POSITIONS)
        return position

    def _bend(self, value: float) -> float:
        if not self.floor:
            return value
        return math.copysign(math.log1p(abs(value) / self.floor), value)

    def _unbend(self, bent: float) -> float:
        if not self.floor:
            return bent
        return math.copysign(self.floor * math.expm1(abs(bent)), bent)

    def _handy(self, value: float) -> float:
        if self.whole and abs(value) < 100:
            return round(value)
        if self.floor:
            return float(f"{value:.1e}")
        step = _nice((self.high - self.low) / _LINEAR_STEPS)
        return float(f"{round(value / step) * step:.10g}")


def track_for(low: float, high: float, *, whole: bool = False, log: bool = False) -> SliderTrack:
    """The track for a range; wide ranges are curved even without ``log``."""
    curved = log or high - low > _WIDE
    if curved:
        floor = low if low > 0 else 1.0 if whole else high * 10**-_DECADES
    else:
        floor = 0.0
    return SliderTrack(low, high, whole, floor)


def _nice(step: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * size for size in (1, 2, 5, 10) if power * size >= step * 0.999)


_HANDLE = 14
_Action = QAbstractSlider.SliderAction
_DIRECTIONS = {
    _Action.SliderSingleStepAdd.value: 1,
    _Action.SliderSingleStepSub.value: -1,
}


class ValueSlider(QSlider):
    """A horizontal slider that speaks numbers. A click goes there; arrow keys take one number."""

    moved = Signal(object)
    """The number at the slider, when the user changed it."""

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
        """Go to ``number`` without emitting a change; one off the track goes to its end."""
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
