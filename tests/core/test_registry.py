"""Registries: names, roles, refusals."""

from __future__ import annotations

import pytest

from vgsim.core.registry import Registry
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.initializers import INITIALIZERS
from vgsim.nn.roles import Role


@pytest.fixture
def colors() -> Registry[int]:
    registry: Registry[int] = Registry("color")
    registry.add("red", 1, "warm", role="signal")
    registry.add("green", 2, "cool")
    registry.add("crimson", 3, "warm, too", role="signal")
    return registry


def test_a_role_is_played_by_the_first_or_by_who_is_there(colors):
    assert colors.cast("signal") == "red"
    assert colors.cast("signal", "green") == "red"
    assert colors.cast("signal", "crimson") == "crimson"


def test_a_role_that_nobody_plays_is_a_key_error(colors):
    with pytest.raises(KeyError, match="no color plays the role 'shade'"):
        colors.cast("shade")


def test_a_name_is_taken_once(colors):
    with pytest.raises(ValueError, match="color 'red' is there already"):
        colors.add("red", 4, "again")


def test_what_suits_an_activation_can_be_had():
    for entry in ACTIVATIONS:
        suited = INITIALIZERS[INITIALIZERS.cast(entry.value.suits)]
        assert suited.whose and suited.virtue


@pytest.mark.parametrize("role", Role)
def test_every_role_is_played_in_one_registry(role):
    from vgsim.core.registry import HOMES, registry

    able = [kind for kind in HOMES if role in {entry.role for entry in registry(kind)}]
    assert len(able) == 1
