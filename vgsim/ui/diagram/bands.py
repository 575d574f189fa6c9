"""Groups behind the columns with their names, and skip paths as arcs above them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPolygonF

from vgsim.ui.diagram.items import DiagramPart, Scene, StillPart
from vgsim.ui.diagram.model.arcs import LEVELS, Arc
from vgsim.ui.diagram.model.folding import Band
from vgsim.ui.diagram.model.geometry import Geometry
from vgsim.ui.diagram.model.picture import Picture
from vgsim.ui.diagram.model.plan import ARC_WORDS, ARCS, HEAD, LEVELS_MOST, ColumnPlan
from vgsim.ui.diagram.paint import DiagramPalette, draw_subscripted, draw_text, font, line_pen
from vgsim.ui.style.theme import mix

NARROWEST = 16.0
"""Pixels across below which an arc is not drawn: it would be a blot."""
MANY = 24
"""Arcs from which on they are thinner, so that they do not drown the names."""
_MARGIN = 2.5
_INSET = 3.0
"""Room between neighboring bands, and between a band and the one around it."""
_NAME_SIZE = 11


class BandPart(DiagramPart):
    """A quiet ground behind the columns of every open group."""

    def draw(self, painter: QPainter, picture: Picture) -> None:
        """Outer groups first; at the ends how many columns are out of sight."""
        paint_bands(painter, self.state)
        plan = self.state.plan
        if plan is None:
            return
        geometry = self.state.geometry
        color = self.state.palette.color("muted")
        if plan.before:
            at = (8.0, geometry.top - 26)
            left = Qt.AlignmentFlag.AlignLeft
            draw_text(painter, at, f"‹ {plan.before} more", color, size=_NAME_SIZE, align=left)
        if plan.after:
            at = (geometry.loss.x + geometry.loss.width / 2, geometry.loss.y - 14)
            draw_text(painter, at, f"{plan.after} more ›", color, size=_NAME_SIZE)


class HeadPart(StillPart):
    """The names above the columns: of groups, of stages outside of them, x and J."""

    def box(self) -> QRectF:
        """The strip above the nodes."""
        return QRectF(0, 0, self.state.geometry.width, self.state.geometry.top - 12)

    def key(self, picture: Picture) -> object:
        """The current stage has the accent color."""
        return picture.current, self.state.plan

    def draw_anew(self, painter: QPainter, picture: Picture) -> None:
        """Groups, columns, J."""
        geometry = self.state.geometry
        palette = self.state.palette
        plan = self.state.plan
        paint_bands(painter, self.state)
        y = geometry.top - 28
        if len(geometry.columns[0].ys):
            draw_subscripted(painter, (geometry.columns[0].x, y), "x", "", palette.color("text"))
        if plan is not None and plan.names:
            self._heads(painter, plan)
            self._names(painter, plan, picture.current)
        else:
            self._numbers(painter, picture.current)
        box = geometry.loss
        draw_subscripted(painter, (box.x + box.width / 2, y), "J", "", palette.color("text"))

    def _numbers(self, painter: QPainter, current: int) -> None:
        """h with its stage."""
        geometry = self.state.geometry
        palette = self.state.palette
        for stage in geometry.labeled(current):
            color = palette.color("accent" if stage == current else "text")
            at = (geometry.columns[stage].x, geometry.top - 28)
            draw_subscripted(painter, at, "h", str(stage), color)

    def _heads(self, painter: QPainter, plan: ColumnPlan) -> None:
        for band in plan.bands:
            if band.level < LEVELS_MOST:
                box = band_box(self.state.geometry, plan, band)
                room = box.width() - 4
                name = fitting(band.name, room, 600)
                y = box.top() + HEAD / 2 + 2
                color = self.state.palette.color("text")
                draw_text(painter, (box.center().x(), y), name, color, size=_NAME_SIZE, weight=600)

    def _names(self, painter: QPainter, plan: ColumnPlan, current: int) -> None:
        """The columns that are in no band."""
        geometry = self.state.geometry
        shown = geometry.labeled(current)
        room = name_room(geometry)
        for at, (column, name) in enumerate(zip(plan.columns, plan.names, strict=True), start=1):
            if at in shown and not column.within:
                color = self.state.palette.color("accent" if at == current else "text")
                where = (geometry.columns[at].x, geometry.top - 28 + 2)
                words = fitting(name, room, 600)
                draw_text(painter, where, words, color, size=_NAME_SIZE, weight=600)


class PartNames(StillPart):
    """The names of a group's parts, below their nodes."""

    def box(self) -> QRectF:
        """The strip between nodes and numbers."""
        geometry = self.state.geometry
        high = max(geometry.below - 1, 0)
        return QRectF(0, geometry.bottom + 11, geometry.loss.x - 6, high)

    def key(self, picture: Picture) -> object:
        """The current stage has the accent color."""
        return picture.current, self.state.plan

    def draw(self, painter: QPainter, picture: Picture) -> None:
        """Nothing where no group is open."""
        if self.state.geometry.below:
            super().draw(painter, picture)

    def draw_anew(self, painter: QPainter, picture: Picture) -> None:
        """Each part by its name within the group."""
        plan = self.state.plan
        geometry = self.state.geometry
        paint_bands(painter, self.state)
        if plan is None:
            return
        y = geometry.bottom + 11 + (geometry.below - 1) / 2 - 2
        room = name_room(geometry)
        for at, (column, name) in enumerate(zip(plan.columns, plan.names, strict=True), start=1):
            if column.within and at in geometry.labeled(picture.current):
                color = self.state.palette.color("accent" if at == picture.current else "muted")
                words = fitting(name, room, 400)
                draw_text(painter, (geometry.columns[at].x, y), words, color, size=_NAME_SIZE)


