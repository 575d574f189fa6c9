"""The bar on top: what one presses to step, play, train and export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from vgsim.core.numbers import typed
from vgsim.ui.commands import BY_NAME, TRANSPORT, likeliest
from vgsim.ui.pacing import RunState
from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.buttons import IconButton, PushButton
from vgsim.ui.widgets.slider import SliderTrack, ValueSlider
from vgsim.ui.widgets.text import ElidedLabel, tool_tip

_SLOWEST = 0.25
_FASTEST = 30.0
_USUAL = 4.0
_HEIGHT = 52
_LEAST_WIDTH = 680
_WIDEST_PILL = 360


@dataclass(frozen=True, slots=True)
class _Form:
    """How much the bar shows at some width; ``icons`` are the buttons without their words."""

    pill: int
    readouts: frozenset[str] = frozenset()
    speed_label: bool = False
    icons: frozenset[str] = frozenset()


_FORMS = (
    _Form(280, frozenset({"step", "loss", "rate"}), True),
    _Form(280, frozenset({"step", "loss"}), True),
    _Form(280, frozenset({"loss"}), True),
    _Form(270, speed_label=True),
    _Form(250),
    _Form(230, icons=frozenset({"reset", "back"})),
    _Form(230, icons=frozenset({"reset", "back", "export"})),
    _Form(150, icons=frozenset({"reset", "back", "step", "play", "train", "export"})),
)


class Transport(QWidget):
    """Buttons, speed, banner and readouts. It says what was pressed and decides nothing."""

    asked = Signal(str)
    """The name of a command."""
    speed_changed = Signal(float)
    """Moments a second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Transport")
        self.buttons = {name: _button(name) for name in TRANSPORT}
        self.theme_button = IconButton("theme", BY_NAME["theme"].text)
        self.export_button = _button("export")
        self._keys: dict[str, str] = {}
        self._guided = False
        self._state = RunState()
        self._make_speed()
        self._make_texts()
        self._connect()
        self._lay_out()
        self.set_state(RunState())
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_state(self, state: RunState) -> None:
        """Offer what fits what the run is doing."""
        self._state = state
        primary = "" if self._guided or state.mapped else likeliest(state)
        for name, button in self.buttons.items():
            face = BY_NAME[name].face_in(state)
            hindrance = BY_NAME[name].hindrance(state)
            button.show_face(face.icon, face.label, face.help)
            button.setToolTip(self._tip(name, hindrance or face.help))
            button.setEnabled(not hindrance)
            button.set_primary(name == primary)
        self.speed_slider.setEnabled(not state.mapped)

    def set_guided(self, guided: bool) -> None:
        """While a lesson is open its page has the one filled button."""
        if guided is not self._guided:
            self._guided = guided
            self.set_state(self._state)

    def set_moment(self, text: str) -> None:
        """Say what has just happened and what comes next."""
        self.pill.setText(text)

    def set_readout(self, step: str, loss: str, rate: str) -> None:
        """Show three short texts; an empty one takes no room."""
        wider = False
        for label, text in zip(self._readouts, (step, loss, rate), strict=True):
            label.setText(text)
            wider |= _grow(label)
        if wider:
            self._fit()

    def set_speed(self, moments_per_second: float) -> None:
        """Show a speed without emitting a change."""
        self.speed_slider.show_number(moments_per_second)
        self._show_speed(moments_per_second)

    def set_shortcuts(self, keys: Mapping[str, str]) -> None:
        """Name the keys in the tool tips: "step" -> "→" and so on; "theme" and "export" too."""
        self._keys = dict(keys)
        for key, button in self._named().items():
            button.setToolTip(self._tip(key, button.accessibleName()))

    def minimumSizeHint(self) -> QSize:
        """The width of the barest form."""
        return QSize(_LEAST_WIDTH, _HEIGHT)

    def sizeHint(self) -> QSize:
        """Everything in full."""
        return QSize(1200, _HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as fits."""
        super().resizeEvent(event)
        self._fit()

    def _make_speed(self) -> None:
        self.speed_label = ElidedLabel("Speed", ui_font(12))
        self.speed_label.setProperty("role", "muted")
        whole = self.speed_label.sizeHint().width()
        self.speed_label.setMinimumWidth(whole)  # it is left out rather than cut
        self.speed_slider = ValueSlider(SliderTrack(_SLOWEST, _FASTEST, floor=_SLOWEST))
        self.speed_slider.setAccessibleName("Speed, moments per second")
        self.speed_slider.setToolTip(tool_tip("Moments per second while playing"))
        self.speed_slider.setFixedWidth(96)
        self.speed_value = ElidedLabel("", ui_font(12, 500))
        self.speed_value.setFixedWidth(self.speed_value.fontMetrics().horizontalAdvance("0.25 /s"))
        self.speed_label.setBuddy(self.speed_slider)
        self.set_speed(_USUAL)

    def _make_texts(self) -> None:
        self.pill = ElidedLabel("", ui_font(12, 600))
        self.pill.setProperty("pill", True)
        self.pill.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pill.setFixedHeight(30)
        self.pill.setMaximumWidth(_WIDEST_PILL)
        self.pill.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.step_text, self.loss_text, self.rate_text = self._readouts = (
            ElidedLabel("", ui_font(12)), ElidedLabel("", ui_font(12, 600)),
            ElidedLabel("", ui_font(12)),
        )  # fmt: skip
        for label in self._readouts:
            label.setContentsMargins(8, 0, 0, 0)
        for muted in (self.step_text, self.rate_text):
            muted.setProperty("role", "muted")

    def _connect(self) -> None:
        for name, button in self._named().items():
            button.clicked.connect(partial(self._ask, name))
        self.speed_slider.moved.connect(self._change_speed)

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout(self)
        # The layout's own minimum is that of the present form, and a barer one may do.
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(16, 0, 16, 1)
        row.setSpacing(8)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addSpacing(10)
        for widget in (self.speed_label, self.speed_slider, self.speed_value):
            row.addWidget(widget)
        row.addSpacing(4)
        row.addWidget(self.pill, 1000)
        for label in self._readouts:
            row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self.theme_button)
        row.addWidget(self.export_button)

    def _fit(self) -> None:
        """Take the fullest form that fits the width."""
        for form in _FORMS:
            self._take(form)
            if self._row.minimumSize().width() <= self.width():
                break
        self._row.activate()  # now, lest the old places be painted once

    def _take(self, form: _Form) -> None:
        for label, key in zip(self._readouts, ("step", "loss", "rate"), strict=True):
            label.setVisible(key in form.readouts and bool(label.text()))
        self.speed_label.setVisible(form.speed_label)
        self.pill.setMinimumWidth(form.pill)
        for key, button in (*self.buttons.items(), ("export", self.export_button)):
            button.set_compact(key in form.icons)

    def _named(self) -> dict[str, IconButton | PushButton]:
        return {**self.buttons, "theme": self.theme_button, "export": self.export_button}

    def _ask(self, name: str, checked: bool = False) -> None:
        self.asked.emit(name)

    def _tip(self, key: str, name: str) -> str:
        return tool_tip(f"{name} ({self._keys[key]})" if key in self._keys else name)

    def _change_speed(self, moments_per_second: float) -> None:
        self._show_speed(moments_per_second)
        self.speed_changed.emit(moments_per_second)

    def _show_speed(self, moments_per_second: float) -> None:
        self.speed_value.setText(f"{typed(moments_per_second)} /s")


def _button(name: str) -> PushButton:
    command = BY_NAME[name]
    face = command.face
    assert face is not None  # else it has no button
    others = [command.ends.label] if command.ends else []
    # The arrow of a step points away from the word.
    return PushButton(face.icon, face.label, face.help, others, icon_last=name == "step")


def _grow(label: ElidedLabel) -> bool:
    """Widen ``label`` to its text; it never shrinks, lest its neighbors dance as figures change."""
    needed = label.sizeHint().width() if label.text() else 0
    if 0 < needed <= label.minimumWidth():
        return False
    label.setMinimumWidth(needed)
    return True
