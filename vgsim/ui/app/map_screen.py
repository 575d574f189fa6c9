"""What is seen of a map: the picture, the cell that is looked at, the slice, and theory."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from vgsim.sweep.blocks import NOBODY
from vgsim.sweep.figures import SHOWN
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.order import DRAWN, between
from vgsim.sweep.plan import Index
from vgsim.sweep.theory import TheoryCurve, theory_of
from vgsim.text.maps import axis_value, silence_words
from vgsim.text.specs import lowered
from vgsim.ui.latest import Call, LatestAnswer, Outdated
from vgsim.ui.map.model.readout import readout_of
from vgsim.ui.map.model.slice import slice_of
from vgsim.ui.map.model.theory import map_lines
from vgsim.ui.map.model.view import Cell, MapView, leaders, map_view, of_layer
from vgsim.ui.map.page import MapPage

DRAWING_SHARE = 0.15
"""How much of the time may go into drawing a map anew; the rest is for all else in the window."""
Floats = NDArray[np.float64]


class MapScreen(QObject):
    """Shows ``grid`` on ``page``: the figure ``shown`` of the map ``layer`` of a stack.

    Theory of a large map takes a second, so it is asked in a thread and drawn when it is there.
    """

    def __init__(self, page: MapPage) -> None:
        super().__init__(page)
        self.page = page
        self.grid: MapGrid | None = None
        self.shown = "ratio"
        self.layer: Index = ()
        self._curves: tuple[TheoryCurve, ...] = ()
        self._decades: Floats | None = None
        self._silence = ""
        self._theory = LatestAnswer(self)
        self._owed = False
        self._not_before = 0.0
        page.cell_changed.connect(self.show_cell)
        page.slice_turned.connect(self.show_slice)
        page.layer_chosen.connect(self.choose_layer)
        page.form.over_changed.connect(self.draw)

    def show_grid(self, grid: MapGrid) -> None:
        """Show another map."""
        self.grid = grid
        plan = grid.plan
        self.layer = tuple(0 for _ in plan.axes[DRAWN:])
        names = [lowered(axis.field.label) for axis in plan.axes[:DRAWN]]
        self.page.show_directions(names[0], names[1] if len(names) > 1 else "")
        if len(plan.axes) > DRAWN:
            axis = plan.axes[DRAWN]
            labels = [axis_value(axis, value) for value in axis.values]
            self.page.show_layers(axis.field.label, labels, 0)
        else:
            self.page.show_layers("", (), 0)
        columns, rows = (*plan.shape, 1)[:2]
        self.page.plot.set_cell((columns // 2, rows // 2))
        self._ask_theory()
        self.draw()

    def show_figure(self, name: str) -> None:
        """Show another figure of the same map."""
        self.shown = name
        self.draw()

    @Slot(int)
    def choose_layer(self, number: int) -> None:
        """Show another map of the stack."""
        self.layer = (number, *self.layer[1:])
        self._ask_theory()
        self.draw()

    def index_of(self, cell: Cell) -> Index:
        """Where a cell of the map that is seen stands in the plan."""
        assert self.grid is not None  # a cell is of a map
        if len(self.grid.plan.axes) == 1:
            return cell[:1]
        return (*cell, *self.layer)

    def owe(self) -> None:
        """More has come: it is drawn when there is time for it."""
        self._owed = True

    def draw_owed(self, now: bool) -> None:
        """Draw what has come, if it is time for that, or ``now``."""
        if self._owed and (now or time.perf_counter() >= self._not_before):
            self.draw()

    @Slot()
    def draw(self) -> None:
        """Draw everything anew."""
        if self.grid is None:
            return
        before = time.perf_counter()
        self._owed = False
        self.page.show_view(self.view())
        self._show_figures()
        spent = time.perf_counter() - before
        self._not_before = before + spent / DRAWING_SHARE

    def view(self) -> MapView:
        """What is drawn."""
        assert self.grid is not None  # else nothing is
        over = self.page.form.drawn_over()
        lines = map_lines(self._curves, theory="theory" in over, scale="scale" in over)
        edge = bool(SHOWN[self.shown].edge)
        note = self._silence if "theory" in over and edge else ""
        return map_view(
            self.grid, self.shown, self.layer, lines=lines if edge else (),
            contours="contours" in over, note=note,
        )  # fmt: skip

    @Slot(object)
    def show_cell(self, cell: Cell) -> None:
        """Say what is known of a cell, and cut the slice through it."""
        self._show_figures()

    @Slot(int)
    def show_slice(self, along: int) -> None:
        """Cut the slice along the other axis."""
        self._show_figures()

    def _show_figures(self) -> None:
        cell = self.page.cell
        if self.grid is None or cell is None:
            return
        index = self.index_of(cell)
        theory = float("nan")
        if self._decades is not None:
            theory = float(self._decades[cell])
        readout = readout_of(self.grid, self.shown, index, theory, self._leader(cell))
        self.page.readout.show_readout(readout)
        along = self.page.direction
        foretold = self._foretold(cell, along)
        shown = slice_of(self.grid, self.shown, index, along, foretold)
        self.page.show_slice(shown)

    def _leader(self, cell: Cell) -> Index | None:
        """The measured cell that another one follows; None where there is none."""
        assert self.grid is not None  # a cell is of a map
        measured = of_layer(self.grid.measured, self.layer)
        if measured[cell]:
            return None
        free = (*between(self.grid.plan), False)[:DRAWN]
        leader = int(leaders(measured, (free[0], free[1]))[cell])
        if leader == NOBODY:
            return None
        column, row = divmod(leader, measured.shape[1])
        return self.index_of((column, row))

    def _foretold(self, cell: Cell, along: int) -> Floats | None:
        """The decades of theory along the slice."""
        if self._decades is None:
            return None
        return self._decades[:, cell[1]] if along == 0 else self._decades[cell[0]]

    def _ask_theory(self) -> None:
        """Ask mean field of this map in a thread, and draw what it says."""
        assert self.grid is not None  # it was just shown
        plan = self.grid.plan
        layer = self.layer
        self._curves = ()
        self._decades = None
        self._silence = ""

        def ask(outdated: Outdated) -> Iterator[Call]:
            theory = theory_of(plan)
            silence = theory.silence(layer)
            curves = theory.curves(layer)
            decades = of_layer(theory.decades(layer), ())

            def take() -> None:
                self._curves = curves
                self._decades = decades if np.isfinite(decades).any() else None
                self._silence = silence_words(silence) if silence is not None else ""
                self.draw()

            yield take

        self._theory.ask(ask)

    def close(self) -> None:
        """End what goes on."""
        self._theory.close()
