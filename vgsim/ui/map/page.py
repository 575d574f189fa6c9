"""The page of a map: its form, the map itself, the cell that is looked at, and a slice."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from vgsim.ui.map.form import MapForm
from vgsim.ui.map.legend import MapLegend
from vgsim.ui.map.model.slice import MapSlice
from vgsim.ui.map.model.view import Cell, MapView
from vgsim.ui.map.plot import MapPlot
from vgsim.ui.map.readout import ReadoutPanel
from vgsim.ui.map.slice import SlicePlot
from vgsim.ui.style.application import GUTTER, ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.buttons import Segmented
from vgsim.ui.widgets.card import Card
from vgsim.ui.widgets.entries import Chooser
from vgsim.ui.widgets.text import ElidedLabel, hairline

NARROW = 1240
"""Below this width form and figures are narrower, so that the map has room."""
_FORM, _SIDE = (276, 372), (240, 268)
"""Pixels of (form in a wide window, figures there), and in a narrow one."""
EMPTY = "Choose what is across and what is up, and press Start: cells appear as they come."
_WAYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class MapPage(QWidget):
    """Everything of a map in front of the panels. It says what is wanted and does nothing itself.

    The cell that is looked at and the direction of the slice are the page's own: ``cell_changed``
    and ``slice_turned`` tell of another one.
    """

    left = Signal()
    cell_changed = Signal(object)
    slice_turned = Signal(int)
    layer_chosen = Signal(int)
    open_asked = Signal(object)
    """The :data:`Cell` whose experiment is wanted."""

    def __init__(self, theme: Theme, pen_scale: float = 1.0) -> None:
        super().__init__()
        self.setAccessibleName("Map")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.form = MapForm()
        self.plot = MapPlot(theme, pen_scale=pen_scale)
        self.legend = MapLegend(theme)
        self.readout = ReadoutPanel()
        self.slice_plot = SlicePlot(theme, pen_scale=pen_scale)
        self.along = Segmented((("Along", "Along the axis across"), ("Up", "Along the axis up")))
        self.layer = Chooser()
        self.layer_name = ElidedLabel("", ui_font(12, tabular=False))
        self.plot.empty = EMPTY
        self._lay_out()
        self._connect()
        self.show_view(None)
        self.along.hide()

    def _lay_out(self) -> None:
        self.map_card = Card("Map")
        self.layer_name.setProperty("role", "muted")
        self.layer.setFixedWidth(130)
        self.layer.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.layer.setAccessibleName("Layer")
        for widget in (self.layer_name, self.layer):
            self.map_card.add_header_widget(widget)
            widget.hide()
        self.map_card.body.addWidget(self.plot, 1)
        self._line = hairline()
        self.map_card.body.addWidget(self._line)
        self.map_card.body.addWidget(self.legend)
        self.slice_card = Card("Slice")
        self.slice_card.body.addWidget(self.along, 0, Qt.AlignmentFlag.AlignLeft)
        self.slice_card.body.addWidget(self.slice_plot, 1)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(GUTTER)
        side.addWidget(self.readout)
        side.addWidget(self.slice_card, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        row.setSpacing(GUTTER)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.addWidget(self.form)
        row.addWidget(self.map_card, 1)
        row.addWidget(self._side)

    def _connect(self) -> None:
        self.plot.pointed.connect(self.cell_changed)
        self.plot.pressed.connect(self._press)
        self.along.chosen.connect(self.slice_turned)
        self.layer.chosen.connect(self._choose_layer)
        self.readout.open_asked.connect(self._ask_open)

    @property
    def cell(self) -> Cell | None:
        """The cell that is looked at."""
        return self.plot.cell

    @property
    def direction(self) -> int:
        """The axis along which the slice goes: 0 across, 1 up."""
        return self.along.choice

    def show_view(self, view: MapView | None) -> None:
        """Show a map, or that there is none yet."""
        self.plot.set_view(view)
        self.legend.set_view(view)
        self._line.setVisible(bool(self.legend.items or self.legend.sentence))
        self.map_card.set_title(view.title if view is not None else "Map")
        self.map_card.set_subtitle(view.subtitle if view is not None else "")

    def show_slice(self, shown: MapSlice) -> None:
        """Show a slice through the cell that is looked at."""
        self.slice_card.set_title(shown.title)
        self.slice_card.set_subtitle(shown.subtitle)
        self.slice_plot.set_slice(shown)

    def show_directions(self, across: str, up: str) -> None:
        """Name the two ways of the slice; it has only one of a map with one axis."""
        self.along.set_texts([f"Along {across}", f"Along {up}"])
        if bool(up) is self.along.isHidden():
            self.along.choose(1 if up else 0)
        self.along.setVisible(bool(up))

    def show_layers(self, name: str, labels: Sequence[str], chosen: int) -> None:
        """Offer the maps of a stack by their value along the third axis; none for one map."""
        self.layer_name.setText(name)
        self.layer.set_items((str(at), label, "") for at, label in enumerate(labels))
        self.layer.show_name(str(chosen))
        for widget in (self.layer_name, self.layer):
            widget.setVisible(bool(labels))

    def look_at(self, cell: Cell) -> None:
        """Look at a cell and tell of it."""
        if cell != self.plot.cell:
            self.plot.set_cell(cell)
            self.cell_changed.emit(cell)

    def turn_slice(self) -> None:
        """The slice along the other axis."""
        if not self.along.isHidden():
            self.along.choose(1 - self.along.choice)
            self.slice_turned.emit(self.along.choice)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self.plot.set_theme(theme)
        self.legend.set_theme(theme)
        self.slice_plot.set_theme(theme)

    @Slot(str)
    def _choose_layer(self, number: str) -> None:
        self.layer_chosen.emit(int(number))

    @Slot(object)
    def _press(self, cell: Cell) -> None:
        self.plot.set_cell(cell)
        self.cell_changed.emit(cell)
        self._ask_open()  # of one that cannot be, the figures alone say why

    @Slot()
    def _ask_open(self) -> None:
        if self.plot.cell is not None and self.readout.open_button.isEnabled():
            self.open_asked.emit(self.plot.cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from cell to cell, Enter opens, S turns the slice, Space pauses, Esc leaves."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key in _WAYS and self.plot.map is not None:
            self._go(*_WAYS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask_open()
        elif key == Qt.Key.Key_S and not event.modifiers():
            self.turn_slice()
        elif key == Qt.Key.Key_Space:
            self.form.start_button.click()
        else:
            super().keyPressEvent(event)

    def _go(self, across: int, up: int) -> None:
        """One cell on, or to the middle of the map where none is looked at."""
        assert self.plot.map is not None  # its keys do nothing without one
        columns, rows = self.plot.map.shape
        if self.plot.cell is None:
            self.look_at((columns // 2, rows // 2))
            return
        column, row = self.plot.cell
        self.look_at((min(max(column + across, 0), columns - 1), min(max(row + up, 0), rows - 1)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the map its room."""
        super().resizeEvent(event)
        form, side = _SIDE if self.width() < NARROW else _FORM
        self.form.setFixedWidth(form)
        self._side.setFixedWidth(side)

    def minimumSizeHint(self) -> QSize:
        """The least at which all of it can be used."""
        return QSize(900, 480)
