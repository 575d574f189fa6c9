"""One finished picture as a file: formats by suffix, what the file carries, what it is called."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

from PySide6.QtGui import QImage

from vgsim.core.atomic import written
from vgsim.core.errors import refuse
from vgsim.core.registry import Registry
from vgsim.diagnosis.verdict import Verdict
from vgsim.export.compose import Stage, compose, staged
from vgsim.export.deck import Order, SlideParts, deck_colors, deck_size, ground, slide_parts
from vgsim.export.drawing.vector import Page, save_pdf, save_svg
from vgsim.export.picture import Picture, fields
from vgsim.export.png import encoded
from vgsim.export.pptx import save_pptx
from vgsim.export.provenance.record import LONGEST_SETTING, Provenance
from vgsim.export.shots import Canceled, Stop, never
from vgsim.export.slide.content import moment_words
from vgsim.export.sources import rival_settings
from vgsim.measure.frame import Frame
from vgsim.nn.moments import Moment
from vgsim.text.jumps import place_of
from vgsim.ui.style.theme import Theme

LONGEST_NAME = 60
"""Letters that the experiment's name may take in the name of a file."""


Rest = Callable[[Stop], None]
"""What is left to do once the widgets are painted, on any thread. Canceled when stopped before
the file is moved into place, OSError when it cannot be written; then an old file is as it was."""
EXPORTERS: Registry[Callable[[Order], Rest]] = Registry("exporter")
"""Single pictures by suffix. An exporter paints, in the main thread, and gives the rest."""


def save(
    frame: Frame,
    picture: Picture,
    path: Path,
    current: Theme,
    verdict: Verdict | None = None,
    *,
    overwrite: bool,
) -> None:
    """Write the picture of ``frame`` in the format that the suffix of ``path`` says.

    ``frame`` has the readings that the picture wants. SpecError for a suffix that is none,
    OSError, naming ``path``, when it cannot be written or may not be overwritten; then an old
    file is as it was.
    """
    begun(Order(frame, picture, path, current, verdict), overwrite=overwrite)(never)


def begun(order: Order, *, overwrite: bool) -> Rest:
    """Paint the picture and give the rest. As :func:`save`; called in the main thread."""
    check_path(order.path, overwrite)
    return EXPORTERS[order.path.suffix.lower()](order)


def check_path(path: Path, overwrite: bool) -> None:
    """SpecError for a suffix that is none, FileExistsError for what may not be overwritten."""
    if path.suffix.lower() not in EXPORTERS:
        allowed = "a file name that ends in " + ", ".join(EXPORTERS.names())
        raise refuse("path", path.name, allowed)
    if not overwrite and path.exists():
        raise FileExistsError(errno.EEXIST, "there is such a file already", str(path))


@EXPORTERS.register(".png", "Pixels: for slides, documents and the web", label="PNG")
def _png(order: Order) -> Rest:
    image = compose(order.frame, order.picture, order.current, order.verdict)
    return partial(_write_png, order, image)


def _write_png(order: Order, image: QImage, stop: Stop) -> None:
    passport = passport_of(order.frame, order.picture)
    _put(encoded(image, passport, dpi=_dots(order.picture)), order.path, stop)


def _put(data: bytes, path: Path, stop: Stop) -> None:
    """Write ``data`` unless stopped meanwhile."""
    with written(path) as scratch:
        scratch.write_bytes(data)
        if stop():
            raise Canceled


@EXPORTERS.register(".svg", "Shapes: sharp at any size, for the web and Inkscape", label="SVG")
def _svg(order: Order) -> Rest:
    _vector(order, save_svg)
    return _nothing_left


@EXPORTERS.register(".pdf", "Shapes: sharp at any size, for LaTeX and print", label="PDF")
def _pdf(order: Order) -> Rest:
    _vector(order, save_pdf)
    return _nothing_left


def _vector(order: Order, write: Callable[..., None]) -> None:
    """Have ``write`` paint the staged view: vector formats need the widget itself."""
    frame, picture = order.frame, order.picture
    with staged(frame, picture, order.current, order.verdict) as stage:
        page = page_of(stage, frame, picture)
        write(stage.widget, page, order.path, passport_of(frame, picture))


def page_of(stage: Stage, frame: Frame, picture: Picture) -> Page:
    """What a vector format needs to know beside the widget."""
    behind = None if picture.transparent else ground(picture)
    return Page(stage.size, picture.inches, title_of(frame, picture), behind, stage.ratio)


def _nothing_left(stop: Stop) -> None:
    """The file is written: a vector is painted straight into it."""


@EXPORTERS.register(".pptx", "A slide with editable title and caption", label="PowerPoint")
def _pptx(order: Order) -> Rest:
    return partial(_write_pptx, order, slide_parts(order))


def _write_pptx(order: Order, parts: SlideParts, stop: Stop) -> None:
    picture, slide = order.picture, parts.slide()
    if stop():
        raise Canceled
    passport = passport_of(order.frame, picture)
    colors = deck_colors(picture)
    save_pptx([slide], order.path, passport, size=deck_size(picture), colors=colors)


def _dots(picture: Picture) -> float:
    """Pixels an inch of the finished picture."""
    return float(picture.dpi * picture.scale)


def passport_of(frame: Frame, picture: Picture) -> Provenance:
    """What lets the file open as the moment it shows. Settings are JSON; long ones stay out."""
    texts = {name: json.dumps(value, ensure_ascii=False) for name, value in fields(picture).items()}
    settings = tuple((name, text) for name, text in texts.items() if len(text) <= LONGEST_SETTING)
    if frame.other is not None:
        settings += rival_settings(frame.spec, frame.other.spec)
    return Provenance(frame.spec, place_of(frame)[0], str(frame.moment), picture.view, settings)


def title_of(frame: Frame, picture: Picture) -> str:
    """The title of a document: the person's own, or what the picture shows."""
    if picture.title:
        return picture.title
    return f"{frame.spec.name or 'Experiment'}: {moment_words(frame)}"


def file_name(frame: Frame, picture: Picture, suffix: str, what: str = "") -> str:
    """A name that says what is in the file: "sigmoid-stack_step-20_backward-h3_diagram.png".

    ``what`` takes the place of the moment where there is more than one.
    """
    step = place_of(frame)[0]
    parts = (
        slug(frame.spec.name) or "experiment",
        f"step-{step}" if step and not what else "",
        what or _moment_part(frame.moment),
        "" if picture.view == "slide" else picture.view,
    )
    return "_".join(part for part in parts if part) + suffix


def slug(text: str) -> str:
    """Small letters, digits and hyphens, which any file system takes."""
    words = "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
    return "-".join(words)[:LONGEST_NAME].rstrip("-")


def _moment_part(moment: Moment) -> str:
    return f"{moment.phase}-h{moment.stage}" if moment.stage else str(moment.phase)


def fresh(path: Path) -> Path:
    """``path``, or the first of "name (2).png", "name (3).png" … that there is not yet."""
    if not path.exists():
        return path
    numbered = (path.with_name(f"{path.stem} ({n}){path.suffix}") for n in count(2))
    return next(other for other in numbered if not other.exists())
