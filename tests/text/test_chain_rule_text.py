"""The chain rule in words, and the place of everything in the diagram."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.specs import small
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.text.chain_rule import chain_rule
from vgsim.text.scale import Scale
from vgsim.ui.diagram.model.geometry import lay_out
from vgsim.ui.diagram.model.picture import picture


def _rule(position: int, **changes: object):
    experiment = Experiment(small(**changes))
    experiment.seek(0, position)
    return chain_rule(frame_of(experiment))


def test_a_hop_shows_weights_derivative_and_gradient():
    text = _rule(7, network__activation="sigmoid").formula
    assert text == (
        "∂<i>J</i>/∂<i>h</i><sub>3</sub> = <i>W</i><sub>4</sub><sup>⊤</sup> "
        "∂<i>J</i>/∂<i>h</i><sub>4</sub>"
    )
    text = _rule(8, network__activation="sigmoid").formula
    assert "σ′(<i>z</i><sub>3</sub>)\u2009⊙" in text


def test_the_split_multiplies_to_the_gradient():
    experiment = Experiment(small(network__activation="sigmoid"))
    experiment.seek(0, 8)
    frame = frame_of(experiment)
    dz_rms = dict(frame.cuts[2])["activation"]
    derivative = dz_rms / frame.dh_rms[2]
    weights = frame.dh_rms[1] / dz_rms
    assert frame.dh_rms[2] * derivative * weights == pytest.approx(frame.dh_rms[1], rel=1e-15)
    assert f"derivative {derivative:.2f}" in chain_rule(frame).numbers


def test_every_moment_has_words():
    experiment = Experiment(small())
    for _ in experiment.timeline:
        rule = chain_rule(frame_of(experiment))
        assert rule.title and rule.formula and (rule.numbers or rule.hint)
        experiment.advance()


def test_the_worked_example_is_written_as_every_other_network():
    experiment = Experiment(load_preset("worked-example"))
    experiment.seek(0, 8)
    shown = picture(frame_of(experiment), Scale()).numbers
    assert shown[-1] == "1.0"
    experiment.seek(0, 13)
    frame = frame_of(experiment)
    assert list(picture(frame, Scale()).numbers) == [
        "9.8e−4", "3.9e−3", "0.016", "0.062", "0.25", "1.0",
    ]  # fmt: skip
    assert chain_rule(frame).numbers == "0.25 × 3.9e−3 = <b>9.8e−4</b>"
    assert chain_rule(frame).note.startswith("exactly 0.0009765625 · so far ×9.8e−4")


def test_the_update_of_the_worked_example_is_told_exactly_too():
    experiment = Experiment(load_preset("worked-example"))
    experiment.run(1)
    rule = chain_rule(frame_of(experiment))
    assert "0.01 × 9.8e−4 = <b>9.8e−6</b>" in rule.numbers
    assert rule.note.startswith("exactly 0.000009765625")


def test_a_loss_that_overflowed_reads_as_infinite():
    experiment = Experiment(load_preset("exploding"))
    experiment.run(40)
    assert picture(frame_of(experiment), Scale()).loss == "∞"
    assert math.isinf(frame_of(experiment).loss)


@given(
    st.floats(420, 4000),
    st.floats(240, 3000),
    st.integers(1, 64),
    st.lists(st.integers(1, 300), min_size=1, max_size=60),
)
def test_columns_never_leave_the_diagram_nor_cross(width, height, inputs, widths):
    geometry = lay_out(width, height, inputs, widths)
    xs = [column.x for column in geometry.columns]
    assert all(left < right for left, right in pairwise(xs))
    assert geometry.columns[-1].x + geometry.columns[-1].half <= geometry.loss.x
    assert geometry.loss.x + geometry.loss.width <= geometry.bar.x <= width
    for column in geometry.columns:
        assert column.ys[0] - column.radius >= geometry.top - 12
        assert column.ys[-1] + column.radius <= geometry.bottom + 12


@given(st.floats(420, 4000), st.integers(1, 400))
def test_numbers_never_overlap(width, stages):
    geometry = lay_out(width, 400, 8, [8] * stages)
    xs = sorted(geometry.columns[stage].x for stage in geometry.numbered)
    assert all(b - a >= 50 for a, b in pairwise(xs))


@pytest.mark.parametrize(("height", "circles"), [(400, True), (190, True), (140, False)])
def test_stages_of_nearly_as_many_units_are_drawn_alike(height, circles):
    """Ten units beside eight: circles for all, or strips for all."""
    columns = lay_out(900, height, 8, (8, 8, 10)).columns[1:]
    assert {bool(column.radius) for column in columns} == {circles}


def test_a_small_last_stage_makes_no_circles_of_the_others():
    *hidden, last = lay_out(900, 360, 8, (32,) * 20 + (10,)).columns[1:]
    assert not any(column.radius for column in hidden) and last.radius
