"""The experiment beside another goes where that one goes."""

from __future__ import annotations

import pytest

from tests.helpers.specs import small
from vgsim.measure.other_run import TOGETHER, OtherRun
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.places import place, same_position


@pytest.fixture
def pair():
    """A leader of 4 stages and another run of 6."""
    return Experiment(small()), OtherRun(small(network__depth=5))


def test_it_stands_as_many_hops_from_the_loss(pair):
    leader, other = pair
    leader.seek(0, leader.stages + 3)
    other.follow(leader)
    moment = other.source.moment
    assert (moment.phase, moment.stage) == (Phase.BACKWARD, 5)


@pytest.mark.parametrize("moves", [(0, 0), (0, 4), (0, 10), (1, 0), (1, 1), (2, 10)])
def test_it_stands_where_a_fresh_one_would(pair, moves):
    leader, other = pair
    for _ in range(13):  # over the first update and on
        leader.advance()
        other.follow(leader)
    leader.seek(*moves)
    other.follow(leader)
    fresh = Experiment(other.goal)
    fresh.seek(moves[0], same_position(leader.moment, leader.stages, fresh))
    assert place(other.source) == place(fresh)
    assert (other.source.experiment.network.flat.values == fresh.network.flat.values).all()


def test_it_keeps_up_with_training(pair):
    leader, other = pair
    leader.run(5)
    other.keep_up(leader)
    assert other.source.step == 5
    leader.run(2)
    other.follow(leader)
    assert place(other.source)[0] == place(leader)[0]


def test_it_is_asked_to_keep_up_after_a_few_updates_at_once(pair):
    leader, other = pair
    leader.run(TOGETHER - 1)
    assert not other.lags(leader)
    leader.run(1)
    assert other.lags(leader)
    other.keep_up(leader)
    assert not other.lags(leader) and other.source.step == TOGETHER


def test_following_takes_one_moment_at_a_time_where_it_can(pair):
    leader, other = pair
    leader.advance()
    other.follow(leader)
    source = other.source.experiment._source
    leader.advance()
    other.follow(leader)
    assert other.source.experiment._source is source


def test_it_goes_back_with_a_leader_that_begins_anew(pair):
    leader, other = pair
    leader.run(9)
    other.keep_up(leader)
    leader.reset()
    leader.run(2)
    other.keep_up(leader)
    fresh = Experiment(other.goal)
    fresh.run(2)
    assert other.source.step == 2
    assert (other.source.experiment.network.flat.values == fresh.network.flat.values).all()
