"""A map laid out for a page: title, what is shown, the map with its legend, and a caption."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from vgsim.export.maps.choice import figure_of, layer_of
from vgsim.export.maps.theory import CONTOURS, lines_over
from vgsim.export.maps.words import MapWords
from vgsim.export.picture import PictureRequest
from vgsim.export.slide.content import Caption, SlideWords
from vgsim.export.slide.layout import Extent
from vgsim.export.slide.sheet import Sheet, SheetPart
from vgsim.sweep.grid import MapGrid
from vgsim.ui.map.legend import MapLegend
from vgsim.ui.map.model.legend import sentence_of
from vgsim.ui.map.model.view import MapView, map_view
from vgsim.ui.map.plot import MapPlot
from vgsim.ui.style.theme import Theme

EXTENT = Extent((360, 240), (900, 560))
"""Room for the map with its legend, in logical pixels."""
GAP = 6


class MapFigure(QWidget):
    """A map above its legend, which has the rows that it needs."""

    def __init__(self, view: MapView, theme: Theme, ratio: float) -> None:
        super().__init__()
        self.plot = MapPlot(theme, pen_scale=ratio, still=True)
        self.plot.set_view(view)
        self.legend = MapLegend(theme)
        self.legend.set_view(view)
        self.plot.setParent(self)
        self.legend.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The legend gives way where there is no room for both."""
        wide = self.width()
        rows = self.legend.heightForWidth(wide)
        if rows > self.height() / 3:
            rows = 0
        high = self.height() - (rows + GAP if rows else 0)
        self.plot.setGeometry(0, 0, wide, high)
        self.legend.setVisible(rows > 0)
        self.legend.setGeometry(0, high + GAP, wide, rows)


def map_sheet(words: MapWords, view: MapView, theme: Theme, ratio: float) -> Sheet:
    """The sheet for ``words``: a slide, or the map alone with its heading and its source."""
    figure = SheetPart(MapFigure(view, theme, ratio), EXTENT)
    said = words.slide()
    if words.picture.view != "slide":
        said = SlideWords(words.picture.title, said.subtitle, said.source, Caption())
    return Sheet(said, figure, captioned=words.picture.caption, settings_at_foot=True)


def view_of(grid: MapGrid, picture: PictureRequest) -> MapView:
    """The map that is drawn; SpecError when there is no such figure or layer."""
    name = figure_of(grid.plan, picture)
    layer = layer_of(grid.plan, picture)
    lines, silence = lines_over(grid.plan, layer, name, picture.over)
    contours = CONTOURS in picture.over
    return map_view(grid, name, layer, lines=lines, contours=contours, note=silence)


def words_of(grid: MapGrid, file: Path | None, picture: PictureRequest, view: MapView) -> MapWords:
    """What is said of it."""
    lines = tuple(dict.fromkeys(line.label for line in view.lines))
    return MapWords(grid, file, picture, lines, tuple(filter(None, (sentence_of(view),))))
