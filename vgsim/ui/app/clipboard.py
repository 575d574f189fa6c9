"""What goes on the clipboard: a picture as pixels or as shapes, and the numbers behind a plot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QMimeData, QObject, Slot
from PySide6.QtGui import QGuiApplication, QImage

from vgsim.core.errors import SpecError
from vgsim.diagnosis.verdict import Verdict
from vgsim.export.compose import view_title, wants
from vgsim.export.drawing.vector import svg_text
from vgsim.export.drawn_moment import DrawnMoment
from vgsim.export.formats.svg import with_provenance
from vgsim.export.picture import PictureRequest
from vgsim.export.plot_data import table_of
from vgsim.export.table import tabbed
from vgsim.measure.frame import Frame
from vgsim.ui.app.supply import Supply
from vgsim.ui.plots.kinds import PLOTS, first_plot
from vgsim.ui.style.theme import Theme
from vgsim.ui.window.main_window import MainWindow

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


SVG = "image/svg+xml"
"""What Inkscape, LibreOffice and PowerPoint paste as shapes."""


@dataclass(frozen=True, slots=True)
class Makers:
    """Who paints: measurements that a picture needs, the picture as an image, and as an SVG.

    Without ``svg`` nothing can be copied as shapes.
    """

    wants: Callable[[PictureRequest], frozenset[type]]
    image: Callable[[Frame, PictureRequest], QImage]
    svg: Callable[[Frame, PictureRequest], str] | None = None


class Clipboard(QObject):
    """Copies of one window. ``last`` is the picture exported last, of a view; ``makers`` paint.

    What is not on the screen first gets its measurements from ``supply``.
    """

    def __init__(
        self,
        window: MainWindow,
        supply: Supply,
        last: Callable[[str], PictureRequest],
        makers: Makers,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._supply = supply
        self._last, self._makers = last, makers
        self._chosen = ""
        window.actions_by_name["copy_svg"].setVisible(makers.svg is not None)

    def copy_picture(self, view: str = "", checked: bool = False) -> None:
        """The picture of a view, or the last exported, in the size and theme of that export."""
        self._with_picture(view, self._put_image)

    def copy_svg(self, view: str = "") -> None:
        """The picture as shapes, and as pixels for programs that take no shapes."""
        self._with_picture(view, self._put_svg)

    def copy_data(self, view: str = "") -> None:
        """The numbers of a plot: the one named, else the one chosen or exported last."""
        name = view or self.plot
        self._chosen = name
        take = partial(self._put_data, name)
        self._supply.get("data", frozenset(PLOTS[name].wants), take)

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

    def _with_picture(self, view: str, put: Callable[[PictureRequest, Frame], None]) -> None:
        self.choose(view)
        try:
            picture = self._last(view)
            self._supply.get("copy", self._makers.wants(picture), partial(self._try, put, picture))
        except SpecError as error:
            self._refuse(error)

    def _try(
        self, put: Callable[[PictureRequest, Frame], None], picture: PictureRequest, frame: Frame
    ) -> None:
        try:
            put(picture, frame)
        except SpecError as error:  # a comparison of one, for example
            self._refuse(error)

    def _refuse(self, error: SpecError) -> None:
        self._window.tell(f"Nothing was copied: {error}")

    def _put_image(self, picture: PictureRequest, frame: Frame) -> None:
        image = self._makers.image(frame, picture)
        QGuiApplication.clipboard().setImage(image)
        size = f"{image.width()} × {image.height()} pixels"
        self._window.tell(f"Copied: {view_title(picture.view)}, {size}")

    def _put_svg(self, picture: PictureRequest, frame: Frame) -> None:
        assert self._makers.svg is not None  # else it is not offered
        parcel = QMimeData()
        parcel.setData(SVG, self._makers.svg(frame, picture).encode())
        parcel.setImageData(self._makers.image(frame, picture))
        QGuiApplication.clipboard().setMimeData(parcel)
        self._window.tell(f"Copied as SVG: {view_title(picture.view)}")

    def _put_data(self, name: str, frame: Frame) -> None:
        title = view_title(name)
        try:
            table = table_of(name, frame)
        except SpecError:
            self._window.tell(f"{title} has no numbers at this moment")
            return
        QGuiApplication.clipboard().setText(tabbed(table))
        rows = len(next(iter(table.columns.values())))
        columns = len(table.columns)
        self._window.tell(f"Copied: {title}, {rows:,} rows of {columns} columns")
