"""The experiment beside another goes where that one goes."""

from __future__ import annotations

import pytest

from tests.helpers.specs import small
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.places import TOGETHER, OtherRun, place, same_position


@pytest.fixture
def pair():
    """A leader of 4 stages and a other of 6."""
    return Experiment(small()), OtherRun(small(network__depth=5))


def test_the_place_at_an_update_is_the_end_of_its_pass():
    experiment = Experiment(small())
    experiment.run(2)
    assert place(experiment) == (1, len(experiment.timeline) - 1)


def test_it_stands_as_many_hops_from_the_loss(pair):
    leader, other = pair
    leader.seek(0, leader.stages + 3)
    other.follow(leader)
    moment = other.experiment.moment
    assert (moment.phase, moment.stage) == (Phase.BACKWARD, 5)


@pytest.mark.parametrize("moves", [(0, 0), (0, 4), (0, 10), (1, 0), (1, 1), (2, 10)])
def test_it_stands_where_a_fresh_one_would(pair, moves):
    leader, other = pair
    for _ in range(13):  # over the first update and on
        leader.advance()
        other.follow(leader)
    leader.seek(*moves)
    other.follow(leader)
    fresh = Experiment(other.experiment.spec)
    fresh.seek(moves[0], same_position(leader.moment, leader.stages, fresh))
    assert place(other.experiment) == place(fresh)
    assert (other.experiment.network.flat.values == fresh.network.flat.values).all()


def test_it_keeps_up_with_training(pair):
    leader, other = pair
    leader.run(5)
    other.keep_up(leader)
    assert other.experiment.step == 5
    leader.run(2)
    other.follow(leader)
    assert place(other.experiment)[0] == place(leader)[0]


def test_it_is_asked_to_keep_up_after_a_few_updates_at_once(pair):
    leader, other = pair
    leader.run(TOGETHER - 1)
    assert not other.lags(leader)
    leader.run(1)
    assert other.lags(leader)
    other.keep_up(leader)
    assert not other.lags(leader) and other.experiment.step == TOGETHER


def test_following_takes_one_moment_at_a_time_where_it_can(pair):
    leader, other = pair
    leader.advance()
    other.follow(leader)
    source = other.experiment._source
    leader.advance()
    other.follow(leader)
    assert other.experiment._source is source


def test_it_goes_back_with_a_leader_that_begins_anew(pair):
    leader, other = pair
    leader.run(9)
    other.keep_up(leader)
    leader.reset()
    leader.run(2)
    other.keep_up(leader)
    fresh = Experiment(other.experiment.spec)
    fresh.run(2)
    assert other.experiment.step == 2
    assert (other.experiment.network.flat.values == fresh.network.flat.values).all()
