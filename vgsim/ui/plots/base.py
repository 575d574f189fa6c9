"""What a plot is, and the registry of them."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QPoint, QSize, Signal
from PySide6.QtGui import QHelpEvent, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from vgsim.core.registry import Registry
from vgsim.measure.frame import Frame
from vgsim.text.empty import Lack
from vgsim.text.scale import Scale
from vgsim.ui.plots.axes import BOTTOM, Axes
from vgsim.ui.plots.canvas import Canvas
from vgsim.ui.plots.layer import Layer, Mark, Sentence
from vgsim.ui.plots.model.geometry import Area, Box
from vgsim.ui.plots.model.table import Columns
from vgsim.ui.style.theme import Theme

LEAST = QSize(140, 90)
"""Under this there is no room between the labels, and nothing is drawn anew."""


class Plot(QWidget):
    """One view of a frame. Its items are made once; frames only give them data.

    ``pen_scale`` is how many device pixels a logical one has: it widens the cosmetic pens and
    sets how finely a history is drawn. ``still`` is for pictures, where nothing can be pressed.
    ``title`` and ``subtitle`` are for whoever frames the
    plot; ``subtitle_changed`` tells when the second depends on the frame.

    A plot defines :meth:`set_up`, :meth:`use_theme`, :meth:`missing`, :meth:`draw` and, for
    whoever wants the numbers themselves, :meth:`data`.
    """

    title: ClassVar[str] = ""
    wants: ClassVar[tuple[type, ...]] = ()
    """Readings that the plot draws; they are made only while it is shown."""
    subtitle: str = ""
    subtitle_changed = Signal(str)

    def __init__(
        self, theme: Theme, scale: Scale, pen_scale: float = 1.0, *, still: bool = False
    ) -> None:
        super().__init__()
        self.theme = theme
        self.scale = scale
        self.pen_scale = pen_scale
        self.frame: Frame | None = None
        self.still = still
        self.area = Area(Box(0, 0, 1, 1), (0, 1), (0, 1))
        self.canvas = Canvas(self)
        self.under, self.over = Layer(), Layer()
        self.canvas.add_layer(self.under, -1000)
        self.canvas.add_layer(self.over, 1000)
        self.setAccessibleName(self.title)
        self.set_up()
        self.set_theme(theme)

    def set_frame(self, frame: Frame | None) -> None:
        """Show ``frame``, or the empty state."""
        self.frame = frame
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colors."""
        self.theme = theme
        self.canvas.set_background("" if theme.see_through else theme.surface)
        self.use_theme()
        self.refresh()

    def refresh(self) -> None:
        """Give every item the data of the present frame, size and theme."""
        if self.width() < LEAST.width() or self.height() < LEAST.height():
            return
        frame = self.frame
        missing = self.missing(frame)
        self.canvas.show_data(not missing)
        if missing or frame is None:
            self.draw_empty(missing.said(self.still))
        else:
            self.draw(frame)
        said = missing.said(self.still) or self.subtitle
        if self.accessibleDescription() != said:
            self.setAccessibleDescription(said)

    def set_up(self) -> None:
        """Make the items, once."""

    def use_theme(self) -> None:
        """Give the items the pens of ``self.theme``."""

    def missing(self, frame: Frame | None) -> Lack:
        """Why there is nothing to show; false when there is something."""
        raise NotImplementedError

    def draw(self, frame: Frame) -> None:
        """Give the items the data of ``frame``, which is not missing anything."""
        raise NotImplementedError

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """Every number that the plot draws of ``frame``; no columns when there are none."""
        raise NotImplementedError

    def readout(self, x: float, y: float) -> str:
        """The numbers at a place in the data, for a tooltip; empty where there are none."""
        return ""

    def words_at(self, where: QPoint) -> str:
        """The numbers under a place in the widget; empty outside the data."""
        inside = Box(where.x(), where.y(), 0, 0).meets(self.area.box)
        if self.missing(self.frame) or not inside:
            return ""
        return self.readout(*self.area.value(where.x(), where.y()))

    def draw_empty(self, why: str) -> None:
        """Show a sentence instead of an empty box."""
        self.set_subtitle(type(self).subtitle)  # the frame's own words would be stale
        room = Box(12, 0, self.width() - 24, self.height())
        self.under.set_marks([])
        self.over.set_marks([Sentence(why, room, self.theme.muted)])

    def data_box(self, axes: Axes, right: float) -> Box:
        """Room for the data between the labels of ``axes`` and ``right`` pixels at the right."""
        left, top = axes.left(), axes.top()
        return Box(left, top, self.width() - left - right, self.height() - top - BOTTOM)

    def lay_out(self, axes: Axes, area: Area) -> list[Mark]:
        """Fit the data rectangle and draw the axes; return their texts, to which to add marks."""
        self.area = area
        self.canvas.fit(area)
        self.under.set_marks(axes.below(area, self.theme))
        return list(axes.texts(area, self.theme, self.width()))

    def set_subtitle(self, text: str) -> None:
        """Change the subtitle, and tell."""
        if text != self.subtitle:
            self.subtitle = text
            self.subtitle_changed.emit(text)

    def sizeHint(self) -> QSize:
        """A comfortable size."""
        return QSize(360, 260)

    def minimumSizeHint(self) -> QSize:
        """The least at which everything is still readable."""
        return QSize(200, 130)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay everything out anew."""
        self.canvas.resize(self.width(), self.height())
        for layer in (self.under, self.over):
            layer.set_size(self.width(), self.height())
        self.refresh()

    def event(self, event: QEvent) -> bool:
        """Answer a resting mouse with the numbers under it."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.words_at(event.pos()), self)
            return True
        return super().event(event)


PLOTS: Registry[type[Plot]] = Registry("plot")
