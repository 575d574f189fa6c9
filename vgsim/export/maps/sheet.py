"""A map laid out for a page: title, what is shown, the map with its legend, and a caption."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from vgsim.export.maps.choice import layer_words
from vgsim.export.maps.words import MapWords
from vgsim.export.slide.content import Caption, SlideWords
from vgsim.export.slide.layout import Extent
from vgsim.export.slide.parts import Titled
from vgsim.export.slide.sheet import Sheet, SheetPart
from vgsim.ui.map.legend import MapLegend
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


def map_sheet(words: MapWords, theme: Theme, ratio: float) -> Sheet:
    """The sheet for ``words``: a slide, or the map alone with its heading and its source."""
    view = view_of(words)
    figure = MapFigure(view, theme, ratio)
    said = words.slide()
    if words.picture.view == "slide":
        return Sheet(said, SheetPart(figure, EXTENT), captioned=words.picture.caption)
    told = " · ".join(filter(None, (view.subtitle, layer_words(words.plan, words.layer))))
    main = SheetPart(Titled(view.title, told, figure), EXTENT)
    alone = SlideWords(words.picture.title, "", said.source, Caption())
    return Sheet(alone, main, captioned=words.picture.caption)


def view_of(words: MapWords) -> MapView:
    """The map that is drawn; SpecError when there is no such figure or layer."""
    return map_view(words.grid, words.name, words.layer)
