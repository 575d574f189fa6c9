"""Units, inputs, samples and matrix entries are counted from 1 wherever one reads them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.helpers.specs import small
from vgsim.measure.chain_rule.result import Hop, WeightStep
from vgsim.measure.inspection.look import Inspection
from vgsim.measure.request import Focus, Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.text.chain_rule import chain_rule
from vgsim.text.inspection import sample_text, tip
from vgsim.text.scale import Scale
from vgsim.ui.chain_rule.model.words import whose_text
from vgsim.ui.chain_rule.panel import HopPanel

KINDS = frozenset({Hop, Inspection, WeightStep})


def shown(focus, position=7):
    """The frame of a moment of the second pass, with all that speaks of ``focus``."""
    experiment = Experiment(small())
    experiment.seek(1, position)
    return frame_of(experiment, request=Request(KINDS, focus, 0))


def test_the_first_unit_is_unit_1_in_the_diagram_and_in_the_inspector():
    frame = shown(Focus(2, 0))
    assert tip(frame, Focus(2, 0), Scale())[0] == "Unit 1 of stage 2"
    assert frame.measurement(Inspection).title == "Unit 1 of stage 2"


def test_the_first_sample_is_sample_1():
    frame = shown(Focus(2, 0))
    assert sample_text(frame.measurement(Inspection).sample) == "sample 1 of the batch"
    assert whose_text(frame.measurement(Hop)) == "sample 1, RMS"


def test_numbers_of_the_batch_say_so_and_the_choice_begins_at_1(theme, styled):
    frame = shown(Focus(2, 0))
    batch = replace(frame.measurement(Hop), sample=None)
    assert whose_text(batch) == "batch RMS"
    assert HopPanel(theme, Scale()).sample.minimum() == 1
    assert "batch RMS: so far ×" in chain_rule(frame).note


def test_a_weight_is_named_by_unit_and_input_as_its_matrix_is_drawn():
    """W h has a row for each unit; arrays of a trace have it the other way round, from 0."""
    frame = shown(Focus(2, 1, 3), position=3)  # forward through stage 3: its W is drawn
    name = frame.measurement(WeightStep).name
    assert name == "W_{2}[2, 4]"
    first = shown(Focus(1, 2, 1), position=1).measurement(Hop)
    drawn = next(f for f in first.terms[0].factors if f.part == "weights")
    experiment = Experiment(small())
    experiment.seek(1, 1)
    weights = experiment.network.stages[0].parameters["W"]
    assert drawn.values.shape == weights.shape[::-1]
    assert np.isclose(drawn.values[2, 1], weights[1, 2])
