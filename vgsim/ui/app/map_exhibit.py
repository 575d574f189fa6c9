"""A map as what a window exports: as it is now, with the figure and the layer that one sees."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from vgsim.export.compose import MAP_VIEWS, view_title
from vgsim.export.entries import map_format_names, read_of_map
from vgsim.export.format import Drawable
from vgsim.export.formats import FORMATS
from vgsim.export.maps.choice import IN_PLANE, figure_of, figures_of, layer_of, layers_entered
from vgsim.export.maps.drawn_map import DrawnMap
from vgsim.export.maps.theory import has_lines, theory_over
from vgsim.export.maps.words import NAMELESS
from vgsim.export.picture import OVERLAYS, PictureRequest
from vgsim.export.presets import MAP_SHIPPED, Entries
from vgsim.export.request import STILL, ExportRequest
from vgsim.export.sources import carried_by_map
from vgsim.export.writing import slug
from vgsim.sweep.axes import Axis, values_text
from vgsim.sweep.figures import SHOWN
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.plan import Index, SweepPlan
from vgsim.text.maps import axis_value
from vgsim.ui.app.exhibit import Dress, theme_choices
from vgsim.ui.export_dialog import ExportChoices
from vgsim.ui.export_dialog.fields import Choice
from vgsim.ui.latest import Call, LatestAnswer, Outdated

VIEW_TIPS = {"slide": "Title, map, legend and what was held", "map": "The map with its legend"}


OVER = [
    ("theory", "Theory", "Where the gradient neither fades nor grows, by mean field"),
    ("scale", "Depth scale, 6 ξ", "Where an endless network has changed it by 1.3 decades"),
    ("contours", "Decades as contours", "Every third decade"),
]


class MapExhibit(QObject):
    """The map that is looked at; :meth:`look_at` says which, and what of it."""

    changed = Signal()
    setting = "export/last-map"
    presets: Mapping[str, Entries] = MAP_SHIPPED

    def __init__(self, dress: Dress, parent: QObject) -> None:
        super().__init__(parent)
        self._dress = dress
        self._grid: MapGrid | None = None
        self._file: Path | None = None
        self._seen: Entries = {}
        self._foretold: set[tuple[SweepPlan, Index]] = set()
        self._waiting: dict[str, LatestAnswer] = {}

    def look_at(
        self,
        grid: MapGrid | None,
        file: Path | None = None,
        show: str = "",
        layer: Index = (),
        over: Collection[str] = OVERLAYS,
    ) -> None:
        """From now on it is this map, of which one sees the figure ``show`` of that layer.

        ``over`` is what lies over it.
        Called again when cells have come. None for no map.
        """
        self._grid = grid
        self._file = file
        self._seen = {}
        if grid is not None:
            lying = [name for name in OVERLAYS if name in over]
            self._seen = {
                "show": show, "layer": layers_entered(grid.plan, layer), "over": lying,
            }  # fmt: skip
        self.changed.emit()

    @property
    def shown(self) -> MapGrid | None:
        """The cells."""
        return self._grid

    @property
    def title(self) -> str:
        """The map's own."""
        name = self._grid.plan.spec.name if self._grid is not None else ""
        return name or NAMELESS

    def choices(self) -> ExportChoices:
        """Everything there is to choose from: of formats those of one picture, and tables."""
        figures: list[Choice] = []
        stack: list[tuple[str, list[Choice]]] = []
        if self._grid is not None:
            plan = self._grid.plan
            entries = [SHOWN.entry(name) for name in figures_of(plan)]
            figures = [(entry.name, entry.label, entry.summary) for entry in entries]
            stack = [(axis.field.label, _values(axis)) for axis in plan.axes[IN_PLANE:]]
        return ExportChoices(
            views=[(name, view_title(name), VIEW_TIPS[name]) for name in MAP_VIEWS],
            plots=[],
            formats=[FORMATS[name] for name in map_format_names()],
            themes=theme_choices(),
            figures=figures,
            stack=stack,
            over=OVER,
            formats_note=f"No animation: {STILL}",
            says="Nothing but what was held",
        )

    def seen(self) -> Entries:
        """The figure and the layer that one sees."""
        return self._seen

    def read(self, entries: Entries) -> ExportRequest:
        """What the entries ask for; SpecError for a figure or a layer that the map has not."""
        request = read_of_map(entries)
        if self._grid is not None:
            figure_of(self._grid.plan, request.picture)
            layer_of(self._grid.plan, request.picture)
        return request

    def get(self, who: str, picture: PictureRequest, take: Callable[[Any], None]) -> None:
        """The cells as they are now, once theory of that map has been asked in a thread."""
        grid = self._grid
        if grid is None:
            return
        plan = grid.plan
        layer = layer_of(plan, picture)
        asked = plan, layer
        if asked in self._foretold or not has_lines(figure_of(plan, picture), picture.over):
            take(grid)
            return

        def ask(outdated: Outdated) -> Iterator[Call]:
            theory_over(plan, layer)
            yield ready

        def ready() -> None:
            self._foretold.add(asked)
            if grid is self._grid:
                take(grid)

        if who not in self._waiting:
            self._waiting[who] = LatestAnswer(self)
        self._waiting[who].ask(ask)

    def close(self) -> None:
        """Wait for nothing any more."""
        for answer in self._waiting.values():
            answer.close()

    def hold(self, picture: PictureRequest | None) -> None:
        """Nothing has to be ready: a map has all its figures."""

    def forget(self, who: str) -> None:
        """Who asked wants nothing any more."""
        if who in self._waiting:
            self._waiting[who].ask(lambda outdated: iter(()))

    def has(self, shown: MapGrid, picture: PictureRequest) -> bool:
        """Always."""
        return True

    def data_picture(self, plot: str) -> PictureRequest:
        """All cells with all their figures."""
        return PictureRequest(view=MAP_VIEWS[-1], over=())

    def scene(self, shown: MapGrid, picture: PictureRequest) -> Drawable:
        """The map in the window's theme."""
        return DrawnMap(shown, self._file, picture, self._dress()[0])

    def name(self, shown: MapGrid, request: ExportRequest) -> str:
        """It says the map, the figure and the layer: "tanh_ratio_batch.png"."""
        stem = self._file.stem if self._file is not None else shown.plan.spec.name
        layer = [text.partition("=")[2] for text in request.picture.layer]
        parts = [stem, request.picture.show, *layer]
        words = "_".join(filter(None, (slug(part) for part in parts)))
        return (words or "map") + request.format.suffix

    def carried(self, shown: MapGrid) -> str:
        """The plan, and the name of the file."""
        return carried_by_map(shown.plan, self._file)


def _values(axis: Axis) -> list[Choice]:
    """What of an axis can be chosen, as a request says it."""
    label = axis.field.label
    return [
        (f"{axis.path}={values_text([value])}", f"{label}: {axis_value(axis, value)}", "")
        for value in axis.values
    ]
