"""History and checkpoints stay within their bounds."""

from __future__ import annotations

import numpy as np
import pytest

from vgsim.engine.checkpoints import MEMORY, Checkpoint, Checkpoints
from vgsim.engine.history import History


def _filled(steps: int) -> History:
    history = History(2)
    for step in range(1, steps + 1):
        if history.due(step):
            history.record(step, float(step), 0.5, np.array([step, 2.0 * step]))
        else:
            history.skip(float(step))
    return history


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


def test_rewinding_forgets_what_came_after():
    history = _filled(50)
    history.record_held_out(40, 1.0, 0.5)
    history.rewind(30)
    view = history.view()
    assert view.steps[-1] == 30 and len(view.held_steps) == 0


def test_checkpoints_stay_within_their_memory():
    size = 2**20
    kept = Checkpoints(size)
    for step in range(500):
        kept.keep(Checkpoint(step, np.zeros(1), np.zeros(1), ()))
    assert kept.before(0).step == 0
    assert len(kept._kept) * size <= MEMORY


def test_two_hundred_updates_of_a_small_network_can_be_taken_back():
    kept = Checkpoints(1000)
    for step in range(1000):
        kept.keep(Checkpoint(step, np.zeros(1), np.zeros(1), ()))
    assert kept.before(800).step == 800 and kept.before(900).step == 900


@pytest.mark.parametrize("steps", [0, 1, 50, 8192, 20_000])
def test_an_adopted_history_goes_on_as_the_other_would(steps):
    history, twin = _filled(steps), History(2)
    history.record_held_out(steps, 1.0, 0.5)
    twin.adopt(history.view())
    for step in range(steps + 1, steps + 5000):
        assert history.due(step) == twin.due(step)
        if history.due(step):
            for each in (history, twin):
                each.record(step, 1.0, 0.5, np.zeros(2))
    ours, theirs = twin.view(), history.view()
    assert np.array_equal(ours.steps, theirs.steps)
    assert np.array_equal(ours.dh_rms, theirs.dh_rms)
    assert twin.last_held_out == history.last_held_out
