"""Which samples each step sees."""

from __future__ import annotations

import numpy as np
import pytest

from vgsim.nn.streams import Batches


def test_an_epoch_is_a_permutation_cut_into_batches():
    batches = Batches(seed=3, samples=12, batch=4)
    epoch = np.concatenate([batches.indices(step) for step in range(3)])
    assert sorted(epoch) == list(range(12)) and list(epoch) != list(range(12))


def test_every_epoch_has_an_order_of_its_own():
    batches = Batches(seed=3, samples=12, batch=4)
    epochs = {tuple(np.concatenate([batches.indices(3 * e + k) for k in range(3)]).tolist())
              for e in range(4)}  # fmt: skip
    assert len(epochs) == 4


def test_what_fills_no_batch_is_left_out_of_its_epoch():
    batches = Batches(seed=3, samples=11, batch=4)
    seen = [set(batches.indices(step).tolist()) for step in range(2)]
    assert len(seen[0] | seen[1]) == 8
    assert any(set(batches.indices(step).tolist()) & seen[0] for step in (2, 3))


def test_any_batch_can_be_asked_for_again():
    batches, other = Batches(3, 12, 4), Batches(3, 12, 4)
    wanted = [5, 0, 7, 5, 2]
    assert np.array_equal(
        [batches.indices(step).copy() for step in wanted],
        [Batches(3, 12, 4).indices(step) for step in wanted],
    )
    assert not np.array_equal(Batches(4, 12, 4).indices(0), other.indices(0))


@pytest.mark.parametrize("batch", [0, 12, 99])
def test_the_whole_set_is_taken_in_order(batch):
    batches = Batches(3, 12, batch)
    assert batches.whole and batches.indices(5).tolist() == list(range(12))
