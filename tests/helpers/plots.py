"""What tests of plots share: what stands on one, and a way to make one that closes."""

from __future__ import annotations

from itertools import combinations

from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.ui.plots.base import LEAST
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.plots.layer import Sentence, Text
from vgsim.ui.plots.model.geometry import Box

LEAST_SIZES = ((0, 0), (60, 400), (140, 90), (141, 500))
SIZES = ((200, 130), (250, 160), (450, 300), (900, 600), (1200, 700))


def texts(plot):
    """The texts on a plot and on its axes."""
    return [*plot.axis_texts(), *marks(plot, Text)]


def words(plot):
    """What they say."""
    return [text.text for text in texts(plot)]


def sentences(plot):
    """What stands there instead of data."""
    return [mark.text for mark in marks(plot, Sentence)]


def marks(plot, kind):
    """Marks of one kind, below, above and around the data."""
    layers = (plot.ground, plot.under, plot.over, plot.around)
    return [mark for layer in layers for mark in layer.marks if isinstance(mark, kind)]


def clashes(plot):
    """Pairs of texts that overlap, and texts that leave the plot."""
    inside = Box(-0.5, -0.5, plot.width() + 1, plot.height() + 1)
    found = texts(plot)
    pairs = [
        (one.text, other.text) for one, other in combinations(found, 2) if one.box.meets(other.box)
    ]
    return pairs + [text.text for text in found if text.box.within(inside) != text.box]


def assert_whole(plot):
    """From its least size on every text is there and has its place; below, none is drawn."""
    fits = plot.width() >= LEAST.width() and plot.height() >= LEAST.height()
    assert bool(texts(plot)) == fits and bool(sentences(plot)) == (not fits)
    assert not clashes(plot)


def frame_for(name, spec, *, steps=0, position=0):
    """A frame with the readings that the plot wants: so many updates, then so many moments."""
    experiment = Experiment(spec)
    experiment.run(steps)
    if position:
        experiment.seek(experiment.step, position)
    return frame_of(experiment, generation=1, request=Request(kinds=frozenset(PLOTS[name].wants)))