class ArcPart(DiagramPart):
    """Skip paths, from above the column where they begin to above the one where they end."""

    def draw(self, painter: QPainter, picture: Picture) -> None:
        """Long ones first, so that the short ones lie over them."""
        plan = self.state.plan
        if plan is None or not plan.has_arcs or self.exposed.top() > self.state.geometry.top:
            return
        shown = [arc for arc in plan.arcs if self._ends(arc)[1] - self._ends(arc)[0] >= NARROWEST]
        for arc in reversed(shown):
            self._arc(painter, arc, len(shown) > MANY)
        self._words(painter, plan, shown)

    def _ends(self, arc: Arc) -> tuple[float, float]:
        columns = self.state.geometry.columns
        aside = min(4.0, self.state.geometry.spacing / 8)
        return columns[arc.source].x + aside, columns[arc.target].x - aside

    def _arc(self, painter: QPainter, arc: Arc, many: bool) -> None:
        left, right = self._ends(arc)
        foot, top = arc_span(self.state.geometry, self.state.plan)
        level = min(arc.level, LEVELS - 1)
        rise = (foot - top) * (0.62 + 0.38 * level / (LEVELS - 1))
        color = self._color(arc.level >= LEVELS or many)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(line_pen(color, 1.1 if many else 1.6))
        painter.drawPath(arc_path(left, right, foot, rise))
        if right - left >= 2 * NARROWEST:
            self._head(painter, right, foot, color)

    def _color(self, faint: bool) -> QColor:
        theme = self.state.palette.theme
        if faint:
            return QColor(mix(theme.surface, theme.accent, 0.45))
        return QColor(theme.accent)

    @staticmethod
    def _head(painter: QPainter, x: float, y: float, color: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        tip = [QPointF(x, y), QPointF(x - 3.4, y - 6.5), QPointF(x + 3.4, y - 6.5)]
        painter.drawPolygon(QPolygonF(tip))

    def _words(self, painter: QPainter, plan: ColumnPlan, shown: list[Arc]) -> None:
        """What arcs are, above the first."""
        if not shown:
            return
        first = min(shown, key=lambda arc: (arc.source, arc.target))
        left = self._ends(first)[0]
        width = QFontMetricsF(font(_NAME_SIZE, 600)).horizontalAdvance(plan.arc_words)
        left = max(min(left, self.state.geometry.loss.x - width), 4.0)
        at = (left, arc_span(self.state.geometry, plan)[1] - ARC_WORDS / 2)
        color = self.state.palette.color("accent")
        side = Qt.AlignmentFlag.AlignLeft
        draw_text(painter, at, plan.arc_words, color, size=_NAME_SIZE, weight=600, align=side)


def arc_path(left: float, right: float, foot: float, rise: float) -> QPainterPath:
    """Half an ellipse; of a long arc its two ends, with a straight line between."""
    reach = min((right - left) / 2, 1.6 * rise)
    path = QPainterPath(QPointF(left, foot))
    path.arcTo(QRectF(left, foot - rise, 2 * reach, 2 * rise), 180, -90)
    path.arcTo(QRectF(right - 2 * reach, foot - rise, 2 * reach, 2 * rise), 90, -90)
    return path


def arc_span(geometry: Geometry, plan: ColumnPlan | None) -> tuple[float, float]:
    """y of the feet of arcs, and of the top of the highest."""
    levels = plan.levels if plan is not None else 0
    foot = geometry.top - 38 - max(levels - 1, 0) * HEAD - 2
    return foot, foot - ARCS + 4


def paint_bands(painter: QPainter, scene: Scene) -> None:
    """The grounds of all bands, the outer ones first."""
    plan = scene.plan
    if plan is None:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    for band in plan.bands:
        painter.setBrush(_ground(scene.palette, band.level))
        painter.drawRoundedRect(band_box(scene.geometry, plan, band), 6, 6)


def _ground(palette: DiagramPalette, level: int) -> QColor:
    """A little stronger for each band around it."""
    theme = palette.theme
    return QColor(mix(theme.raised, theme.border, min(0.35 * level, 0.8)))


def band_box(geometry: Geometry, plan: ColumnPlan, band: Band) -> QRectF:
    """The ground of one band, its name at the top of it."""
    aside = geometry.spacing / 2 - _MARGIN - _INSET * band.level
    left = geometry.columns[band.first].x - aside
    right = geometry.columns[band.last].x + aside
    deep = min(band.level, LEVELS_MOST - 1)
    top = geometry.top - 38 - (plan.levels - 1 - deep) * HEAD
    bottom = geometry.foot + 8 - 2 * band.level
    return QRectF(left, top, right - left, bottom - top)


def head_box(geometry: Geometry, plan: ColumnPlan, band: Band) -> QRectF:
    """Where the name of a band takes the mouse."""
    box = band_box(geometry, plan, band)
    return QRectF(box.left(), box.top(), box.width(), HEAD + 4)


def name_room(geometry: Geometry) -> float:
    """Width for the name of one column."""
    numbered = sorted(geometry.numbered)
    every = numbered[1] - numbered[0] if len(numbered) > 1 else 1
    if len(numbered) < 2:
        return max(geometry.spacing * 2 - 8, 60.0)
    return geometry.spacing * every - 4


def fitting(name: str, room: float, weight: int) -> str:
    """As much of ``name`` as has room: its end tells more than its beginning."""
    metrics = QFontMetricsF(font(_NAME_SIZE, weight))
    return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
