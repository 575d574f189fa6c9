"""The diagram and, while two experiments are compared, that of B beside it on the same scale."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from vgsim.measure.frame import Frame
from vgsim.text.moments import pass_of, place_of
from vgsim.text.scale import Scale
from vgsim.text.specs import compared_names
from vgsim.ui.diagram.items import paint_bar
from vgsim.ui.diagram.model.geometry import Rectangle, bar_box
from vgsim.ui.diagram.model.pairing import Pairing, pair_up
from vgsim.ui.diagram.paint import DiagramPalette, draw_text, font, rectangle
from vgsim.ui.diagram.view import DiagramView
from vgsim.ui.pacing import FULL, Due
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.text import tool_tip

_BADGE = 18.0
_LEAST = QSize(420, 186)


class RunHeading(QWidget):
    """A badge with the letter of one of two experiments, and what it is called."""

    def __init__(self, letter: str, theme: Theme) -> None:
        super().__init__()
        self._letter = letter
        self._name = ""
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """A is as dark as text, B has the second color."""
        self._color = theme.text if self._letter == "A" else theme.second
        self._theme = theme
        self.update()

    def set_name(self, name: str) -> None:
        """Say what this one is called."""
        if name != self._name:
            self._name = name
            self.setAccessibleName(f"{self._letter}: {name}")
            self.setToolTip(tool_tip(name))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Badge and name, which ends in dots where it does not fit."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._color))
        badge = QRectF(0, middle - _BADGE / 2, _BADGE, _BADGE)
        painter.drawRoundedRect(badge, 4, 4)
        ink = QColor(self._theme.surface)
        draw_text(painter, (_BADGE / 2, middle), self._letter, ink, size=11, weight=600)
        metrics = QFontMetricsF(font(13, 600))
        room = self.width() - _BADGE - 8
        shown = metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, room)
        left = Qt.AlignmentFlag.AlignLeft
        color = QColor(self._color)
        draw_text(painter, (_BADGE + 8, middle), shown, color, size=13, weight=600, align=left)
        painter.end()


class ColorBar(QWidget):
    """The decades that several diagrams share."""

    def __init__(self, theme: Theme, scale: Scale, parent: QWidget) -> None:
        super().__init__(parent)
        self._scale = scale
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._palette = DiagramPalette(theme)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar, as it stands in a diagram of this height."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = bar_box(self.width(), self.height())
        paint_bar(painter, box, self._scale, self._palette)
        painter.end()


class DiagramPair(QWidget):
    """Shows one network and, where a frame has another one beside it, both.

    ``diagram`` is that of A, in which things are picked; that of B is made when it is first needed.
    """

    def __init__(self, theme: Theme, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scale = scale
        self._both = True
        self._frame: Frame | None = None
        self.diagram = DiagramView(theme, scale)
        self.diagram.setMinimumSize(0, 0)
        self.diagram.setParent(self)
        self.diagram.folded.connect(self._fold_alike)
        self.other: DiagramView | None = None
        """The diagram of B; None before anything was compared."""
        self._heads: tuple[RunHeading, RunHeading] | None = None
        self._bar: ColorBar | None = None
        self._line = Rectangle(0, 0, 0, 0)
        self._stages = (1, 1)
        self.setMinimumSize(_LEAST)

    @property
    def paired(self) -> bool:
        """Whether both diagrams are shown."""
        return self.other is not None and not self.other.isHidden()

    def sizeHint(self) -> QSize:
        """As much as one diagram likes."""
        return self.diagram.sizeHint()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.diagram.set_theme(theme)
        if self.other is not None and self._bar is not None:
            self.other.set_theme(theme)
            self._bar.set_theme(theme)
        for head in self._heads or ():
            head.set_theme(theme)
        self.update()

    def show_both(self, both: bool) -> None:
        """Show B beside A where there is one, or A alone."""
        self._both = both
        if self._frame is not None:
            self.set_frame(self._frame)

    def set_frame(self, frame: Frame | None, due: Due = FULL) -> None:
        """Show ``frame``, and the one that it is compared with."""
        self._frame = frame
        other = frame.other if frame is not None and self._both else None
        self.diagram.set_frame(frame, due)
        if frame is None or other is None:
            self._part()
            return
        self._pair(frame, other, due)

    @Slot()
    def _fold_alike(self) -> None:
        """Fold the groups of B that are called as those of A."""
        if self.other is not None and self._frame is not None and self._frame.other is not None:
            self.other.open_groups(self.diagram.folds.opened)

    def _part(self) -> None:
        """One diagram in all the room."""
        if not self.paired:
            return
        for widget in self._of_pair():
            widget.hide()
        self._arrange()

    def _pair(self, frame: Frame, other: Frame, due: Due) -> None:
        """B's diagram and its heading, and room for them."""
        shown = self.paired
        view, heads = self._make_pair()
        stages = self._stages
        self._stages = (frame.stages, other.stages)
        view.set_frame(other, due)
        if due.words:
            names = compared_names(frame)
            heads[0].set_name(names.a[2:] or frame.subject.name)
            heads[1].set_name(_with_pass(names.b[2:], frame, other))
        if not shown or stages != self._stages:
            for widget in self._of_pair():
                widget.show()
            self._arrange()

    def _make_pair(self) -> tuple[DiagramView, tuple[RunHeading, RunHeading]]:
        if self.other is None or self._heads is None:
            self.other = DiagramView(self._theme, self._scale, self)
            self.other.setMinimumSize(0, 0)
            self.other.setAccessibleName("Network diagram of B")
            self.other.only_read()
            self.other.show_bar(False)
            self._heads = RunHeading("A", self._theme), RunHeading("B", self._theme)
            for head in self._heads:
                head.setParent(self)
            self._bar = ColorBar(self._theme, self._scale, self)
            for widget in self._of_pair():
                widget.hide()
        return self.other, self._heads

    def _of_pair(self) -> list[QWidget]:
        """What is there only while both are shown."""
        found = [self.other, self._bar, *(self._heads or ())]
        return [widget for widget in found if widget is not None]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        self.diagram.show_bar(not self.paired)
        if not self.paired:
            self.diagram.setGeometry(self.rect())
            return
        self._place(pair_up(self.width(), self.height(), self._stages))
        self.update()

    def _place(self, pairing: Pairing) -> None:
        self._line = pairing.line
        assert self.other is not None and self._bar is not None and self._heads is not None
        for widget, box in (
            (self.diagram, pairing.diagrams[0]),
            (self.other, pairing.diagrams[1]),
            (self._heads[0], pairing.heads[0]),
            (self._heads[1], pairing.heads[1]),
            (self._bar, pairing.bar),
        ):
            widget.setGeometry(rectangle(box).toRect())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The hairline between the two."""
        if self.paired:
            painter = QPainter(self)
            painter.fillRect(rectangle(self._line), QColor(self._theme.border))
            painter.end()


def _with_pass(name: str, frame: Frame, other: Frame) -> str:
    """The name of B; before it its pass, while that is not yet the one of A."""
    if place_of(frame)[0] == place_of(other)[0]:
        return name
    return f"{pass_of(other)} · {name}"
