"""Numbers that are drawn once have the bits of numbers drawn anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.nn import draws
from vgsim.nn.arrays import Array
from vgsim.nn.draws import Drawn, redrawn
from vgsim.nn.streams import Stream, generator

DRAWS = {
    "normal": lambda rng: rng.standard_normal((3, 4)),
    "another shape": lambda rng: rng.standard_normal((4, 3)),
    "one": lambda rng: rng.standard_normal(),
    "many": lambda rng: rng.standard_normal(5),
    "single": lambda rng: rng.standard_normal((2, 2), np.float32),
    "uniform": lambda rng: rng.uniform(-2, 3, (2, 5)),
    "integers": lambda rng: rng.integers(7, size=3, dtype=np.int32),
}


@given(
    st.integers(0, 3),
    st.integers(0, 2),
    st.lists(st.sampled_from(sorted(DRAWS)), min_size=1, max_size=6),
)
def test_the_same_bits_in_any_order(seed: int, key: int, order: list[str]) -> None:
    again = redrawn()
    for _ in range(2):
        own = again.at(seed, Stream.WEIGHTS, key)
        fresh = generator(seed, Stream.WEIGHTS, key)
        for name in order:
            np.testing.assert_array_equal(DRAWS[name](own), DRAWS[name](fresh))


def test_what_one_changes_no_other_gets() -> None:
    rng = redrawn()
    first = rng.at(1, Stream.WEIGHTS, 1).standard_normal((2, 2))
    wanted = first.copy()
    first *= 0
    second = rng.at(1, Stream.WEIGHTS, 1).standard_normal((2, 2))
    np.testing.assert_array_equal(second, wanted)
    second *= 0
    np.testing.assert_array_equal(rng.at(1, Stream.WEIGHTS, 1).standard_normal((2, 2)), wanted)


def test_only_the_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "BYTES", 200)
    drawn = Drawn()
    for at in range(4):
        drawn.keep((at,), np.zeros(10), {})
    assert [drawn.get((at,)) is not None for at in range(4)] == [False, False, True, True]


def test_several_threads_draw_what_each_draws_alone() -> None:
    def draws_of(seed: int) -> list[Array]:
        rng = redrawn()
        shapes = [(size, 2) for size in range(1, 60)]
        return [rng.at(seed % 3, Stream.WEIGHTS, 1).standard_normal(shape) for shape in shapes]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(draws_of, range(12)))
    for seed, own in enumerate(found):
        for mine, alone in zip(own, draws_of(seed), strict=True):
            np.testing.assert_array_equal(mine, alone)
