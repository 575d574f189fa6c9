"""One moment to be drawn: what every format asks for, painted in the window's thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from vgsim.diagnosis.verdict import Verdict
from vgsim.export.compose import (
    Composition,
    compose,
    ground,
    image_of,
    staged,
    view_title,
)
from vgsim.export.drawing.vector import Page
from vgsim.export.formats.png import encoded
from vgsim.export.formats.pptx import INCH, SIZES, Slide, slide_size
from vgsim.export.picture import PictureRequest
from vgsim.export.plot_data import table_of
from vgsim.export.provenance.record import Provenance
from vgsim.export.slide.sheet import Sheet
from vgsim.export.slide.words import SlideText, slide_text, title_of
from vgsim.export.sources import provenance_of
from vgsim.export.table import Table
from vgsim.measure.frame import Frame
from vgsim.ui.style.theme import Theme, load_theme

BODY_HIGH, CAPTION_HIGH = 6.1, 0.85
"""Inches between the title of a slide and its foot, and what a caption takes of them."""
SLIDE_HIGH = 7.5
MOST_TYPE = 3.0


@dataclass(frozen=True, slots=True)
class PaintedSlide:
    """What a slide shows between title and caption, what it says, and its ground and ink."""

    image: QImage
    text: SlideText
    colors: tuple[str, str]

    def packed(self) -> Slide:
        """The slide, on any thread: packing the picture takes a while."""
        text = self.text
        image = encoded(self.image)
        return Slide(text.title, image, text.alt, text.caption, text.notes, self.colors)


@dataclass(frozen=True, slots=True)
class DrawnMoment:
    """What to draw, and of what; ``current`` is the theme that the application wears.

    ``frame`` has the measurements that the picture wants. SpecError from all that is made of it
    when there is nothing to compare with.
    """

    frame: Frame
    picture: PictureRequest
    current: Theme
    verdict: Verdict | None = None

    @property
    def provenance(self) -> Provenance:
        """What lets a file of it open as this moment."""
        return provenance_of(self.frame, self.picture)

    def image(self) -> QImage:
        """Exactly ``picture.pixels``, with alpha where it is transparent."""
        return compose(self.frame, self.picture, self.current, self.verdict)

    @contextmanager
    def staged(self) -> Iterator[tuple[QWidget, Page]]:
        """The widget that is drawn, and the page on which it lies, for formats of shapes."""
        frame = self.frame
        picture = self.picture
        with staged(frame, picture, self.current, self.verdict) as stage:
            yield stage.widget, page_of(stage, picture, title_of(frame, picture))

    def slide(self) -> PaintedSlide:
        """What a slide has as text, and the rest painted without it."""
        frame = self.frame
        picture = self.picture
        body = body_of(picture)
        with staged(frame, body, self.current, self.verdict) as stage:
            text = slide_text(frame, picture, view_title(picture.view), self.verdict)
            return painted_slide(stage, body, text)

    def table(self) -> Table:
        """The numbers behind the view, a plot; SpecError for any other."""
        return table_of(self.picture.view, self.frame)


def page_of(stage: Composition, picture: PictureRequest, title: str) -> Page:
    """The page on which what is staged lies."""
    behind = None if picture.transparent else ground(picture)
    return Page(stage.size, picture.inches, title, behind, stage.ratio)


def painted_slide(stage: Composition, body: PictureRequest, text: SlideText) -> PaintedSlide:
    """What is staged as the ``body`` of a slide, which says ``text``."""
    if isinstance(stage.widget, Sheet):
        stage.widget.fill()  # the title is text
    image = image_of(stage, body)
    return PaintedSlide(image, text, (ground(body), load_theme(body.theme).text))


def body_of(picture: PictureRequest) -> PictureRequest:
    """``picture`` as what fills a slide below its title, with type as large as on a whole one."""
    across = SIZES[slide_size(picture.layout)][0] / INCH - 1.0
    down = BODY_HIGH - (CAPTION_HIGH if picture.caption else 0.0)
    size = f"{round(across * picture.dpi)}x{round(down * picture.dpi)}"
    type_size = min(picture.font_scale * SLIDE_HIGH / down, MOST_TYPE)
    if picture.view == "window":
        return picture
    return replace(picture, size=size, font_scale=type_size, title="", caption=False)
