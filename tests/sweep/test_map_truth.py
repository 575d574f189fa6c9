"""The tanh map at width 512: theory's lines against what is measured."""

from __future__ import annotations

import numpy as np
import pytest

from vgsim.measure.theory import mean_field
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.presets import load_preset
from vgsim.sweep.axes import Axis
from vgsim.sweep.contours import contour
from vgsim.sweep.figures import SHOWN
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.plan import SweepPlan, dumps
from vgsim.sweep.tasks import SweepTask, run_task, versions
from vgsim.sweep.theory import CurveKind, curves

WIDE = load_preset("tanh-xavier").replace(
    {"network.width": 512, "training.batch": 16, "data.held_out": 0.0}
)
DEPTHS = Axis("network.depth", (3, 8, 20))
GAINS = Axis("init.gain", (0.95, 1.0, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3))


def height(line, column: int) -> float:
    """Where a line crosses a column, in cells."""
    x, y = line
    order = np.argsort(x)
    return float(np.interp(column, x[order], y[order]))


def test_where_it_is_as_large_as_at_the_end_is_where_theory_of_that_depth_has_it():
    plan = SweepPlan(WIDE, (DEPTHS, GAINS))
    members = tuple((index, 0) for index in plan.indices())
    grid = MapGrid(plan)
    grid.add_all(run_task(SweepTask(versions(), dumps(plan), members)))
    (measured,) = contour(np.log10(grid.median(SHOWN["ratio"])))
    finite, endless = (
        next((curve.x, curve.y) for curve in curves(plan) if curve.kind is kind)
        for kind in (CurveKind.LAYERWISE, CurveKind.CRITICAL)
    )
    for column in range(len(DEPTHS)):
        assert height(measured, column) == pytest.approx(height(finite, column), abs=1)
        assert height(measured, column) > height(endless, column) + 1.5


@pytest.mark.parametrize("gain", [0.75, 1.5, 2.0])
def test_away_from_the_edge_it_changes_by_e_over_one_depth_scale(gain):
    experiment = Experiment(WIDE.replace({"network.depth": 40, "init.gain": gain}))
    while experiment.moment.phase is not Phase.BACKWARD or experiment.moment.stage > 1:
        experiment.advance()
    squares = [np.mean(np.square(view.dh)) for view in experiment.network.views]
    settled = np.log(squares[10:39])
    scale = 1 / abs(np.polyfit(np.arange(len(settled)), settled, 1)[0])
    theory = mean_field(ACTIVATIONS["tanh"], gain**2)
    assert scale == pytest.approx(1 / abs(np.log(theory.chi)), rel=0.1)
