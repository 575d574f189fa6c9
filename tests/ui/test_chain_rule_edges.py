"""The edge that belongs to an element of a real product is the one whose weight it is."""

from __future__ import annotations

import math

import pytest

from tests.helpers.specs import COMPOSED, TIMES, small
from vgsim.core.numbers import about, magnitude, plain
from vgsim.measure.chain_rule.result import Hop, WeightStep
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.ui.chain_rule.figures import figure_font
from vgsim.ui.chain_rule.model.pieces import pieces
from vgsim.ui.chain_rule.model.words import edge_at

NETWORKS = {
    "plain": {},
    "residual": COMPOSED | {"network__skip": "residual", "network__norm": "layer"},
    "rnn": TIMES | {"network__kind": "rnn"},
    "rnn every": TIMES | {"network__kind": "rnn", "training__loss_at": "every"},
}


def moments(experiment):
    """A frame with the hop of every moment before the update."""
    for _ in range(2 * experiment.stages + 1):
        experiment.advance()
        yield frame_of(experiment, request=Request(frozenset({Hop})))


@pytest.mark.parametrize("changes", NETWORKS.values(), ids=NETWORKS)
def test_a_picked_element_is_the_weight_of_its_edge(changes):
    experiment, seen = Experiment(small(**changes)), 0
    for frame in moments(experiment):
        hop = frame.measurement(Hop)
        for piece in pieces(hop):
            last = piece.factor.values.size - 1 if piece.factor else 0
            focus = edge_at(hop, frame, piece, last)
            if focus is not None:
                step = frame_of(experiment, request=Request(frozenset({WeightStep}), focus))
                weight = step.measurement(WeightStep).before
                assert weight == pytest.approx(piece.factor.values.flat[last])
                seen += 1
    assert seen >= 2 * experiment.stages - 2


def test_every_letter_of_a_number_has_a_glyph(styled):
    letters = set()
    for value in (0.0, -1.5e-300, 1e300, 123456.0, -1234.0, 0.25, math.nan, math.inf, -math.inf):
        letters |= {*about(value), *magnitude(value), *plain(value)}
    assert letters <= set(figure_font(11).widths)
