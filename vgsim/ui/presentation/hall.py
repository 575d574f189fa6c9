"""What is shown to a hall: the diagram, one plot beside it, and the chain rule below them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from vgsim.measure.frame import Frame
from vgsim.text.scale import Scale
from vgsim.text.status import banner, status_line
from vgsim.ui.chain_rule.panel import HopPanel
from vgsim.ui.diagram.by_column import show_by_column
from vgsim.ui.network_card import NetworkCard
from vgsim.ui.pacing import CHAIN_RULE, FULL, Due
from vgsim.ui.plots.base import Plot
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.style.application import GUTTER, set_look, ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.card import Card
from vgsim.ui.widgets.text import ElidedLabel

_SHARES = 64, 36
"""Width of the diagram and of the panel beside it."""
_ABOUT = "node: RMS of ∂J/∂h over the batch"
_ABOUT_TIME = "column: timestep · node: RMS of ∂J/∂h over the batch"
_STRIP_EDGES = 16, 2, 16, 2


class HallView(QWidget):
    """Fresh views of the frames it is given, which leave those of the window as they are.

    ``panel`` names what stands beside the diagram: a plot, or ``CHAIN_RULE``. ``sample_chosen``
    is that of the chain rule.
    """

    sample_chosen = Signal(object)

    def __init__(self, theme: Theme, scale: Scale, panel: str, pen_scale: float = 1.0) -> None:
        super().__init__()
        self._theme = theme
        self._scale = scale
        self._pen_scale = pen_scale
        self._frame: Frame | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_look(self, "stage", True)
        self.title = ElidedLabel(font=ui_font(17, 600, tabular=False))
        self.moment = ElidedLabel(font=ui_font(15, 500))
        self.figures = ElidedLabel(font=ui_font(15))
        self.figures.setProperty("role", "muted")
        self.network = NetworkCard(theme, scale)
        self.panel_name = ""
        self.panel: Plot | HopPanel
        self._card: Card | None = None
        self._row = QHBoxLayout()
        self._row.setSpacing(GUTTER)
        self._row.addWidget(self.network, _SHARES[0])
        self._lay_out()
        self.set_panel(panel)
        self.network.diagram.folded.connect(self._show_panel)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(GUTTER + 4, 8, GUTTER + 4, GUTTER)
        column.setSpacing(GUTTER)
        head = QHBoxLayout()
        head.setSpacing(2 * GUTTER)
        head.addWidget(self.title, 1)
        head.addWidget(self.moment)
        head.addWidget(self.figures)
        column.addLayout(head)
        column.addLayout(self._row, 1)
        column.addWidget(self._strip_card())

    def _strip_card(self) -> QWidget:
        """The chain rule in a line, as wide as everything above it."""
        holder = QFrame()
        holder.setProperty("card", True)
        row = QHBoxLayout(holder)
        row.setContentsMargins(*_STRIP_EDGES)
        row.addWidget(self.network.give_strip())
        return holder

    @property
    def wants(self) -> frozenset[type]:
        """Measurements that are drawn."""
        return frozenset(self.panel.wants)

    def set_panel(self, name: str) -> None:
        """Show another panel beside the diagram."""
        old = self._card
        self.panel_name = name
        self.panel = self._make_panel(name)
        if isinstance(self.panel, Plot):
            subtitle = self.panel.subtitle
        else:
            subtitle = ""
        self._card = card = Card(self.panel.title, subtitle)
        if isinstance(self.panel, Plot):
            self.panel.subtitle_changed.connect(card.set_subtitle)
            self.panel.note_changed.connect(card.set_note)
        card.body.addWidget(self.panel)
        self._row.addWidget(card, _SHARES[1])
        if old is not None:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._show_panel()

    @Slot()
    def _show_panel(self) -> None:
        if isinstance(self.panel, Plot):
            show_by_column(self.panel, self._frame, self.network.diagram.columns)
        else:
            self.panel.set_frame(self._frame)

    def _make_panel(self, name: str) -> Plot | HopPanel:
        if name == CHAIN_RULE:
            hop = HopPanel(self._theme, self._scale)
            hop.sample_chosen.connect(self.sample_chosen)
            return hop
        return PLOTS[name](self._theme, self._scale, self._pen_scale)

    def set_pen_scale(self, pen_scale: float) -> None:
        """So many pixels of the screen are one of this widget from now on."""
        self._pen_scale = pen_scale
        if isinstance(self.panel, Plot) and self.panel.pen_scale != pen_scale:
            self.panel.pen_scale = pen_scale
            self.panel.set_theme(self._theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self._theme = theme
        self.network.set_theme(theme)
        self.panel.set_theme(theme)

    def set_frame(self, frame: Frame, due: Due = FULL) -> None:
        """Show one moment, as much of it as is due."""
        self._frame = frame
        self.network.set_frame(frame, due)
        if due.rule_later:
            self.network.show_rule(frame)
        self.network.set_subtitle(_ABOUT_TIME if frame.subject.recurrent else _ABOUT)
        if due.hall_panel:
            self._show_panel()
        moment = banner(frame)
        step, loss, rate = status_line(frame).readout
        self.title.setText(frame.subject.name or "Experiment")
        self.moment.setText("Training" if due.training else moment)
        self.figures.setText(" · ".join(filter(None, (step, loss, rate if due.training else ""))))
