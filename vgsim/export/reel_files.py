"""A reel as a file: a film in one of four formats, or a deck of slides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtGui import QImage

from vgsim.core.errors import refuse
from vgsim.diagnosis.verdict import Verdict
from vgsim.export.animation import (
    REHEARSAL,
    Footage,
    OnePass,
    Route,
    Script,
    Share,
    Still,
    Training,
)
from vgsim.export.apng import save_apng
from vgsim.export.compose import compose, judged, view_title, wants
from vgsim.export.deck import Order, deck_colors, deck_size, slide_parts
from vgsim.export.exporting import passport_of
from vgsim.export.gif import save_gif
from vgsim.export.mp4 import save_mp4
from vgsim.export.picture import Picture
from vgsim.export.png import encoded
from vgsim.export.pptx import Slide, save_pptx
from vgsim.export.provenance.record import Provenance
from vgsim.export.reel_request import ReelRequest
from vgsim.export.shots import Canceled, Progress, Shot, Stop, never, silent
from vgsim.export.slide.deck_words import alt_text, slide_caption, slide_notes, slide_title
from vgsim.export.webp import save_webp
from vgsim.measure.frame import Frame
from vgsim.measure.request import Wish
from vgsim.nn.spec import Spec
from vgsim.ui.style.theme import Theme

Paint = Callable[[Frame, Picture, Verdict | None], QImage]
"""Composes one picture. Qt's widgets are touched there alone, so in the main thread."""


class Film(Protocol):
    """Writes shots as they come."""

    def __call__(
        self, shots: Iterator[Shot], path: Path, passport: Provenance | None = None, /, *,
        progress: Progress = silent, stop: Stop = never,
    ) -> None: ...  # fmt: skip


FILMS: dict[str, Film] = {
    ".gif": save_gif, ".webp": save_webp, ".apng": save_apng, ".mp4": save_mp4,
}  # fmt: skip
DECK = ".pptx"
REELS = (*FILMS, DECK)
"""Suffixes that hold more than one picture."""


def script_of(spec: Spec, picture: Picture, route: Route, rival: Spec | None = None) -> Script:
    """The script whose frames have all that ``picture`` draws."""
    return Script(spec, route, Wish(wants(picture)), judged(picture), rival)


def route_of(request: ReelRequest, step: int = 0) -> Route:
    """Where a request leads: through the pass that follows update ``step``, or through training."""
    if request.kind == "pass":
        return OnePass(step)
    return Training(request.steps, request.every)


def painter(path: Path, current: Callable[[], Theme]) -> Paint:
    """What composes the pictures of the reel ``path``; the application wears ``current``."""

    def picture_of(frame: Frame, picture: Picture, verdict: Verdict | None) -> QImage:
        return compose(frame, picture, current(), verdict)

    def body_of(frame: Frame, picture: Picture, verdict: Verdict | None) -> QImage:
        return slide_parts(Order(frame, picture, path, current(), verdict)).image

    return body_of if path.suffix.lower() == DECK else picture_of


def write_reel(
    script: Script,
    request: ReelRequest,
    paint: Paint,
    *,
    share: Share = silent,
    stop: Stop = never,
) -> None:
    """Make every still, have it painted, and write them all, one in memory at a time.

    SpecError for what is not allowed, Canceled when stopped, OSError when the file cannot be
    written: then nothing is left, and a file that was there is as it was.
    """
    footage = Footage(script, share=share, stop=stop)

    def done(count: float) -> None:
        share(REHEARSAL + (1 - REHEARSAL) * count / len(footage))

    suffix = request.path.suffix.lower()
    if suffix == DECK:
        _write_deck(footage, request, paint, done, stop)
    elif suffix in FILMS:
        _write_film(footage, request, paint, done, stop)
    else:
        raise refuse("out", str(request.path), "a file name that ends in " + ", ".join(REELS))


def _write_film(
    footage: Footage, request: ReelRequest, paint: Paint, done: Progress, stop: Stop
) -> None:
    stills = iter(footage)
    first = next(stills)  # the film opens where it begins
    picture = request.picture

    def shots() -> Iterator[Shot]:
        yield Shot(paint(first.frame, picture, first.verdict), request.seconds)
        for still in stills:
            yield Shot(paint(still.frame, picture, still.verdict), request.seconds)

    write = FILMS[request.path.suffix.lower()]
    write(shots(), request.path, passport_of(first.frame, picture), progress=done, stop=stop)


def _write_deck(
    footage: Footage, request: ReelRequest, paint: Paint, done: Progress, stop: Stop
) -> None:
    slides: list[Slide] = []
    passport: Provenance | None = None
    for still in footage:
        passport = passport or passport_of(still.frame, request.picture)
        slides.append(slide(still, request.picture, paint))
        done(len(slides))
    if stop():
        raise Canceled
    save_deck(slides, request.path, request.picture, passport)


def slide(still: Still, picture: Picture, paint: Paint) -> Slide:
    """One slide: what a person may edit is text; the rest is one sharp picture without it."""
    frame, verdict = still.frame, still.verdict
    image = encoded(paint(frame, picture, verdict))
    about = alt_text(frame, view_title(picture.view))
    caption = slide_caption(frame, verdict) if picture.caption else ""
    title = slide_title(frame, picture.title)
    return Slide(title, image, about, caption, slide_notes(frame, verdict))


def save_deck(
    slides: Sequence[Slide], path: Path, picture: Picture, passport: Provenance | None = None
) -> None:
    """Write the deck in the colors of the picture's theme, on slides of its aspect."""
    colors = deck_colors(picture)
    save_pptx(slides, path, passport, size=deck_size(picture), colors=colors)
