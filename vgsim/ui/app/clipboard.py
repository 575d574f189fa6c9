"""What goes on the clipboard: a picture as pixels or as shapes, and the numbers behind a plot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QMimeData, QObject, Slot
from PySide6.QtGui import QGuiApplication

from vgsim.core.errors import SpecError
from vgsim.export.compose import view_title
from vgsim.export.drawing.vector import svg_text
from vgsim.export.format import Drawable
from vgsim.export.formats.svg import with_provenance
from vgsim.export.picture import PictureRequest
from vgsim.export.table import tabbed
from vgsim.ui.app.exhibit import Exhibit
from vgsim.ui.plots.kinds import PLOTS, first_plot
from vgsim.ui.window.main_window import MainWindow

SVG = "image/svg+xml"
"""What Inkscape, LibreOffice and PowerPoint paste as shapes."""


def svg_of(scene: Drawable) -> str:
    """What is drawn as shapes, with where it comes from."""
    with scene.staged() as (widget, page):
        return with_provenance(svg_text(widget, page), scene.provenance)


class Clipboard(QObject):
    """Copies of one window. ``last`` is the picture exported last, of a view.

    ``exhibit`` says what there is to be copied, and gives it once it has what is drawn.
    """

    def __init__(
        self,
        window: MainWindow,
        exhibit: Callable[[], Exhibit],
        last: Callable[[str], PictureRequest],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._exhibit = exhibit
        self._last = last
        self._chosen = ""

    def copy_picture(self, view: str = "", checked: bool = False) -> None:
        """The picture of a view, or the last exported, in the size and theme of that export."""
        self._with_picture(view, self._put_image)

    def copy_svg(self, view: str = "") -> None:
        """The picture as shapes, and as pixels for programs that take no shapes."""
        self._with_picture(view, self._put_svg)

    def copy_data(self, view: str = "") -> None:
        """The numbers of a plot: the one named, else the one chosen or exported last."""
        name = view or self.plot
        self.choose(name)
        exhibit = self._exhibit()
        picture = exhibit.data_picture(name)
        exhibit.get("data", picture, partial(self._put_data, exhibit, picture))

    @property
    def plot(self) -> str:
        """The plot that data are asked of when none is named."""
        wanted = [self._window.workspace.enlarged, self._chosen]
        try:
            last = self._last("")
            wanted += [last.view, *last.plots]
        except SpecError:  # a comparison that has ended
            pass
        return next((name for name in wanted if name in PLOTS), first_plot())

    @Slot(str)
    def choose(self, name: str) -> None:
        """A plot that somebody asked something of is the one chosen."""
        if name in PLOTS:
            self._chosen = name

    def _with_picture(self, view: str, put: Callable[[PictureRequest, Drawable], None]) -> None:
        self.choose(view)
        exhibit = self._exhibit()
        try:
            picture = self._last(view)
            exhibit.get("copy", picture, partial(self._try, put, exhibit, picture))
        except SpecError as error:
            self._refuse(error)

    def _try(
        self,
        put: Callable[[PictureRequest, Drawable], None],
        exhibit: Exhibit,
        picture: PictureRequest,
        shown: Any,
    ) -> None:
        try:
            put(picture, exhibit.scene(shown, picture))
        except SpecError as error:  # a comparison of one, for example
            self._refuse(error)

    def _refuse(self, error: SpecError) -> None:
        self._window.tell(f"Nothing was copied: {error}")

    def _put_image(self, picture: PictureRequest, scene: Drawable) -> None:
        image = scene.image()
        QGuiApplication.clipboard().setImage(image)
        size = f"{image.width()} × {image.height()} pixels"
        self._window.tell(f"Copied: {view_title(picture.view)}, {size}")

    def _put_svg(self, picture: PictureRequest, scene: Drawable) -> None:
        parcel = QMimeData()
        parcel.setData(SVG, svg_of(scene).encode())
        parcel.setImageData(scene.image())
        QGuiApplication.clipboard().setMimeData(parcel)
        self._window.tell(f"Copied as SVG: {view_title(picture.view)}")

    def _put_data(self, exhibit: Exhibit, picture: PictureRequest, shown: Any) -> None:
        title = view_title(picture.view)
        try:
            table = exhibit.scene(shown, picture).table()
        except SpecError:
            self._window.tell(f"{title} has no numbers at this moment")
            return
        QGuiApplication.clipboard().setText(tabbed(table))
        rows = len(next(iter(table.columns.values())))
        columns = len(table.columns)
        self._window.tell(f"Copied: {title}, {rows:,} rows of {columns} columns")
