"""What is drawn beside the text of a page: its scene, and the figures that stand in the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from vgsim.export.compose import Composition, panel_names, staged, view_title
from vgsim.export.drawing.raster import rendered
from vgsim.export.drawing.vector import paint_into
from vgsim.export.lesson.content import PrintedPage
from vgsim.export.picture import PictureRequest
from vgsim.export.slide.sheet import Sheet
from vgsim.export.slide.words import slide_text
from vgsim.export.still import still
from vgsim.lessons.lesson import LessonFigure, LessonScene
from vgsim.measure.frame import Frame
from vgsim.text.scale import Scale
from vgsim.ui.guide.figures.kinds import FIGURES
from vgsim.ui.style.theme import Theme

DPI = 192
FIGURE_WIDTH = 400
"""Logical pixels that a figure in the text is laid out for: about what the Guide is wide."""
MOST_PLOTS = 2
"""Beside the diagram."""


@dataclass(frozen=True, slots=True)
class SceneView:
    """The moment of a page, laid out for so many inches (width, height)."""

    frame: Frame
    picture: PictureRequest
    theme: Theme

    @contextmanager
    def _stage(self) -> Iterator[Composition]:
        """The picture without the title of its experiment: the page has one."""
        with staged(self.frame, self.picture, self.theme) as stage:
            if isinstance(stage.widget, Sheet):
                stage.widget.fill()
            yield stage

    def image(self) -> QImage:
        """As pixels."""
        with self._stage() as stage:
            return rendered(stage.widget, QSize(*self.picture.pixels), stage.ratio)

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """As shapes, into a box of its aspect."""
        with self._stage() as stage:
            paint_into(box, stage.widget, stage.size, painter)

    @property
    def alt_text(self) -> str:
        """What it shows, for those who cannot see it."""
        return slide_text(self.frame, self.picture, view_title(self.picture.view), None).alt


def scene_view(
    frame: Frame, scene: LessonScene, theme: Theme, inches: tuple[float, float], points: float
) -> SceneView:
    """The picture of a scene with its panels, so large, with no type smaller than ``points``."""
    size = f"{round(inches[0] * DPI)}x{round(inches[1] * DPI)}"
    picture = PictureRequest(
        view=_view(scene), plots=_plots(scene), size=size, dpi=DPI, theme=theme.name,
        font_scale=points / 14.04 * 7.5 / min(inches), caption=False,
    )  # fmt: skip
    return SceneView(frame, picture, theme)


def _view(scene: LessonScene) -> str:
    return "slide" if scene.other is None else "comparison"


def _plots(scene: LessonScene) -> tuple[str, ...]:
    """The panels of a scene that an export can draw, but for those that it hides."""
    known = [name for name in scene.panels if name in panel_names() and name not in scene.hidden]
    return tuple(known[:MOST_PLOTS])


def frame_for(page: PrintedPage) -> Frame | None:
    """The moment of the page's scene with all that its pictures draw; None without a scene.

    SpecError for an experiment that cannot be run, or a moment that it does not have.
    """
    scene = page.scene
    if scene is None or scene.spec is None:
        return None
    picture = PictureRequest(view=_view(scene), plots=_plots(scene), caption=False)
    also = {kind for figure in figures_in(page) for kind in FIGURES[figure.name].wants}
    frame, _ = still(
        scene.spec, scene.steps, scene.moment, picture, scene.other, also=frozenset(also)
    )
    return frame


def figures_in(page: PrintedPage) -> Sequence[LessonFigure]:
    """The figures in the text of a page."""
    return [block for block in page.blocks if isinstance(block, LessonFigure)]


@dataclass(frozen=True, slots=True)
class FigureView:
    """A figure of the text as it is at the moment of its page; ``frame`` is None without one."""

    figure: LessonFigure
    frame: Frame | None
    theme: Theme

    @contextmanager
    def _widget(self) -> Iterator[tuple[QWidget, QSize]]:
        widget = FIGURES[self.figure.name](self.figure.settings, self.theme, Scale())
        palette = widget.palette()
        palette.setColor(palette.ColorRole.Window, self.theme.surface)
        widget.setPalette(palette)
        widget.set_frame(self.frame)
        high = widget.sizeHint().height()
        if widget.hasHeightForWidth():
            high = widget.heightForWidth(FIGURE_WIDTH)
        try:
            yield widget, QSize(FIGURE_WIDTH, max(high, 1))
        finally:
            widget.close()
            widget.deleteLater()

    @property
    def aspect(self) -> float:
        """Height by width."""
        with self._widget() as (_, size):
            return size.height() / size.width()

    def image(self, width: int) -> QImage:
        """As pixels, so many wide."""
        with self._widget() as (widget, size):
            ratio = width / size.width()
            return rendered(widget, size * ratio, ratio)

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """As shapes, into a box of its aspect."""
        with self._widget() as (widget, size):
            paint_into(box, widget, size, painter)

    @property
    def alt_text(self) -> str:
        """What it is, for those who cannot see it."""
        return f"A figure of the lesson: {FIGURES.entry(self.figure.name).summary}"
