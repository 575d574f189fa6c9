"""Axes: pyqtgraph's, with ticks that every kind of quantity has of its own.

A kind of axis says its ticks in :meth:`TickAxis.ticks`, or, as everywhere in pyqtgraph, in
``tickValues`` and ``tickStrings``. Labels that would collide are left out; the title stands level,
above a y axis and at the end of an x axis. ``setPen``, ``setTickPen`` and ``setTextPen`` color the
base line, the grid and all texts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from pyqtgraph import AxisItem
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from vgsim.core.numbers import decade
from vgsim.measure.subject import Subject
from vgsim.text.scale import Scale
from vgsim.text.stages import NUMBERED
from vgsim.ui.plots.axes import (
    GAP,
    base_line,
    grid_across,
    grid_upright,
    labels_below,
    labels_beside,
    stage_width,
    title_above,
    title_at_the_end,
    widest,
)
from vgsim.ui.plots.layer import Mark, Text, line_height, text_width
from vgsim.ui.plots.model.geometry import Area, Box
from vgsim.ui.plots.model.series import nice_ticks, stage_ticks
from vgsim.ui.plots.model.words import (
    Ticks,
    decade_ticks,
    hop_ticks,
    stage_labels,
    step_label,
    tick_labels,
)
from vgsim.ui.style.theme import Theme


class TickAxis(AxisItem):
    """An axis at the left of a plot or below it, with a grid where ``setGrid`` says so.

    Labels keep clear of what is ``taken``, in pixels of the scene, and of the axis ``clear_of``;
    they stay within ``bounds``, or within the plot. ``has_line`` is whether an x axis has its line.
    ``rule`` gives the ticks of an axis that is of no kind below.
    """

    rule: Callable[[float, float, float], Ticks]
    picture: Any

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.enableAutoSIPrefix(False)
        self.clear_of: TickAxis | None = None
        self.taken: Sequence[Text] = ()
        self.bounds: Box | None = None
        self.has_line = orientation in ("top", "bottom")
        self._labels: dict[float, str] = {}
        self._state: object = None

    @property
    def upright(self) -> bool:
        """Whether it is a y axis."""
        return self.orientation in ("left", "right")

    def ticks(self, low: float, high: float, pixels: float) -> Ticks:
        """(value, label) of every tick between ``low`` and ``high``, ``pixels`` apart."""
        return self.rule(low, high, pixels)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, Any]]:
        """The values of :meth:`ticks`, all of one level."""
        self._labels = dict(self.ticks(minVal, maxVal, size))
        return [(1.0, list(self._labels))]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Their labels."""
        return [self._labels.get(value, "") for value in values]

    def labelled(self, low: float, high: float, pixels: float) -> Ticks:
        """Every tick with its label, those that ``setTicks`` has set included."""
        if self._tickLevels is not None:
            return [tick for level in self._tickLevels for tick in level]
        found: list[tuple[float, str]] = []
        for spacing, values in self.tickValues(low, high, pixels):
            found += zip(values, self.tickStrings(values, 1.0, spacing), strict=True)
        return found

    def room(self, low: float, high: float, pixels: float) -> float:
        """Width that the labels of a y axis need, with the gap to the data."""
        return widest(self.labelled(low, high, pixels))

    def showLabel(self, show: bool = True) -> None:
        """The title is painted level, with the labels: pyqtgraph's own item would be upright."""
        super().showLabel(False)
        self.update()

    def _updateHeight(self) -> None:
        """Keep the height while the plot is hidden: pyqtgraph makes it 0, and never again more."""
        if self.isVisible():
            super()._updateHeight()

    def _updateWidth(self) -> None:
        """The same for the width of a y axis."""
        if self.isVisible():
            super()._updateWidth()

    def send_below(self) -> None:
        """Stand under the data: pyqtgraph puts axes, and with them the grid, over it."""
        self.setZValue(-2000)
        self.setFlag(self.GraphicsItemFlag.ItemNegativeZStacksBehindParent)

    def fit_width(self, width: float) -> None:
        """Set the width of a y axis if it is another one."""
        if width != self.fixedWidth:
            self.setWidth(width)

    def set_title(self, title: str) -> None:
        """Set the label if it is another one: that takes pyqtgraph a while."""
        if title != self.labelText:
            self.setLabel(title)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self.setPen(theme.border)
        self.setTickPen(theme.grid)
        self.setTextPen(theme.muted)

    def area(self) -> Area:
        """The data rectangle in pixels of the scene, and what it shows."""
        view = self.linkedView()
        box = _box(view.mapRectToScene(view.rect()))
        (left, right), (low, high) = view.viewRange()
        return Area(box, (left, right), (low, high))

    def shown(self, area: Area) -> Ticks:
        """The ticks within the range that the view shows now."""
        low, high = area.y if self.upright else area.x
        pixels = area.box.height if self.upright else area.box.width
        slack = 1e-9 * (high - low)
        ticks = self.labelled(low, high, pixels)
        return [tick for tick in ticks if low - slack <= tick[0] <= high + slack]

    def renew(self) -> None:
        """Lay everything out anew when it is next asked for.

        pyqtgraph does so by itself when range, size, title or a pen changes.
        """
        self.picture = None
        self.update()

    def renew_if_other(self) -> None:
        """Lay out anew where the ticks may have changed although range and size have not."""
        state = self.state()
        if state is None or state != self._state:
            self._state = state
            self.renew()

    def state(self) -> object:
        """What the ticks depend on besides range and size; None where that is not known."""
        return None

    def texts(self) -> list[Text]:
        """Title and labels, in pixels of the scene."""
        return self._laid_out()[1]

    def marks(self) -> list[Mark]:
        """Everything that is painted, in pixels of the scene."""
        lines, texts = self._laid_out()
        return [*lines, *texts]

    def _laid_out(self) -> tuple[list[Mark], list[Text]]:
        """Lines and texts, kept where pyqtgraph keeps what an axis has painted."""
        if self.picture is None:
            area = self.area()
            ticks = self.shown(area)
            self.picture = (self._lines(area, ticks), self._texts(area, ticks))
        kept: tuple[list[Mark], list[Text]] = self.picture
        return kept

    def _lines(self, area: Area, ticks: Ticks) -> list[Mark]:
        marks: list[Mark] = []
        if self.grid is not False:
            places = [at for at, _ in ticks]
            draw = grid_across if self.upright else grid_upright
            marks.append(draw(places, area, self.tickPen().color().name()))
        if self.has_line:
            marks.append(base_line(area, self.pen().color().name()))
        return marks

    def _texts(self, area: Area, ticks: Ticks) -> list[Text]:
        color = self.textPen().color().name()
        bounds = self.bounds or _box(self.parentItem().mapRectToScene(self.parentItem().rect()))
        if self.labelUnits:
            title = f"{self.labelText} ({self.labelUnits})"
        else:
            title = self.labelText
        if self.upright:
            named = title_above(title, bounds, color)
            if self.clear_of is not None:
                others = self.clear_of.texts()
            else:
                others = []
            taken = [*named, *self.taken, *others]
            return [*named, *labels_beside(ticks, area, color, taken)]
        row = area.box.bottom + self.size().height() / 2 + 1
        named = title_at_the_end(title, row, bounds, color)
        taken = [*named, *self.taken]
        return [*named, *labels_below(ticks, area, row, bounds, color, taken)]

    def boundingRect(self) -> QRectF:
        """The whole plot, over which grid and title go; the mouse has :meth:`shape`."""
        parent = self.parentItem()
        within = self.geometry() if parent is None else parent.rect()
        return QRectF(self.mapRectFromItem(parent, within) if parent else within)

    def paint(
        self, p: QPainter, opt: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint marks: they stay sharp at every ratio of pixels, in a PDF and an SVG, too."""
        origin = self.scenePos()
        p.save()
        p.translate(-origin.x(), -origin.y())
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        for mark in self.marks():
            mark.paint(p)
        p.restore()


def _box(rect: QRectF) -> Box:
    return Box(rect.x(), rect.y(), rect.width(), rect.height())


class DecadeAxis(TickAxis):
    """log₁₀ of a magnitude: 10ⁿ at whole decades of the scale, single values between them."""

    def __init__(self, orientation: str, scale: Scale) -> None:
        super().__init__(orientation)
        self.decades = scale

    def state(self) -> object:
        """The ends of the scale."""
        return self.decades.low, self.decades.high

    def ticks(self, low: float, high: float, pixels: float) -> Ticks:
        """As many decades as there is room for."""
        if self.upright:
            most = int((pixels - 24) / 16)
        else:
            most = int(pixels / (text_width(decade(self.decades.low)) + 2 * GAP))
        return decade_ticks(self.decades, low, high, max(2, most))


class NumberAxis(TickAxis):
    """Round numbers, ``apart`` pixels from each other: ``least`` to ``most`` of them."""

    def __init__(self, orientation: str, apart: float, *, least: int = 2, most: int = 1000) -> None:
        super().__init__(orientation)
        self.apart = apart
        self.least = least
        self.most = most

    def state(self) -> object:
        """Nothing else."""
        return ()

    def ticks(self, low: float, high: float, pixels: float) -> Ticks:
        """With equally many decimals."""
        count = min(max(self.least, int(pixels / self.apart)), self.most)
        places = nice_ticks(low, high, count)
        return list(zip(places, tick_labels(places), strict=True))


class PercentAxis(TickAxis):
    """Shares of a hundred, in quarters while all of them are in sight."""

    def state(self) -> object:
        """Nothing else."""
        return ()

    def ticks(self, low: float, high: float, pixels: float) -> Ticks:
        """None beyond 0 and 100 %."""
        if high - low > 100:
            every = 25 if pixels >= 134 else 50
            return [(float(at), f"{at} %") for at in range(0, 101, every)]
        places = nice_ticks(max(low, 0.0), min(high, 100.0), max(2, int(pixels / 30)))
        labels = tick_labels(places)
        return [(at, f"{label} %") for at, label in zip(places, labels, strict=True)]


class StepAxis(TickAxis):
    """Steps of training: whole numbers, large ones short."""

    def state(self) -> object:
        """Nothing else."""
        return ()

    def ticks(self, low: float, high: float, pixels: float) -> Ticks:
        """As many as there is room for; the first alone where no round one is in sight."""
        first = math.ceil(low - 1e-9)
        last = math.floor(high + 1e-9)
        most = int(pixels / (text_width(step_label(last)) + 3 * GAP)) + 1
        steps = nice_ticks(first, last, most, whole=True) or [float(first)]
        return [(step, step_label(step)) for step in steps]


class StageAxis(TickAxis):
    """Stages 1 to ``stages`` by name, or by the hops to the last one from ``hops_from`` on."""

    stages = 1
    subject = NUMBERED
    hops_from: int | None = None

    def name_stages(self, stages: int, subject: Subject) -> None:
        """Label ``stages`` stages as ``subject`` calls them."""
        self.stages = stages
        self.subject = subject

    def state(self) -> object:
        """How many stages, and how they are counted."""
        return self.stages, self.subject.named, self.hops_from

    def ticks(self, low: float, high: float, pixels: float) -> Ticks:
        """As many as there is room for, first and last among them."""
        if self.hops_from is not None:
            most = int(pixels / (text_width(f"{self.stages - self.hops_from}") + 24))
            return hop_ticks(self.hops_from, self.stages, low, high, max(most, 2))
        return stage_labels(self.stages, self.subject, stage_width, pixels / (high - low))


class NameAxis(TickAxis):
    """Names at 1, 2, 3, …; of rows from the top down with ``down``."""

    names: Sequence[str] = ()

    def __init__(self, orientation: str, *, down: bool = False) -> None:
        super().__init__(orientation)
        self.down = down

    def state(self) -> object:
        """The names."""
        return tuple(self.names)

    def ticks(self, low: float, high: float, pixels: float) -> Ticks:
        """As many as there is room for, first and last among them."""
        count = len(self.names)
        if not count:
            return []
        if self.upright:
            size = line_height()
        else:
            size = max(map(text_width, self.names)) + GAP
        found = []
        for k in stage_ticks(count, size / (pixels / (high - low))):
            found.append((float(count + 1 - k if self.down else k), self.names[k - 1]))
        return found
