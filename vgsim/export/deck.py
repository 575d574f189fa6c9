"""A picture as a slide that can be edited: its title and caption are text, the rest is painted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from vgsim.diagnosis.verdict import Verdict
from vgsim.export.compose import Stage, staged
from vgsim.export.picture import Picture
from vgsim.export.png import encoded, rendered
from vgsim.export.pptx import INCH, SIZES, Slide
from vgsim.export.slide.content import Origin, SlideWords, slide_words
from vgsim.export.slide.sheet import Sheet
from vgsim.measure.frame import Frame
from vgsim.nn.presets import baseline_of
from vgsim.ui.style.theme import Theme, load_theme

BODY_HIGH, CAPTION_HIGH = 6.1, 0.85
"""Inches between the title of a slide and its foot, and what a caption takes of them."""
SLIDE_HIGH = 7.5
MOST_TYPE = 3.0


@dataclass(frozen=True, slots=True)
class Order:
    """What to draw, of what, and where to; ``current`` is the theme of the application."""

    frame: Frame
    picture: Picture
    path: Path
    current: Theme
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class SlideParts:
    """What is painted of a slide, and its words. Made in the main thread."""

    image: QImage
    words: SlideWords
    captioned: bool

    def slide(self) -> Slide:
        """The slide, on any thread: packing the picture takes a while."""
        said, words = self.words.caption, self.words
        caption = " ".join(filter(None, (said.heading and f"{said.heading}.", said.sentence)))
        notes = filter(None, (words.subtitle, said.more, said.settings, said.changed, words.source))
        return Slide(
            words.title, encoded(self.image), f"{words.title}, {words.subtitle}",
            caption if self.captioned else "", "\n".join(notes),
        )  # fmt: skip


def slide_parts(order: Order) -> SlideParts:
    """Paint what a slide has between its title and its caption."""
    frame, picture = order.frame, order.picture
    body = body_of(picture)
    with staged(frame, body, order.current, order.verdict) as stage:
        _untitle(stage)
        size = QSize(*body.pixels)
        image = rendered(stage.widget, size, stage.ratio, transparent=body.transparent)
    name, baseline = baseline_of(frame.spec)
    origin = Origin(name, baseline) if name else Origin()
    return SlideParts(
        image, slide_words(frame, origin, order.verdict, picture.title), picture.caption
    )


def body_of(picture: Picture) -> Picture:
    """``picture`` as what fills a slide below its title, with type as large as on a whole one."""
    across = SIZES[deck_size(picture)][0] / INCH - 1.0
    down = BODY_HIGH - (CAPTION_HIGH if picture.caption else 0.0)
    size = f"{round(across * picture.dpi)}x{round(down * picture.dpi)}"
    type_size = min(picture.font_scale * SLIDE_HIGH / down, MOST_TYPE)
    if picture.view == "window":
        return picture
    return replace(picture, size=size, font_scale=type_size, title="", caption=False)


def _untitle(stage: Stage) -> None:
    """Leave out the title, which the slide has as text: the first line of a sheet."""
    if isinstance(stage.widget, Sheet):
        stage.widget.fill()


def deck_size(picture: Picture) -> str:
    """The slide whose aspect is nearest to the picture's."""
    width, height = picture.layout
    return min(SIZES, key=lambda name: abs(SIZES[name][0] / SIZES[name][1] - width / height))


def deck_colors(picture: Picture) -> tuple[str, str]:
    """Ground and ink of the slides around a picture."""
    return ground(picture), load_theme(picture.theme).text


def ground(picture: Picture) -> str:
    """The color behind everything: paper, but the window has a gray of its own."""
    theme = load_theme(picture.theme)
    return theme.background if picture.view == "window" else theme.surface
