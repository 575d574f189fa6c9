"""A sheet: title, the main thing, panels, a caption and where it comes from, made for its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from vgsim.export.slide.content import Caption, SlideWords, shortened
from vgsim.export.slide.layout import Arrangement, Extent, arrange
from vgsim.export.slide.parts import CaptionBlock, Words, sized
from vgsim.ui.plots.model.geometry import Box
from vgsim.ui.widgets.text import hairline

ASIDE = 28.0
ABOVE = 18.0
BELOW = 12.0
"""Margins, in pixels."""
_TITLES = (30, 26, 22, 18)
"""Sizes of a title, the largest that takes at most two lines is used."""
_NEAR = 8.0
_TERSE = 0.8
"""What a caption that says less is worth."""


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One view on a sheet, the size that it prefers, and what a user calls it."""

    widget: QWidget
    preferred: Extent
    name: str = ""


class Sheet(QWidget):
    """Lays its parts out anew for every size.

    Where room is short, the caption says less and then the last of the panels are left out. With
    ``settings_at_foot`` a caption of settings alone stands there, if they all fit.
    """

    def __init__(
        self,
        words: SlideWords,
        main: SheetPart,
        panels: Sequence[SheetPart] = (),
        captioned: bool = True,
        settings_at_foot: bool = False,
    ) -> None:
        super().__init__()
        self._main, self._panels = main, tuple(panels)
        self._side = ASIDE
        self._above = ABOVE
        self._below = BELOW
        self._title = Words(words.title, _TITLES[0], 600)
        self._subtitle = Words(words.subtitle, 15, 400, "muted")
        self._source = Words(words.source, 13, 400, "muted")
        self._settings = words.caption.settings
        self._aside = Words("", 13, 400, "muted")
        self._captions = [CaptionBlock(text) for text in _shorter(words.caption)]
        self._line = hairline()
        self._captioned = captioned
        alone = words.caption == Caption(settings=self._settings, tone=words.caption.tone)
        self._at_foot = settings_at_foot and alone
        labels = (self._title, self._subtitle, self._source, self._aside, self._line)
        for part in (*labels, *self._captions, main.widget, *(p.widget for p in panels)):
            part.setParent(self)
        self._source.setVisible(captioned)
        self._line.setVisible(captioned)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Names of what there is no room for: panels, and what nothing else says."""
        lost = [part.name for part in self._panels if part.widget.isHidden()]
        if not self._captioned:
            return tuple(lost)
        shown = [block for block in self._captions if not block.isHidden()]
        said = any(block.has_sentences for block in self._captions)
        if said and not any(block.has_sentences for block in shown):
            lost.append("the sentences")
        judged = any(block.has_heading for block in self._captions)
        if judged and not any(block.has_heading for block in shown):
            lost.append("the verdict")
        return tuple(lost)

    def fill(self) -> None:
        """Be what stands below a title that is elsewhere: without one, and without margins."""
        self._title.setText("")
        self._side = self._above = self._below = 0.0
        size = self.size()
        self.resize(size.width(), size.height() + 1)  # lays the sheet out anew
        self.resize(size)

    def minimumSizeHint(self) -> QSize:
        """The least at which the main thing can be read, if nothing but it is there."""
        wide, high = self._main.preferred.least
        self._fit_title(wide)
        labels = (self._title, self._subtitle, self._source)
        words = sum(label.height_at(wide) for label in labels if label.text())
        around = self._above + 12 + self._below + 7 + _NEAR
        return QSize(round(wide + 2 * self._side), round(high + words + around))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the sheet."""
        wide = self.width() - 2 * self._side
        top = self._place_head(wide)
        bottom = self._place_source(wide)
        self._place_body(Box(self._side, top, wide, max(bottom - top, 1.0)))

    def _place_head(self, wide: float) -> float:
        """Title and subtitle; returns where the rest begins."""
        self._fit_title(wide)
        top = self._above
        for label in (self._title, self._subtitle):
            if label.text():
                high = label.height_at(wide)
                sized(label, QRectF(self._side, top, wide, high))
                top += high
            label.setVisible(bool(label.text()))
        return top + (12.0 if top > self._above else 0.0)

    def _fit_title(self, wide: float) -> None:
        """The largest size at which it takes at most two lines, or the smallest."""
        for size in _TITLES:
            font = self._title.font()
            font.setPixelSize(size)
            self._title.setFont(font)
            if self._title.height_at(wide) <= 2.6 * size:
                return

    def _place_source(self, wide: float) -> float:
        """The line at the foot, under a hairline; returns where the rest ends."""
        if not self._captioned:
            return self.height() - (self._below and self._below + 4)
        high = self._source.height_at(wide)
        top = self.height() - self._below - high
        sized(self._source, QRectF(self._side, top, wide, high))
        sized(self._line, QRectF(self._side, top - 7, wide, 1))
        return top - 7 - _NEAR

    def _place_aside(self, block: CaptionBlock | None) -> None:
        """At the foot, the settings that the caption has no room for."""
        said = not self._captioned or (block is not None and block.has_settings)
        place = self._source.geometry()
        left = place.left() + self._source.width_of(self._source.text()) + 24
        room = place.right() - left
        if said:
            text = ""
        else:
            text = shortened(self._settings, room, self._aside.width_of, " · ")
        self._aside.setText(text)
        self._aside.setVisible(bool(text))
        wide = self._aside.width_of(text) + 1
        self._aside.setGeometry(place.right() - wide, place.top(), wide, place.height())

    def _fits_foot(self) -> bool:
        """Whether all that the caption says has room at the foot, and is to stand there."""
        said = self._source.width_of(self._source.text()) + 24
        wide = self._aside.width_of(self._settings)
        return self._at_foot and said + wide <= self.width() - 2 * self._side

    def _place_body(self, room: Box) -> None:
        layout, block = self._choice(room)
        for caption in self._captions:
            caption.setVisible(caption is block)
        if block is not None and layout.caption is not None:
            sized(block, QRectF(*layout.caption))
        self._place_aside(block)
        sized(self._main.widget, QRectF(*layout.main))
        for number, part in enumerate(self._panels):
            part.widget.setVisible(number < len(layout.panels))
        for part, box in zip(self._panels, layout.panels, strict=False):
            sized(part.widget, QRectF(*box))

    def _choice(self, room: Box) -> tuple[Arrangement, CaptionBlock | None]:
        """As many panels as fit, with as much caption as looks well beside them."""
        blocks = self._captions if self._captioned and not self._fits_foot() else []
        for panels in range(len(self._panels), -1, -1):
            preferred = [part.preferred for part in self._panels[:panels]]
            found = [
                (layout.score * _TERSE**level, layout, block)
                for level, block in enumerate(blocks or [None])
                if (layout := self._arranged(room, preferred, block)).fits
            ]
            if found:
                return max(found, key=lambda choice: choice[0])[1:]
            bare = self._arranged(room, preferred, None)
            if bare.fits or not panels:  # what was asked for comes before what is said of it
                return bare, None
        raise AssertionError("no panels at all are always a choice")

    def _arranged(
        self, room: Box, preferred: list[Extent], block: CaptionBlock | None
    ) -> Arrangement:
        return arrange(room, self._main.preferred, preferred, block.height_at if block else None)


def _shorter(caption: Caption) -> list[Caption]:
    """A caption and what may be left of it, each saying less; none that says nothing."""
    found = [caption]
    for less in (
        replace(caption, more=""),
        replace(caption, more="", changed=""),
        replace(caption, more="", changed="", sentence=""),
        replace(caption, more="", changed="", sentence="", settings=""),
    ):
        if less != found[-1]:
            found.append(less)
    return [one for one in found if one != Caption(tone=one.tone)]
