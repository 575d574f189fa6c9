"""The panel of the chain rule: the painted product and the choice of whose it is."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QRectF, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from vgsim.core.numbers import nth
from vgsim.measure.chain_rule.result import Hop, WeightStep
from vgsim.measure.frame import Frame
from vgsim.text.scale import Scale
from vgsim.ui.chain_rule.canvas import HopCanvas
from vgsim.ui.chain_rule.model.layout import hop_panel_layout
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.buttons import Segmented
from vgsim.ui.widgets.typeset import warm_up

_WORDS = (("One sample", "Matrices of one sample of the batch"),
          ("Batch mean", "Matrices of the mean over the batch"))  # fmt: skip
_LONG, _SHORT = ("One sample", "Batch mean"), ("Sample", "Mean")
_ROOM_FOR_LONG = 236
WARM_UP_MS = 400
"""The typesetter is loaded this long after the panel is first seen."""
NEXT_MS = 20
"""And gets one more formula this often."""
_ANY_BATCH, _SPIN = 99_999, 66


class HopPanel(QWidget):
    """The product of the present moment with its numbers.

    ``sample_chosen`` is a row of the batch, or None for the mean over it; ``focus_requested`` is
    the edge (:class:`vgsim.measure.request.Focus`) of a weight that was pinned.
    """

    title: ClassVar[str] = "Chain rule"
    wants: ClassVar[tuple[type, ...]] = (Hop, WeightStep)
    sample_chosen = Signal(object)
    focus_requested = Signal(object)

    def __init__(self, theme: Theme, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = HopCanvas(theme, scale, self)
        self._controls = QWidget(self)
        self.whose = Segmented(_WORDS)
        self.whose.setAccessibleName("Matrices of")
        self.sample = QSpinBox(minimum=1, maximum=_ANY_BATCH)
        self.sample.setFont(ui_font(12))
        self.sample.setAccessibleName("Sample")
        self.sample.setToolTip("Sample of the batch, from 1")
        self.sample.setKeyboardTracking(False)
        self.sample.setFixedWidth(_SPIN)
        row = QHBoxLayout(self._controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.whose)
        row.addWidget(self.sample)
        row.addStretch()
        self.setAccessibleName(self.title)
        self.whose.chosen.connect(self._choose)
        self.sample.valueChanged.connect(self._choose)
        self.canvas.pinned.connect(self.focus_requested)
        self._warming = warm_up()
        self._idle = QTimer(self, singleShot=True, interval=WARM_UP_MS)
        self._idle.timeout.connect(self._warm_up)
        self.set_frame(None)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self.canvas.set_theme(theme)

    def set_frame(self, frame: Frame | None) -> None:
        """Show the hop of ``frame``, or how to get one."""
        self.canvas.set_frame(frame)
        hop = frame.measurement(Hop) if frame is not None else None
        self._controls.setVisible(self.canvas.hop is not None)
        if frame is not None and hop is not None:
            self._show_choice(hop, frame.subject.batch)
            self._describe()

    def sizeHint(self) -> QSize:
        """That of the product."""
        return self.canvas.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """That of the product."""
        return self.canvas.minimumSizeHint()

    def showEvent(self, event: QShowEvent) -> None:
        """Load the typesetter soon, but not before the window is there."""
        self._idle.start(WARM_UP_MS)

    def hideEvent(self, event: QHideEvent) -> None:
        """Load nothing while the panel is hidden."""
        self._idle.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The product everywhere, the choice at the top of its side."""
        self.canvas.resize(self.size())
        room = hop_panel_layout(self.width(), self.height()).controls
        self.whose.set_texts(_SHORT if room.width < _ROOM_FOR_LONG else _LONG)
        self._controls.setGeometry(QRectF(*room).toRect())

    def _show_choice(self, hop: Hop, batch: int) -> None:
        """Let the controls say whose matrices these are, without asking for others."""
        self.sample.blockSignals(True)
        self.sample.setRange(1, batch or _ANY_BATCH)
        if hop.sample is not None:
            self.sample.setValue(nth(hop.sample))
        self.sample.setEnabled(hop.sample is not None)
        self.sample.blockSignals(False)
        self.whose.choose(int(hop.sample is None))

    def _describe(self) -> None:
        if self.accessibleDescription() != self.canvas.accessibleDescription():
            self.setAccessibleDescription(self.canvas.accessibleDescription())

    @Slot()
    def _warm_up(self) -> None:
        """One formula at a time, so that the window answers in between."""
        for _ in self._warming:
            self._idle.start(NEXT_MS)
            return

    @Slot(int)
    def _choose(self, _: int) -> None:
        self.sample.setEnabled(self.whose.choice == 0)
        self.sample_chosen.emit(None if self.whose.choice else self.sample.value() - 1)
