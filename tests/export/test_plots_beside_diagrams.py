"""A plot by stage in a picture has the columns of the diagram beside it."""

from __future__ import annotations

import pytest

from tests.helpers.named import STAGES, named_frame
from vgsim.export.compose import staged
from vgsim.export.picture import PictureRequest
from vgsim.ui.diagram.by_column import columns_with_room
from vgsim.ui.diagram.view import DiagramView
from vgsim.ui.plots.gradient import GradientPlot
from vgsim.ui.style.theme import load_theme


@pytest.mark.parametrize("size", ["480x270", "1920x1080"])
def test_a_slide_folds_the_plot_as_the_diagram(styled, size):
    picture = PictureRequest(size=size, plots=("gradient",))
    with staged(named_frame("backward:1"), picture, load_theme("light")) as stage:
        diagram = stage.widget.findChild(DiagramView)
        plot = stage.widget.findChild(GradientPlot)
        assert len(diagram.columns) < named_frame().stages
        assert plot.frame.stages == len(diagram.columns)


def test_columns_are_as_many_as_have_room():
    assert len(columns_with_room(named_frame(), 100)) == STAGES
    assert len(columns_with_room(named_frame(), 6)) <= 6
