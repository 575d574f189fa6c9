"""Stop rules: each stops where it should, once, and lets one go on."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.measure.snapshot import frame_of
from vgsim.measure.stops import (
    SATURATION_EVERY,
    Stop,
    StopRules,
    Watch,
    met,
    met_by_update,
    saturation,
)
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.presets import load_preset

VANISHING = small(network__depth=8, network__activation="sigmoid")


def played(rules: StopRules, experiment: Experiment, passes: int = 1) -> list[tuple[str, Stop]]:
    """Every moment of some passes at which the rules stop, going on each time."""
    watch, found = Watch(rules), []
    for _ in range(passes * (len(experiment.timeline) - 1)):
        moment = experiment.advance()
        stop = watch.at_moment(experiment)
        if stop:
            found.append((str(moment), stop))
    return found


def trained(watch: Watch, experiment: Experiment, most: int = 400) -> tuple[int, Stop | None]:
    """Train until a rule stops it: (updates done, why), or (updates, None) when none does."""
    found: list[Stop] = []

    def after() -> bool:
        stop = watch.after_update(experiment)
        found.extend([stop] if stop else [])
        return bool(found)

    experiment.run(most, after)
    return experiment.step, found[0] if found else None


def test_by_default_only_an_overflow_stops():
    assert StopRules() == StopRules(None, None, None, None, overflow=True)
    assert played(StopRules(), Experiment(small()), 2) == []


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("stage", 0, "a whole number from 1 to 100000"),
        ("stage", 2.5, "a whole number"),
        ("floor", 0.0, "a number from 1e-300"),
        ("floor", float("nan"), "a number from"),
        ("saturation", 101, "a number from 0 to 100 %"),
        ("loss", "low", "a number from"),
        ("overflow", 1, "true or false"),
    ],
)
def test_a_limit_that_cannot_be_is_refused_in_a_sentence(field, value, allowed):
    with pytest.raises(SpecError, match=f"stop.{field} = .*: allowed is {allowed}"):
        StopRules(**{field: value})


def test_whole_numbers_are_numbers_too():
    assert StopRules(loss=1, saturation=50) == StopRules(loss=1.0, saturation=50.0)


def test_a_stage_stops_in_both_directions():
    found = played(StopRules(stage=2), Experiment(small()))
    assert [(moment, stop.what) for moment, stop in found] == [
        ("forward:2", "forward"), ("backward:2", "backward"),
    ]  # fmt: skip


def test_a_stage_that_there_is_not_stops_nothing():
    assert played(StopRules(stage=99), Experiment(small())) == []


def test_a_gradient_stops_where_it_falls_under_the_floor_and_not_again_below():
    experiment = Experiment(VANISHING)
    experiment.seek(0, len(experiment.timeline) - 2)
    dh = frame_of(experiment).dh_rms
    experiment.reset()
    [(moment, stop)] = played(StopRules(floor=float(dh[3]) * 1.01), experiment)
    assert moment == "backward:4" and stop.stage == 4
    assert stop.value == pytest.approx(dh[3], rel=1e-12)


def test_the_loss_stops_at_the_loss():
    experiment = Experiment(small())
    assert played(StopRules(loss=1e-3), experiment) == []
    [(moment, stop)] = played(StopRules(loss=100.0), experiment)
    assert moment == "loss" and stop.value == experiment.value


def test_saturation_stops_at_the_loss_and_names_the_worst_stage():
    experiment = Experiment(small(init__weights="normal", init__std=20.0))
    [(moment, stop)] = played(StopRules(saturation=10.0), experiment)
    experiment.seek(0, experiment.stages + 1)
    shares = 100 * saturation(experiment.network)
    assert moment == "loss"
    assert (stop.stage, stop.value) == (int(np.argmax(shares)) + 1, shares.max())


def test_saturation_is_that_of_every_stage_of_its_own():
    experiment = Experiment(small(network__activations="tanh, relu, sigmoid"))
    experiment.seek(0, experiment.stages + 1)
    derivatives = [view.derivative for view in experiment.network.views]
    limits = (0.05, 0.0, 0.0125, -1.0)
    expected = [np.mean(np.abs(f) <= limit) for f, limit in zip(derivatives, limits, strict=True)]
    assert saturation(experiment.network).tolist() == expected


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_saturation_is_known_for_timesteps(kind):
    experiment = Experiment(load_preset("lstm-adding").replace({"network.kind": kind}))
    experiment.seek(0, experiment.stages + 1)
    shares = saturation(experiment.network)
    assert shares.shape == (experiment.stages,) and shares[-1] == 0


def test_an_overflow_stops_where_it_begins_and_lets_one_go_on():
    experiment = Experiment(load_preset("exploding"))
    experiment.run(60)
    first = experiment.anomalies[0]
    experiment.seek(first.step - 1, 0)
    found = played(StopRules(), experiment)
    assert found and all(stop.rule == "overflow" for _, stop in found)
    assert len(found) <= 4, "not at every moment that follows"


def test_weights_that_overflow_stop_at_the_update():
    experiment = Experiment(small())
    experiment.seek(0, len(experiment.timeline) - 1)
    experiment.network.flat.values[0] = np.inf
    assert met(StopRules(), experiment) == Stop("overflow", np.inf, np.inf, 0, "weights")


def test_an_overflow_can_be_allowed():
    experiment = Experiment(load_preset("exploding"))
    assert trained(Watch(StopRules(overflow=False)), experiment, 60) == (60, None)


def test_training_stops_at_the_first_overflow_and_goes_on_at_the_next_press():
    experiment, watch = Experiment(load_preset("exploding")), Watch()
    step, stop = trained(watch, experiment)
    assert stop is not None and stop.rule == "overflow"
    assert (step, stop.stage) == (experiment.anomalies[0].step, experiment.anomalies[0].stage)
    assert trained(watch, experiment, 20) == (step + 20, None)


def test_training_stops_when_the_loss_gets_there():
    experiment, straight = Experiment(small()), Experiment(small())
    losses: list[float] = []
    straight.run(100, lambda: losses.append(straight.value))
    limit = sorted(losses)[50]
    first = next(at for at, loss in enumerate(losses, start=1) if loss < limit)
    step, stop = trained(Watch(StopRules(loss=limit)), experiment)
    assert step == first and stop == Stop("loss", limit, losses[first - 1])


def test_a_rule_is_quiet_until_it_was_not_met_once():
    losses: list[float] = []
    straight = Experiment(small())
    straight.run(100, lambda: losses.append(straight.value))
    limit = float(np.median(losses[:60]))
    under = [loss < limit for loss in losses]
    falls = [at for at in range(1, 101) if under[at - 1] and (at == 1 or not under[at - 2])]
    experiment, watch = Experiment(small()), Watch(StopRules(loss=limit))
    stops = [trained(watch, experiment)[0] for _ in falls[:4]]
    assert stops == falls[:4]


def test_a_rule_that_is_met_from_the_start_says_so_once():
    experiment, watch = Experiment(VANISHING), Watch(StopRules(floor=1e3))
    step, stop = trained(watch, experiment)
    assert step == 1 and stop is not None
    assert (stop.rule, stop.stage) == ("floor", experiment.stages)
    assert trained(watch, experiment, 30) == (31, None)


def test_a_rule_that_is_set_anew_is_not_quiet():
    experiment, watch = Experiment(VANISHING), Watch(StopRules(floor=1e3))
    trained(watch, experiment)
    watch.set_rules(StopRules(floor=1e3, loss=-1.0))
    assert trained(watch, experiment, 5)[1] is None, "another rule has changed"
    watch.set_rules(StopRules(floor=1e2))
    assert trained(watch, experiment, 5) == (7, Stop("floor", 1e2, *_last(experiment)))


def _last(experiment: Experiment) -> tuple[float, int]:
    return float(experiment.telemetry.dh_rms[-1]), experiment.stages


def test_beginning_again_makes_no_rule_quiet():
    experiment, watch = Experiment(VANISHING), Watch(StopRules(floor=1e3))
    trained(watch, experiment)
    experiment.reset()
    watch.begin()
    assert trained(watch, experiment)[0] == 1


def test_saturation_is_looked_at_every_so_many_updates_and_stays_quiet_between():
    experiment = Experiment(small(init__weights="normal", init__std=20.0))
    watch = Watch(StopRules(saturation=1.0))
    step, stop = trained(watch, experiment)
    assert step == SATURATION_EVERY and stop is not None and stop.rule == "saturation"
    assert trained(watch, experiment, 25)[1] is None


def test_asking_changes_nothing():
    asked, alone = Experiment(small()), Experiment(small())
    rules = StopRules(stage=1, floor=1e-3, saturation=50.0, loss=0.1)
    while asked.step < 5:
        if asked.advance().phase is Phase.UPDATE:
            met_by_update(rules, asked)
        met(rules, asked)
    alone.run(5)
    assert asked.network.flat.values.tobytes() == alone.network.flat.values.tobytes()
