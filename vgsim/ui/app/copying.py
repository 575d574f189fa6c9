"""How pictures for the clipboard are painted, and which one was exported last."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QImage

from vgsim.core.errors import SpecError
from vgsim.diagnosis.verdict import Verdict
from vgsim.export.compose import compose, staged, wants
from vgsim.export.drawing.vector import svg_text
from vgsim.export.entries import read
from vgsim.export.exporting import page_of, passport_of
from vgsim.export.picture import Picture
from vgsim.measure.frame import Frame
from vgsim.ui.app.clipboard import Makers
from vgsim.ui.app.pictures import Pictures
from vgsim.ui.style.theme import Theme

Look = Callable[[], tuple[Theme, Verdict | None]]
"""The theme of the window, and what its Why panel says."""


def last_picture(pictures: Pictures, frame: Frame | None) -> Picture:
    """What was exported last, or a slide in the theme one sees."""
    entries = pictures.last_entries()
    try:
        return read(entries, frame is not None and frame.other is not None).picture
    except SpecError:  # a comparison that has ended
        return Picture(theme=str(entries["theme"]))


def makers(look: Look) -> Makers:
    """Those of the window with that look."""
    return Makers(wants, partial(_image, look), partial(_svg, look))


def _image(look: Look, frame: Frame, picture: Picture) -> QImage:
    return compose(frame, picture, *look())


def _svg(look: Look, frame: Frame, picture: Picture) -> str:
    with staged(frame, picture, *look()) as stage:
        page = page_of(stage, frame, picture)
        return svg_text(stage.widget, page, passport_of(frame, picture))
