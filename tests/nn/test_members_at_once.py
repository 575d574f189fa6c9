"""How many members make one ensemble, by the pace of a machine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vgsim.nn.ensemble import cost, members_at_once
from vgsim.nn.ensemble.split import SIZES, Pace, measured_pace
from vgsim.nn.spec import Spec

BYTE, CALL = 2e-11, 1e-6
FLAT = Pace(CALL, np.full(len(SIZES), BYTE))


def steep_from(size: int) -> Pace:
    """A cache of ``size`` bytes, beyond which everything takes ten times as long."""
    return Pace(CALL, np.where(size >= SIZES, BYTE, 10 * BYTE))


def test_the_more_the_better_where_memory_is_fast() -> None:
    assert members_at_once(cost(Spec()), 100, FLAT) >= 64


@pytest.mark.parametrize("size", [2**18, 2**20, 2**22])
def test_members_stay_within_a_cache(size: int) -> None:
    member = replace(cost(Spec()), touched=30_000, calls=50)
    found = members_at_once(member, 10_000, steep_from(size))
    assert size / 4 <= found * member.touched <= 2 * size


def test_a_member_that_no_cache_holds_goes_with_others_to_share_calls() -> None:
    member = replace(cost(Spec()), touched=2**26, calls=100)
    assert members_at_once(member, 1, FLAT) == 1
    assert members_at_once(member, 64, Pace(1.0, FLAT.by_size)) == 64
    assert members_at_once(member, 64, FLAT) <= 4


def test_a_machine_is_measured() -> None:
    pace = measured_pace()
    assert pace is measured_pace()
    assert pace.call > 0
    assert np.all(pace.by_size >= 0)
    assert 1 <= members_at_once(cost(Spec()), 64) <= 64
