"""One map to be drawn: what every format asks for, painted in the window's thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from vgsim.export.compose import Composition, image_of, on_paper, staged_widget
from vgsim.export.drawing.vector import Page
from vgsim.export.drawn_moment import PaintedSlide, body_of, page_of, painted_slide
from vgsim.export.maps.sheet import map_sheet, view_of, words_of
from vgsim.export.maps.table import map_table
from vgsim.export.maps.words import MapWords
from vgsim.export.picture import PictureRequest
from vgsim.export.provenance.record import Provenance
from vgsim.export.sources import provenance_of_map
from vgsim.export.table import Table
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.store import read
from vgsim.ui.style.theme import Theme


@dataclass(frozen=True, slots=True)
class DrawnMap:
    """What to draw, and of what; ``current`` is the theme that the application wears.

    ``file`` is where the map lies, None where it lies in no file. SpecError from all that is made
    of it when the map has no such figure or no such layer.
    """

    grid: MapGrid
    file: Path | None
    picture: PictureRequest
    current: Theme

    @property
    def provenance(self) -> Provenance:
        """What lets a picture of it bring the map back."""
        return provenance_of_map(self.grid.plan, self.file, self.picture)

    def image(self) -> QImage:
        """Exactly ``picture.pixels``, with alpha where it is transparent."""
        with self._stage(self.picture) as stage:
            return image_of(stage, self.picture)

    @contextmanager
    def staged(self) -> Iterator[tuple[QWidget, Page]]:
        """The widget that is drawn, and the page on which it lies, for formats of shapes."""
        title = self._words().title()
        with self._stage(self.picture) as stage:
            yield stage.widget, page_of(stage, self.picture, title)

    def slide(self) -> PaintedSlide:
        """What a slide has as text, and the rest painted without it."""
        body = body_of(self.picture)
        text = self._words().text()
        with self._stage(body) as stage:
            return painted_slide(stage, body, text)

    def table(self) -> Table:
        """Its cells, a row each."""
        return map_table(self.grid, self.file, self.picture)

    def _words(self) -> MapWords:
        return words_of(self.grid, self.file, self.picture, view_of(self.grid, self.picture))

    @contextmanager
    def _stage(self, picture: PictureRequest) -> Iterator[Composition]:
        view = view_of(self.grid, picture)
        words = words_of(self.grid, self.file, picture, view)

        def make(theme: Theme, ratio: float) -> QWidget:
            sheet = map_sheet(words, view, theme, ratio)
            on_paper(sheet, picture, theme)
            return sheet

        with staged_widget(make, picture, self.current) as stage:
            yield stage


def drawn_map(file: Path, picture: PictureRequest, current: Theme) -> DrawnMap:
    """The map in a file as far as it is computed; OSError when it cannot be read."""
    plan, results = read(file)
    grid = MapGrid(plan)
    grid.add_all(results)
    return DrawnMap(grid, file, picture, current)
