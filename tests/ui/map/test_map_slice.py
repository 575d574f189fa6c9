"""The slice through a map: what its lines are called, in whatever room it has."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from vgsim.sweep.grid import MapGrid
from vgsim.sweep.store import read
from vgsim.sweep.theory import theory_of
from vgsim.ui.map.model.slice import slice_of
from vgsim.ui.map.slice import SlicePlot
from vgsim.ui.plots.layer import Text
from vgsim.ui.style.theme import load_theme

MAP = Path(__file__).parents[3] / "docs" / "examples" / "tanh_depth_gain.vgmap"


@pytest.fixture(scope="module")
def grid() -> MapGrid:
    plan, results = read(MAP)
    found = MapGrid(plan)
    found.add_all(results)
    return found


@pytest.mark.parametrize("size", [(220, 130), (220, 170), (250, 130), (340, 340)])
@pytest.mark.parametrize("along", [0, 1])
def test_names_of_its_lines_do_not_lie_on_each_other(grid, styled, qtbot, size, along) -> None:
    index = (16, 13)
    foretold = theory_of(grid.plan).decades()
    theory = foretold[:, index[1]] if along == 0 else foretold[index[0]]
    plot = SlicePlot(load_theme("light"))
    qtbot.addWidget(plot)
    plot.resize(*size)
    plot.set_slice(slice_of(grid, "ratio", index, along, theory))
    marks = [*plot.under.marks, *plot.over.marks]
    words = [mark for mark in marks if isinstance(mark, Text)]
    assert {"measured", "as large as at the end"} <= {word.text for word in words}
    for one, other in combinations(words, 2):
        assert not one.box.meets(other.box), (one.text, other.text)
