"""How pictures for the clipboard are painted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QImage

from vgsim.diagnosis.verdict import Verdict
from vgsim.export.compose import wants
from vgsim.export.drawing.vector import svg_text
from vgsim.export.drawn_moment import DrawnMoment
from vgsim.export.formats.svg import with_provenance
from vgsim.export.picture import PictureRequest
from vgsim.measure.frame import Frame
from vgsim.ui.app.clipboard import Makers
from vgsim.ui.style.theme import Theme

Dress = Callable[[], tuple[Theme, Verdict | None]]
"""The theme of the window, and what its Why panel says."""


def makers(dress: Dress) -> Makers:
    """Those of the window that is dressed so."""
    return Makers(wants, partial(_image, dress), partial(_svg, dress))


def _image(dress: Dress, frame: Frame, picture: PictureRequest) -> QImage:
    return DrawnMoment(frame, picture, *dress()).image()


def _svg(dress: Dress, frame: Frame, picture: PictureRequest) -> str:
    scene = DrawnMoment(frame, picture, *dress())
    with scene.staged() as (widget, page):
        return with_provenance(svg_text(widget, page), scene.provenance)
