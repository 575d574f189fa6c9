"""Plots by stage follow the columns of the diagram."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.frames import make_history, transformer_frame
from vgsim.measure.request import Focus, Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.text.scale import Scale
from vgsim.ui.diagram.by_column import columns_with_room, show_by_column
from vgsim.ui.diagram.model.folded import folded_frame
from vgsim.ui.diagram.model.folding import columns_of, group_paths
from vgsim.ui.plots.layer import Fill, Ring
from vgsim.ui.style.theme import load_theme
from vgsim.ui.window.workspace import Workspace

LAYERS = frozenset(["layers"])


def _columns(frame, opened=LAYERS):
    return columns_of(group_paths(frame.subject.named, frame.stages), opened)


@pytest.fixture
def space(styled, qtbot):
    made = Workspace(load_theme("light"), Scale(), 1.0)
    qtbot.addWidget(made)
    made.resize(1500, 900)
    made.show()
    made.fill()
    return made


def test_a_folded_frame_has_the_last_stage_of_every_column():
    frame = transformer_frame(history=make_history(20, 45))
    folded = folded_frame(frame, _columns(frame))
    assert folded.stages == 9
    np.testing.assert_array_equal(folded.dh_rms, frame.dh_rms[[0, 7, 14, 21, 28, 35, 42, 43, 44]])
    np.testing.assert_array_equal(folded.history.dh_rms[:, 1], frame.history.dh_rms[:, 7])
    assert [stage.name for stage in folded.subject.named][:3] == ["embed", "layers.0", "layers.1"]


def test_what_the_pass_has_not_reached_stays_so():
    frame = transformer_frame(reached=10)
    folded = folded_frame(frame, _columns(frame))
    assert folded.backward_from == 6
    assert np.isnan(folded.dh_rms[:5]).all() and np.isfinite(folded.dh_rms[5:]).all()


def test_what_is_looked_into_and_what_runs_beside_are_folded_alike():
    frame = replace(transformer_frame(), request=Request(focus=Focus(10)))
    folded = folded_frame(replace(frame, other=frame), _columns(frame))
    assert folded.request.focus == Focus(3)
    assert folded.other is not None and folded.other.stages == 9


def test_a_frame_of_which_nothing_is_folded_is_itself():
    frame = frame_of(Experiment(load_preset("sigmoid-stack")))
    assert folded_frame(frame, _columns(frame, ())) is frame


def test_gradient_by_stage_has_a_point_for_each_column_and_a_ground_for_each_group(space):
    space.set_frame(replace(transformer_frame(), request=Request(focus=Focus(15))))
    plot = space.plots["gradient"]
    assert plot.frame.stages == len(space.network.diagram.columns) < 45
    assert len([mark for mark in plot.ground.marks if isinstance(mark, Fill)]) == 1
    rings = [mark for mark in plot.over.marks if isinstance(mark, Ring)]
    assert rings[0].x == pytest.approx(float(plot.area.across(3.0)))


def test_it_follows_what_is_folded_and_opened(space):
    space.set_frame(transformer_frame())
    space.network.diagram.fold_all()
    assert space.plots["gradient"].frame.stages == 4
    space.network.diagram.open_all()
    assert space.plots["gradient"].frame.stages == 45


def test_its_points_light_the_stages_that_they_stand_for(space):
    space.set_frame(transformer_frame())
    space.network.diagram.fold_all()
    spots = space.plots["gradient"].symbol_spots()
    stages = [spot.pointed.stage for spot in spots if spot.pointed.symbol == "gradient"]
    assert {1, 43, 44, 45} <= set(stages)


def test_numbered_stages_have_no_grounds(space):
    experiment = Experiment(load_preset("sigmoid-stack"))
    experiment.run(1)
    space.set_frame(frame_of(experiment))
    assert space.plots["gradient"].ground.marks == []


def test_another_network_beside_it_is_folded_by_its_own_groups(space):
    frame = transformer_frame()
    parts = [replace(it, parent=it.parent and f"o.{it.parent}") for it in frame.subject.named]
    other = replace(frame, subject=replace(frame.subject, named=tuple(parts), arcs=()))
    plot = space.plots["gradient"]
    show_by_column(plot, replace(frame, other=other), columns_with_room(frame, 4))
    assert plot.frame.other.stages < other.stages
