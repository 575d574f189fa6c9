"""An activation's curve to explore: drag z along it, and see what comes down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)

from vgsim.core.numbers import short
from vgsim.measure.saturation import Saturation
from vgsim.text.stages import stage_name
from vgsim.ui.guide.figures.base import FIGURES, LessonFigureView, Setting
from vgsim.ui.guide.model.curve import REACH, CurvePoint, explored, unit_inputs
from vgsim.ui.plots.layer import Bars, Lines, Path, Symbols, Text, text_width
from vgsim.ui.plots.model.geometry import Area, Array, Box
from vgsim.ui.style.theme import rgb

HEIGHT = 276
FEET = 98.0
"""Room for the lines of numbers below the curves, in pixels."""
STEP = 0.1
"""What an arrow key moves z by."""
BAR = 7.0
MARGIN = 32.0
KEYS = {Qt.Key.Key_Left: -STEP, Qt.Key.Key_Right: STEP}


@FIGURES.register("curve", "an activation and its derivative, with a point to drag along them")
class CurveFigure(LessonFigureView):
    """f, f′ and its bound; a point that one drags; a gradient before and after it has passed.

    ``activation`` is any registered one, or the network's own if it is empty; ``z`` is where one
    begins, ``incoming`` the gradient that comes down to the unit. The ticks below the curves are
    the z of this network's own units, where the gradient crosses that activation.
    """

    wants: ClassVar[tuple[type, ...]] = (Saturation,)
    defaults: ClassVar[Mapping[str, Setting]] = {"activation": "", "z": 0.0, "incoming": 1.0}

    @classmethod
    def check(cls, settings: Mapping[str, Setting]) -> None:
        """There must be an activation of that name."""
        if settings["activation"]:
            explored(str(settings["activation"]))

    def set_up(self) -> None:
        """The curves of the activation that is asked for."""
        named = str(self.settings["activation"])
        self.curve = explored(named or "sigmoid")
        self.units: tuple[int, Array] = (0, np.empty(0))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setAccessibleName("Activation curve")
        self._move(float(self.settings["z"]))

    def show_frame(self) -> None:
        """Show where this network's own units are."""
        spec = self.frame.spec if self.frame is not None else None
        if spec is not None and not self.settings["activation"]:
            name = spec.network.activation
            if name != self.curve.name:
                self.curve = explored(name)
                self._move(self.point.z)
        self.units = unit_inputs(self.frame, self.curve)

    def sizeHint(self) -> QSize:
        """The curves over the whole width of a page."""
        return QSize(380, HEIGHT)

    def _move(self, z: float) -> None:
        self.point = CurvePoint.at(self.curve, z, float(self.settings["incoming"]))
        said = f"{self.point.place_words(self.curve.symbol)}; {self.point.share_words()}"
        self.setAccessibleDescription(said)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the point to the mouse."""
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the point along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move(self._area().value(event.position().x(), 0)[0])

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys, with which the window steps, while the curve has the focus."""
        overrides = event.type() is QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and event.key() in KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the point by arrow keys."""
        step = KEYS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._move(round(self.point.z + step, 6))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys are the curve's."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take that mark away."""
        super().focusOutEvent(event)
        self.update()

    def _area(self) -> Area:
        box = Box(MARGIN, 6, self.width() - 2 * MARGIN, self.height() - FEET - 6)
        return Area(box, (-REACH, REACH), self.curve.span)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axes, curves, the point, and the numbers below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        self._paint_axes(painter, area)
        painter.save()
        painter.setClipRect(QRectF(*area.box.grown(8)))
        for values, ink in (
            (self.curve.f, self.theme.text),
            (self.curve.derivative, self.theme.warning),
        ):
            Path(area.across(self.curve.z), area.down(values), ink, 1.8).paint(painter)
        self._paint_point(painter, area)
        painter.restore()
        self._paint_names(painter, area)
        self._paint_units(painter, area)
        self._paint_numbers(painter, area.box.bottom + 22)
        painter.end()

    def _paint_axes(self, painter: QPainter, area: Area) -> None:
        theme = self.theme
        box = area.box
        zero = float(area.down(0.0))
        Lines([(box.left, zero, box.right, zero)], theme.border).paint(painter)
        bound = self.curve.activation.bound
        level = float(area.down(bound))
        if box.top <= level:
            Lines([(box.left, level, box.right, level)], theme.warning, 1.0, (4, 4)).paint(painter)
            words = short(bound, 3)
            Text(words, box.left - 4, level, theme.warning, anchor=(1, 0.5)).paint(painter)
        for z in (-6, -3, 0, 3, 6):
            x = float(area.across(z))
            words = f"{z}".replace("-", "−")
            Text(words, x, box.bottom + 9, theme.muted, anchor=(0.5, 0.5)).paint(painter)
        Text("z", box.right + 22, box.bottom + 9, theme.muted, anchor=(1, 0.5)).paint(painter)

    def _paint_point(self, painter: QPainter, area: Area) -> None:
        theme = self.theme
        x = float(area.across(self.point.z))
        Lines([(x, area.box.top, x, area.box.bottom)], theme.accent, 1.0, (3, 3)).paint(painter)
        heights = np.array([self.point.h, self.point.derivative])
        fills = np.array([rgb(theme.surface), rgb(theme.warning_soft)], dtype=np.uint8)
        ring = 6.5 if self.hasFocus() else 5.0
        places = np.array([x, x]), area.down(heights)
        Symbols(*places, fills, ring, theme.accent, 2.0).paint(painter)

    def _paint_names(self, painter: QPainter, area: Area) -> None:
        """f and f′ where their curves leave at the right."""
        symbol = self.curve.symbol
        ends = float(self.curve.f[-1]), float(self.curve.derivative[-1])
        inks = self.theme.text, self.theme.warning
        names = symbol, f"{symbol}′"
        low = area.box.top + 8
        rows = [max(float(area.down(end)), low) for end in ends]
        if abs(rows[0] - rows[1]) < 14:
            rows[1] = rows[0] + 14
        for name, row, ink in zip(names, rows, inks, strict=True):
            beside = text_width(name, 12, 600) < MARGIN - 4
            x = area.box.right + 4 if beside else self.width() - 1
            y = row if beside else max(row - 10, 8.0)
            anchor = (0.0, 0.5) if beside else (1.0, 0.5)
            Text(name, x, y, ink, 12, 600, anchor).paint(painter)

    def _paint_units(self, painter: QPainter, area: Area) -> None:
        stage, z = self.units
        inside = z[np.abs(z) <= REACH]
        if not len(inside):
            return
        theme = self.theme
        bottom = area.box.bottom
        ticks = [Box(float(x), bottom - 8, 1, 8) for x in area.across(inside)]
        Bars(ticks, theme.second).paint(painter)
        words = f"units of {stage_name(stage)}"
        halo = theme.halo
        Text(words, area.box.left, bottom - 12, theme.second, 11, 500, (0, 1), halo).paint(painter)

    def _paint_numbers(self, painter: QPainter, top: float) -> None:
        """Where the point is, and a gradient before and after it."""
        theme = self.theme
        point = self.point
        right = self.width()
        Text(point.place_words(self.curve.symbol), 0, top, theme.text, 13, 600, (0, 0)).paint(
            painter
        )
        label = text_width("arrives below") + 10
        room = right - label
        most = max(1.0, point.bound)
        bars = (
            ("comes in", 1.0 / most, theme.muted),
            ("arrives below", min(abs(point.derivative) / most, 1.0), theme.accent),
        )
        for row, (words, part, color) in enumerate(bars):
            middle = top + 30 + row * 15
            Text(words, 0, middle, theme.muted, anchor=(0, 0.5)).paint(painter)
            Bars([Box(label, middle - BAR / 2, max(part * room, 1), BAR)], color).paint(painter)
        last = top + 56
        arriving = point.arriving_words()
        Text(arriving, 0, last, theme.text, 12, 600, (0, 0)).paint(painter)
        share = point.share_words()
        if text_width(share) > right - text_width(arriving, 12, 600) - 10:
            share = share.partition(" it can")[0]
        Text(share, right, last, theme.muted, 11, 400, (1, 0)).paint(painter)
