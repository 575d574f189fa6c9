"""What is offered to the reported networks helps them, and nothing is offered to a sound one."""

from __future__ import annotations

import pytest

from tests.verdicts import second
from tests.verdicts.test_reported import as_reported
from vgsim.diagnosis import judge
from vgsim.diagnosis.effects import measured
from vgsim.diagnosis.stopping import never
from vgsim.diagnosis.verdict import Effect, Ruling
from vgsim.nn.continuing import origin_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.text.verdicts import offered

RATE = "training.learning_rate"


def effects(name: str, updates: int, horizon: int = 40) -> list[Effect]:
    """Those of what is offered, best first, from the state after so many updates."""
    experiment = Experiment(as_reported(name, {}))
    experiment.run(updates)
    origin = origin_of(experiment)
    verdict = measured(judge(experiment), experiment.spec, never, horizon, origin)
    by_remedy = {effect.remedy: effect for effect in verdict.effects}
    return [by_remedy[remedy] for remedy in offered(verdict)[0]]


def test_a_sigmoid_stack_is_offered_tanh_first_and_no_relu_that_diverges():
    found = effects("A02_sigmoid4x500", 100, 16)
    assert dict(found[0].offer.changes)["network.activation"] == "tanh"
    assert found[0].here.loss < found[0].here_before.loss
    for effect in found:
        changes = dict(effect.offer.changes)
        assert changes.get("network.activation") != "relu" or changes[RATE] < 0.01


def test_weights_that_are_too_large_are_offered_a_start_that_bears_its_rate():
    found = effects("A10_wide_std1", 0)
    assert found
    for effect in found:
        assert effect.ruling is Ruling.HELPS and effect.after.loss < 2.3
        assert dict(effect.offer.changes)[RATE] < 0.5


def test_hes_weights_cure_weights_that_are_too_small():
    found = effects("relu-small", 5, 300)
    cures = [effect for effect in found if effect.after.loss < 0.5]
    assert any(dict(effect.offer.changes).get("init.weights") == "he_normal" for effect in cures)


@pytest.mark.parametrize("name", ["B01_converged", "B01_noise_floor"])
def test_nothing_is_offered_at_a_minimum(name):
    assert effects(name, 300) == []


@pytest.mark.parametrize("updates", [0, 50])
def test_targets_of_another_scale_are_standardized_whatever_the_unit_of_j(updates):
    best = effects("A24_price", updates)[0]
    assert "data.standardize" in str(best.offer.changes)
    assert best.after.loss < 0.5 * best.after.chance


def test_a_state_that_training_has_ruined_speaks_against_no_remedy():
    raw = {
        "data.dataset": "csv", "data.path": str(second.DATA / "price_raw.csv"),
        "training.loss": "mse", "data.standardize_targets": "no",
    }  # fmt: skip
    experiment = Experiment(load_preset("relu-he").replace(raw))
    experiment.run(1825)  # weights of 1e54, and J that of guessing
    origin = origin_of(experiment)
    verdict = measured(judge(experiment), experiment.spec, never, 300, origin)
    (effect,) = verdict.effects
    assert effect.helps and dict(effect.offer.changes) == {"data.standardize_targets": "yes"}
