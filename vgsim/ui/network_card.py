"""The card in the middle: the diagram, the timeline and, under them, the chain rule in a line.

While two experiments are compared, both networks stand in the place of diagram and chain rule."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from vgsim.measure.frame import Frame
from vgsim.text.chain_rule import chain_rule
from vgsim.text.moments import pass_of
from vgsim.text.scale import Scale
from vgsim.ui.chain_rule.strip import HEIGHT, SHORT, ChainRuleStrip
from vgsim.ui.diagram.pair import DiagramPair
from vgsim.ui.pacing import FULL, Due
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.timeline.panel import Timeline
from vgsim.ui.widgets.buttons import IconButton, Segmented, SmallButton
from vgsim.ui.widgets.card import Card
from vgsim.ui.widgets.text import ElidedLabel, hairline


class OtherRunChip(QWidget):
    """ "B: ReLU, He normal" and a button that ends the comparison; hidden when there is none."""

    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = ElidedLabel("", ui_font(12, 500))
        self._label.setProperty("role", "accent")
        self._label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._label.setMaximumWidth(340)
        close = IconButton("close", "End the comparison", 14)
        close.clicked.connect(self.ended)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._label)
        row.addWidget(close)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set_difference("")

    def set_difference(self, difference: str) -> None:
        """Say in which fields B differs; nothing ends the comparison."""
        self._label.setText(f"compared with B: {difference}" if difference else "")
        self.setAccessibleName(self._label.text())
        self.setVisible(bool(difference))


_NODES = "node: RMS of ∂J/∂h over the batch"
_COLUMNS = "column: timestep, the last is the readout · "
_EDGES = " · edge: |w| · RMS of ∂J/∂z, what it hands back"


class NetworkCard(Card):
    """Diagram and chain rule of one frame."""

    def __init__(self, theme: Theme, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__("Network", _NODES, parent)
        self.pair = DiagramPair(theme, scale)
        self.diagram = self.pair.diagram
        self.timeline = Timeline(theme, scale)
        self.strip = ChainRuleStrip()
        self.other_run = OtherRunChip()
        self.both = Segmented(
            (("A | B", "Both networks on one scale"), ("A", "The network of A alone")), self
        )
        self.both.chosen.connect(self._choose)
        self.both.hide()
        self.fold_all = SmallButton("Fold all", "Fold every group into one column")
        self.fold_all.clicked.connect(self.diagram.fold_all)
        self.open_all = SmallButton("Open all", "Open every group: a column for each stage")
        self.open_all.clicked.connect(self.diagram.open_all)
        for button in (self.fold_all, self.open_all):
            button.hide()
            self.add_header_widget(button)
        self.add_header_widget(self.other_run)
        self.add_header_widget(self.both)
        self.body.setSpacing(0)
        self.body.addWidget(self.pair, 1)
        self.body.addWidget(self.timeline)
        self._line = hairline()
        self._has_strip = True
        self.body.addWidget(self._line)
        self.body.addWidget(self.strip)
        outer = self.layout()
        if outer is not None:  # the strip brings its own room below
            outer.setContentsMargins(15, 9, 15, 3)
        self.set_theme(theme)

    def minimumSizeHint(self) -> QSize:
        """The least at which nothing overlaps, whatever is left out now."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), self._whole_height() - self._second_line - self.timeline.spare)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have as much of the chain rule and of the timeline as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The second line of the chain rule gives way to the diagram, then that of the timeline.

        What is decided changes none of the heights that decide it, so that it is decided once.
        """
        whole = self._whole_height()
        low = self.height() < whole - self._second_line
        if self._second_line:
            self.strip.set_short(self.height() < whole)
        if self.timeline.recorded.low != low:
            self.timeline.set_low(low)

    def _whole_height(self) -> int:
        """The least height with nothing left out."""
        high = super().minimumSizeHint().height() + self.timeline.given_away
        if self._second_line:
            high += HEIGHT - self.strip.minimumHeight()
        return high

    @property
    def _second_line(self) -> int:
        """Pixels of the second line of the chain rule; none where the card has no such line."""
        return HEIGHT - SHORT if self._has_strip and not self.strip.isHidden() else 0

    def give_strip(self) -> ChainRuleStrip:
        """The line of the chain rule, to be put elsewhere; it still gets the frames."""
        self._line.hide()
        self._has_strip = False
        return self.strip

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colors."""
        self.pair.set_theme(theme)
        self.timeline.set_theme(theme)

    def set_frame(self, frame: Frame, due: Due = FULL) -> None:
        """Show ``frame``, as much of it as is due."""
        self.both.setVisible(frame.other is not None)
        self.pair.set_frame(frame, due)
        foldable = bool(self.diagram.folds.groups)
        self.fold_all.setVisible(foldable)
        self.open_all.setVisible(foldable)
        self._make_room()
        if due.words:
            self.set_note(pass_of(frame))
            self.timeline.set_reach(*frame.reach)
            high = self.timeline.sizeHint().height()
            self.timeline.set_frame(frame)
            if self.timeline.sizeHint().height() != high:  # recorded steps are a higher track
                self._fit()
        if due.rule:
            self.show_rule(frame)
        words = _NODES + (_EDGES if self.diagram.draws_edges else "")
        if frame.subject.recurrent:
            words = _COLUMNS + words
        if words != self._heading.subtitle:
            self.set_subtitle(words)

    @Slot(int)
    def _choose(self, number: int) -> None:
        """Both networks, or A alone."""
        self.pair.show_both(number == 0)
        self._make_room()

    def _make_room(self) -> None:
        """Two networks get the room of the chain rule of one of them."""
        if self._has_strip and self.strip.isHidden() is not self.pair.paired:
            self._line.setHidden(self.pair.paired)
            self.strip.setHidden(self.pair.paired)
            self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """− folds the group around what is picked, + opens it; all else is the window's."""
        keys = Qt.Key
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        elif event.key() in (keys.Key_Minus, keys.Key_Underscore):
            self.diagram.fold_here()
        elif event.key() in (keys.Key_Plus, keys.Key_Equal):
            self.diagram.open_here()
        else:
            event.ignore()

    def show_rule(self, frame: Frame) -> None:
        """Bring the line of the chain rule up to date; while playing it waits its turn."""
        self.strip.set_rule(chain_rule(frame))
