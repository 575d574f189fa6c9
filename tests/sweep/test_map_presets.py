"""The shipped maps."""

import pytest

from vgsim.core.errors import SpecError
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import preset_names
from vgsim.sweep.figures import SHOWN
from vgsim.sweep.plan import dumps, loads
from vgsim.sweep.presets import load_map, map_names, map_presets


@pytest.mark.parametrize("name", map_names())
def test_a_shipped_map_has_words_and_can_be_computed(name):
    preset = load_map(name)
    assert preset.title and preset.description and preset.expect.endswith(".")
    assert SHOWN[preset.shown].needs(preset.plan) == ""
    assert dumps(loads(dumps(preset.plan))) == dumps(preset.plan)
    corner = tuple(length - 1 for length in preset.plan.shape)
    for index in (corner, tuple(0 for _ in corner)):
        assert Experiment(preset.plan.member(index, 0)).stages > 1


def test_no_map_has_the_name_of_a_preset():
    assert not set(map_names()) & set(preset_names())
    assert len({preset.title for preset in map_presets()}) == len(map_names())


def test_an_unknown_map_is_refused():
    with pytest.raises(SpecError, match="one of tanh-depth-gain"):
        load_map("tanh")
