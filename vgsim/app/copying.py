"""How pictures for the clipboard are painted, and which one was exported last."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QImage

from vgsim.app.clipboard import Makers
from vgsim.app.picture import compose, parse_picture, view_names, wants
from vgsim.app.settings import Settings
from vgsim.engine.frame import Frame
from vgsim.engine.readings import Verdict
from vgsim.export.request import Picture
from vgsim.present.scale import Scale
from vgsim.present.theme import Theme

Look = Callable[[], tuple[Theme, Verdict | None]]
"""The theme of the window, and what its Why panel says."""


def last_picture(settings: Settings, look: Look) -> Picture:
    """What was exported last, or the whole window in the theme one sees."""
    view = settings.text("export/view", "window")
    return Picture(
        view=view if view in view_names() else "window",
        theme=settings.text("export/theme", "") or look()[0].name,
        size=settings.text("export/size", "") or "16:9",
    )


def makers(look: Look) -> Makers:
    """Those of the window with that look."""

    def image(frame: Frame, picture: Picture) -> QImage:
        theme, verdict = look()
        width, height = picture.pixels
        wanted = parse_picture(picture.view, picture.theme, f"{width}x{height}")
        return compose(frame, wanted, Scale(), theme, verdict)

    return Makers(lambda picture: wants(picture.view), image)
