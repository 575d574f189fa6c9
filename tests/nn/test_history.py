"""History and checkpoints stay within their bounds."""

from __future__ import annotations

import numpy as np
import pytest

from vgsim.nn.checkpoints import MEMORY, Checkpoint, Checkpoints, most_kept, plan
from vgsim.nn.history import History


def _filled(steps: int) -> History:
    history = History(2)
    _run(history, range(1, steps + 1))
    return history


def _run(history: History, steps: range) -> None:
    for step in steps:
        if history.due(step):
            history.record(step, float(step), 0.5, np.array([step, 2.0 * step]))
        else:
            history.skip(step, float(step))


def test_every_step_is_kept_until_it_is_full():
    assert _filled(100).view().steps.tolist() == list(range(1, 101))


def test_a_full_history_thins_itself_and_goes_on():
    view = _filled(20_000).view()
    assert len(view.steps) <= 4096
    assert view.steps[-1] > 19_900
    assert np.all(np.diff(view.steps) == np.diff(view.steps)[0])


def test_the_loss_of_a_row_is_the_mean_since_the_row_before():
    view = _filled(8192).view()
    assert view.steps[:2].tolist() == [4, 8]
    assert view.loss[1] == np.mean([5, 6, 7, 8])


def test_gradients_are_those_of_the_rows_own_step():
    view = _filled(8192).view()
    assert np.array_equal(view.dh_rms[:, 0], view.steps)


def test_who_went_back_sees_nothing_that_came_after():
    history = _filled(50)
    history.record_held_out(40, 1.0, 0.5)
    view = history.view(30)
    assert view.steps[-1] == 30 and len(view.held_steps) == 0


def test_running_the_same_steps_again_records_nothing_twice():
    once, twice = _filled(9001), _filled(9001)
    _run(twice, range(8950, 9002))
    _run(once, range(9002, 9100))
    _run(twice, range(9002, 9100))
    assert np.array_equal(once.view().steps, twice.view().steps)
    assert once.view().loss.tobytes() == twice.view().loss.tobytes()


def test_held_out_evaluations_stay_in_order():
    history = _filled(50)
    for step in (10, 40, 20, 40):
        history.record_held_out(step, 1.0, 0.5)
    assert history.view().held_steps.tolist() == [10, 20, 40]


def _kept(size: int, steps: range, by_hand: tuple[int, ...] = ()) -> Checkpoints:
    """What is left of the states of ``steps`` when running keeps those that are due."""
    kept = Checkpoints(plan(size))
    for step in steps:
        if kept.due(step) or step in by_hand:
            kept.keep(_state(step))
    return kept


def _state(step: int) -> Checkpoint:
    return Checkpoint(step, np.zeros(1), np.zeros(1), ())


SIZES = [100, 10_000, 200_000, 2**20, 5 * 2**20, 12 * 2**20]


@pytest.mark.parametrize("size", SIZES)
def test_states_stay_within_their_memory(size):
    kept = _kept(size, range(20_000), by_hand=(19_990, 19_991, 19_999))
    assert len(kept) <= most_kept(size) and most_kept(size) * size <= MEMORY


def test_four_states_are_kept_however_large_they_are():
    assert most_kept(2**30) == 4


@pytest.mark.parametrize("size", [*SIZES, 2**30])
@pytest.mark.parametrize("last", [1, 199, 5000, 20_011])
def test_the_last_200_updates_are_a_short_way_from_a_state(size, last):
    kept = _kept(size, range(last + 1), by_hand=(last - 1, last))
    for step in range(max(0, last - 200), last + 1):
        assert 0 <= step - kept.before(step).step < kept.every


@pytest.mark.parametrize("size", SIZES)
def test_older_states_are_further_apart(size):
    kept = _kept(size, range(20_000))
    gaps = [step - kept.before(step).step for step in range(0, 19_800, 7)]
    assert kept.before(7).step == 0 and max(gaps) <= 4 * 20_000 / plan(size).far


def test_every_update_of_a_small_network_is_kept():
    kept = _kept(1000, range(1000))
    assert all(kept.before(step).step == step for step in range(798, 1000))
    assert kept.first <= 800


def test_a_large_network_keeps_states_further_apart():
    assert plan(100).every == 1 < plan(200_000).every <= 32 < plan(12 * 2**20).every


def test_states_follow_the_present_when_it_goes_back():
    kept = _kept(1000, range(5000))
    for step in range(1000, 1400):
        kept.keep(_state(step))
    assert all(kept.before(step).step == step for step in range(1200, 1400))
    assert kept.before(4999).step > 4000, "the later ones are right as well"


@pytest.mark.parametrize("steps", [0, 1, 50, 8192, 20_000])
def test_an_adopted_history_goes_on_as_the_other_would(steps):
    history, copy_of = _filled(steps), History(2)
    history.record_held_out(steps, 1.0, 0.5)
    copy_of.adopt(history.view())
    for step in range(steps + 1, steps + 5000):
        assert history.due(step) == copy_of.due(step)
        if history.due(step):
            for each in (history, copy_of):
                each.record(step, 1.0, 0.5, np.zeros(2))
    ours, theirs = copy_of.view(), history.view()
    assert np.array_equal(ours.steps, theirs.steps)
    assert np.array_equal(ours.dh_rms, theirs.dh_rms)
    assert np.array_equal(ours.held_loss, theirs.held_loss)


def test_no_state_is_known_before_the_first_is_kept():
    with pytest.raises(ValueError, match="step 3"):
        Checkpoints(plan(1000)).before(3)
