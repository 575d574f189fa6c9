"""Where an experiment stands."""

from __future__ import annotations

from tests.helpers.specs import small
from vgsim.nn.experiment import Experiment
from vgsim.nn.places import place


def test_the_place_at_an_update_is_the_end_of_its_pass():
    experiment = Experiment(small())
    experiment.run(2)
    assert place(experiment) == (1, len(experiment.timeline) - 1)
