"""What stands on a sheet: headings, captions, and views without what one can press."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from vgsim.core.numbers import nth
from vgsim.diagnosis.verdict import Tone
from vgsim.export.slide.content import Caption, shortened
from vgsim.measure.chain_rule.result import Hop
from vgsim.measure.frame import Frame
from vgsim.text.scale import Scale
from vgsim.text.specs import compared_names
from vgsim.ui.chain_rule.canvas import HopCanvas
from vgsim.ui.chain_rule.model.layout import hop_panel_layout
from vgsim.ui.diagram.model.geometry import BAR
from vgsim.ui.diagram.pair import ColorBar
from vgsim.ui.diagram.view import DiagramView
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme

HEADING = 26
"""Height of the heading of a part, in pixels."""
BESIDE = 600
"""Least width of two diagrams beside each other; in less they stand one below the other."""
_WRAP = int(Qt.TextFlag.TextWordWrap)
TONE_ROLES = {Tone.GOOD: "accent", Tone.NEUTRAL: "", Tone.WARNING: "warning"}
_NEAR, _APART = 24, 10


class Words(QLabel):
    """A paragraph of plain text in one font."""

    def __init__(self, text: str, size: int, weight: int = 400, role: str = "") -> None:
        super().__init__(text)
        self._heights: dict[tuple[int, str], int] = {}
        self.setFont(ui_font(size, weight, tabular=False))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setProperty("role", role)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)

    def height_at(self, width: float) -> int:
        """Height of the text wrapped to ``width``."""
        key = int(width), self.text()
        if key not in self._heights:  # asked again and again while a layout is sought
            room = QRect(0, 0, max(key[0], 1), 100_000)
            bounds = QFontMetrics(self.font()).boundingRect(room, _WRAP, key[1])
            self._heights[key] = bounds.height()
        return self._heights[key]

    def width_of(self, text: str) -> int:
        """Width that ``text`` would have in one line."""
        return QFontMetrics(self.font()).horizontalAdvance(text)

    @property
    def ascent(self) -> int:
        """Pixels from the top of a line to its baseline."""
        return QFontMetrics(self.font()).ascent()


class Titled(QWidget):
    """A view under a heading; the muted part of it stands only as far as there is room for it."""

    def __init__(self, title: str, subtitle: str, content: QWidget, size: int = 15) -> None:
        super().__init__()
        self._texts = title, subtitle
        self._title = Words(title, size, 600)
        self._subtitle = Words(subtitle, 13, 400, "muted")
        self.content = content
        for part in (self._title, self._subtitle, content):
            part.setParent(self)
        for label in (self._title, self._subtitle):
            label.setWordWrap(False)

    def set_subtitle(self, text: str) -> None:
        """Change the muted part."""
        self._texts = self._texts[0], text
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Heading on top, the view below it."""
        self._lay_out()

    def _lay_out(self) -> None:
        wide, (title, subtitle) = self.width(), self._texts
        self.content.setGeometry(0, HEADING, wide, max(self.height() - HEADING, 1))
        self._title.setText(shortened(title, wide, self._title.width_of, ", ") or title)
        taken = self._title.width_of(self._title.text()) + 1
        self._title.setGeometry(0, 0, taken, HEADING)
        left = taken + _APART
        shown = shortened(subtitle, wide - left, self._subtitle.width_of, " · ")
        self._subtitle.setText(shown)
        top = self._title.ascent - self._subtitle.ascent
        self._subtitle.setGeometry(left, top, max(wide - left, 0), HEADING - top)


class CaptionBlock(QWidget):
    """The verdict or the user's own sentences, and the settings, one paragraph each."""

    def __init__(self, caption: Caption) -> None:
        super().__init__()
        self._heights: dict[int, float] = {}
        self.has_settings = bool(caption.settings)
        self.has_heading = bool(caption.heading)
        self.has_sentences = bool(caption.sentences)
        self.parts = [
            Words(text, size, weight, role)
            for text, size, weight, role in (
                *((sentence, 16, 500, "") for sentence in caption.sentences),
                (caption.heading, 17, 600, TONE_ROLES[caption.tone]),
                (caption.sentence, 15, 400, ""),
                (caption.more, 14, 400, ""),
                (caption.settings, 14, 400, "muted"),
                (caption.changed, 14, 400, "muted"),
            )
            if text
        ]
        for part in self.parts:
            part.setParent(self)

    def height_at(self, width: float) -> float:
        """Height of it all at ``width``."""
        width = int(width)
        if width not in self._heights:
            self._heights[width] = self._height_at(width)
        return self._heights[width]

    def _height_at(self, width: int) -> float:
        between = 5 * max(len(self.parts) - 1, 0)
        return float(sum(part.height_at(width) for part in self.parts) + between)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One below the other, from the top."""
        top = 0
        for part in self.parts:
            high = part.height_at(self.width())
            part.setGeometry(0, top, self.width(), high)
            top += high + 5


def make_diagram(frame: Frame, theme: Theme, scale: Scale) -> DiagramView:
    """The diagram of ``frame``, as small as its room may be."""
    diagram = DiagramView(theme, scale)
    diagram.setMinimumSize(0, 0)
    diagram.set_frame(frame)
    return diagram


class Pair(QWidget):
    """The diagrams of two compared experiments, side by side or one below the other.

    They are on one scale, so one color bar at the right is that of both.
    """

    def __init__(self, frame: Frame, theme: Theme, scale: Scale) -> None:
        super().__init__()
        assert frame.other is not None  # the caller has checked
        names = compared_names(frame)
        self._parts = []
        for name, shown in ((names.a, frame), (names.b, frame.other)):
            diagram = make_diagram(shown, theme, scale)
            diagram.show_bar(False)
            self._parts.append(Titled(name, "", diagram))
            self._parts[-1].setParent(self)
        self._bar = ColorBar(theme, scale, self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where that leaves both wide enough."""
        width = self.width() - int(BAR)
        height = self.height()
        beside = self.width() >= BESIDE
        for number, part in enumerate(self._parts):
            if beside:
                wide = (width - _NEAR) // 2
                part.setGeometry(number * (wide + _NEAR), 0, wide, height)
            else:
                high = (height - _NEAR) // 2
                part.setGeometry(0, number * (high + _NEAR), width, high)
        top = HEADING if beside else 0
        self._bar.setGeometry(width, top, int(BAR), height - top)


class HopSheet(QWidget):
    """The chain rule, with words where the window lets one choose whose matrices these are."""

    def __init__(self, frame: Frame, theme: Theme, scale: Scale) -> None:
        super().__init__()
        self._canvas = HopCanvas(theme, scale, self)
        self._canvas.still = True
        self._canvas.set_frame(frame)
        hop = frame.measurement(Hop)
        whose = ""
        if hop is not None:
            if hop.sample is None:
                whose = "Mean over the batch"
            else:
                whose = f"Sample {nth(hop.sample)}"
        self._whose = Words(whose, 13, 400, "muted")
        self._whose.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The product everywhere, whose it is at the top of its side."""
        self._canvas.resize(self.size())
        room = hop_panel_layout(self.width(), self.height()).controls
        self._whose.setGeometry(QRectF(*room).toRect())


def sized(widget: QWidget, box: QRectF) -> None:
    """Put ``widget`` into ``box``, on whole pixels."""
    top_left = box.topLeft().toPoint()
    size = QSize(round(box.right()) - top_left.x(), round(box.bottom()) - top_left.y())
    widget.setGeometry(QRect(top_left, size))
