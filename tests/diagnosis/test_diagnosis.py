"""The rules on figures made by hand, and the judge on small experiments."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.specs import small
from vgsim.core.numbers import about
from vgsim.diagnosis import judge, say
from vgsim.diagnosis.criteria import over, under
from vgsim.diagnosis.examination import TRIAL_LEAST, TRIAL_MOST, collect, probe, trial_length
from vgsim.diagnosis.findings import Findings, GradientWay, Trial
from vgsim.diagnosis.outcome import OUTCOMES, Precedence
from vgsim.diagnosis.remedies import MOST, remedies
from vgsim.diagnosis.stopping import Stopped, never
from vgsim.diagnosis.verdict import Tone
from vgsim.diagnosis.wording import loss_trend
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import Spec

INSTRUMENTS = {
    "gradient", "heatmap", "loss", "accuracy", "budget", "saturation", "activations", "gradients",
    "updates", "singular", "coherence", "parameters",
}  # fmt: skip
RECURRENT = Spec().replace({"network.kind": "rnn", "network.activation": "tanh"})


def way(hop: float, count: int = 5, **parts: float) -> GradientWay:
    """``count`` hops that multiply by ``hop`` each."""
    return GradientWay((hop,) * count, parts, last=count + 1)


def sound(**changes: object) -> Findings:
    """Figures of a healthy ReLU network, with changes."""
    found = Findings(
        spec=Spec().replace({"network.activation": "relu", "init.weights": "he_normal"}),
        activation="relu",
        way=way(0.95, activation=-0.75, weights=0.65),
        saturated=(0.5,) * 6, dead=(0.1,) * 6, derivative=0.5, ratios=(1e-3,) * 7,
        loss=2.4, start=2.4, peak=2.4, chance=2.3, accuracy=0.1, agreement=0.5,
        trial=Trial((2.4, 2.3, 2.2, 2.0, 1.9, 1.8)),
    )  # fmt: skip
    return replace(found, **changes)


def with_spec(found: Findings, **fields: object) -> Findings:
    """The same figures of another spec; ``network__norm="batch"`` sets a field."""
    changes = {path.replace("__", "."): value for path, value in fields.items()}
    spec = found.spec.replace(changes)
    return replace(found, spec=spec, activation=spec.network.activation)


def outcome(found: Findings) -> str:
    return say(found).outcome


def test_a_sound_network_is_healthy():
    verdict = say(sound())
    assert verdict.outcome == "healthy" and verdict.tone is Tone.GOOD
    assert verdict.confidence > 0.9 and verdict.remedies == ()
    assert "The gradient is fine" in verdict.sentences[0]


def test_a_capped_derivative_is_told_from_weights():
    sigmoid = {"network__activation": "sigmoid", "init__weights": "xavier_normal"}
    capped = with_spec(
        sound(way=way(0.21, activation=-3.2, weights=-0.1), bound=0.25, derivative=0.22), **sigmoid
    )
    weak = replace(capped, way=way(0.05, activation=-3.2, weights=-3.3))
    assert outcome(capped) == "vanishing_capped" and outcome(weak) == "vanishing_weights"


def test_saturated_units_are_told_from_capped_ones():
    found = sound(way=way(0.02, activation=-8.5, weights=0.0), bound=0.25, derivative=0.01)
    assert outcome(with_spec(found, network__activation="sigmoid")) == "vanishing_saturated"


def test_relu_is_never_to_blame_for_the_half_it_cuts():
    assert outcome(sound(way=way(0.3, activation=-2.6, weights=0.0))) == "vanishing_weights"


def test_weights_that_amplify_are_not_called_too_small():
    found = sound(way=way(0.2, activation=-3.1, normalization=-2.6, weights=0.9), step=200,
                  lost_at_first=0.3)  # fmt: skip
    verdict = say(found)
    assert verdict.outcome == "vanishing_mixed"
    assert verdict.sentences[2].startswith("In the first update only 0.3 decades")


def test_time_and_gates_have_reasons_of_their_own():
    fades = sound(spec=RECURRENT, way=way(0.8, 40, weights=-3.9), radius=0.8, singular=0.9)
    assert outcome(fades) == "vanishing_recurrent"
    assert outcome(with_spec(replace(fades, keep=0.5), network__kind="gru")) == "forgetting"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "exploding_weights"),
        ({"network__norm": "batch"}, "exploding_batch_norm"),
        ({"network__kind": "rnn"}, "exploding_recurrent"),
        ({"network__kind": "chain"}, "exploding_factor"),
    ],
)
def test_an_explosion_is_named_by_what_the_network_is(fields, expected):
    grows = sound(way=way(2.5, 10, activation=-1.5, weights=5.5))
    assert outcome(with_spec(grows, **fields)) == expected


def test_sums_explode_only_when_they_give_most_of_the_growth():
    sums = with_spec(sound(way=way(1.6, 20, skip=3.5, weights=0.6)), network__skip="residual")
    assert outcome(sums) == "exploding_skips"
    assert outcome(replace(sums, way=way(1.6, 20, skip=0.4, weights=3.7))) == "exploding_weights"


def test_dead_units_come_before_the_zero_they_cause():
    gone = GradientWay((0.9, 0.0), {"activation": -math.inf}, last=6)
    assert outcome(sound(way=gone, dead=(0.1, 1.0), arrives=0.0)) == "dead_relus"


def test_underflow_needs_zeros_that_products_made():
    gone = GradientWay((0.2, 0.0), {"activation": -math.inf}, last=100)
    verdict = say(sound(way=gone, underflow=True, zeros=1.0))
    assert verdict.outcome == "underflow" and verdict.title == "Lost in float64"
    assert outcome(sound(underflow=True, zeros=0.01)) == "healthy"


def test_units_alike_come_before_everything_that_follows_from_it():
    assert outcome(sound(alike=1.0, way=way(0.01), arrives=0.0)) == "symmetric"


def test_what_is_learned_is_not_vanishing():
    low = sound(loss=0.01, way=way(0.2, weights=-3.5), trial=Trial((0.01,) * 6))
    assert outcome(low) == "converged"
    assert outcome(replace(low, trial=Trial((0.01, 5.0, 9.0)))) != "converged"


def test_without_an_error_nothing_is_lost_on_the_way():
    silent = with_spec(
        sound(error=0.0, way=GradientWay()), training__loss="linear", training__start=0.0
    )
    assert outcome(silent) == "no_error"


def test_a_runaway_loss_on_a_fine_gradient_is_the_learning_rate():
    runs = sound(trial=Trial((3.0, 80.0, 50.0, 60.0)), ratios=(0.9,))
    verdict = say(runs)
    assert verdict.outcome == "rate_too_large" and "gradient is fine" in verdict.title
    assert outcome(replace(runs, trial=Trial((3.0, 13.0, 1.0, 0.5)))) == "healthy"


def test_an_exploding_gradient_comes_before_the_loss_it_makes_run_away():
    runs = sound(way=way(3.0, 8, weights=3.8), trial=Trial((3.0,), finite=False))
    assert outcome(runs) == "exploding_weights"


def test_tiny_updates_on_a_fine_gradient_are_the_learning_rate():
    verdict = say(with_spec(sound(ratios=(1e-7, 2e-7)), training__learning_rate=1e-5))
    assert verdict.outcome == "rate_too_small"
    # 1e-3 / 2e-7 times the present rate, one digit
    assert verdict.remedies[0].changes == (("training.learning_rate", 0.05),)


def test_a_rate_that_warms_up_is_not_too_small_yet():
    slow = with_spec(sound(ratios=(0.0, 1e-7)), training__schedule="warmup")
    assert outcome(slow) == "healthy"
    assert outcome(replace(slow, step=slow.spec.training.warmup)) == "rate_too_small"


def test_shattered_is_deep_and_learns_slowly():
    still = Trial((2.4,) * 9)
    noise = sound(way=way(1.0, 16), agreement=0.01, trial=still)
    assert outcome(noise) == "shattered"
    assert outcome(replace(noise, way=way(1.0, 5))) == "healthy"
    assert outcome(replace(noise, trial=Trial((2.4, 1.9, 1.2)))) == "healthy"


@pytest.mark.parametrize("size", [63.0, 1e-4])
def test_inputs_far_from_one_come_first(size):
    assert outcome(sound(x=size, way=way(0.1), alike=1.0)) == "data_scale"


def test_a_cut_is_on_purpose_and_only_said_of_a_sound_gradient():
    cut = replace(sound(), way=replace(way(1.0, 9), cut=3))
    found = with_spec(cut, network__kind="rnn", training__truncate=10)
    assert outcome(found) == "truncated"
    assert outcome(replace(found, way=replace(way(0.5, 9), cut=3))) == "vanishing_recurrent"


def test_confidence_grows_with_distance_and_agreeing_signs():
    sure = OUTCOMES["vanishing_weights"].confidence
    near, far = (sound(way=way(hop, weights=5 * math.log10(hop))) for hop in (0.38, 0.01))
    alone = replace(far, way=way(0.01, weights=0.0))
    assert sure(near) < sure(far) <= 0.99
    assert sure(alone) < sure(far)


@given(st.floats(1e-300, 1e300), st.floats(1e-300, 1e300))
def test_margins_count_doublings(value, threshold):
    assert over(value, threshold) == pytest.approx(-under(value, threshold))
    assert over(threshold * 4, threshold) == pytest.approx(2) or math.isinf(threshold * 4)


@given(st.floats(1e-300, 1e300), st.integers(1, 60))
def test_any_factor_of_a_hop_gets_a_verdict(hop, count):
    verdict = say(sound(way=way(hop, count, weights=-1.0)))
    assert verdict.outcome in OUTCOMES and 0 < verdict.confidence < 1


def test_no_two_outcomes_are_asked_at_once_and_the_healthy_one_last():
    order = {entry.name: entry.value.order for entry in OUTCOMES}
    assert len(set(order.values())) == len(order)
    assert max(order, key=lambda name: order[name]) == "healthy"
    assert order["healthy"] == Precedence.REST


@pytest.mark.parametrize("name", OUTCOMES.names())
def test_what_decides_is_shown(name):
    """Unless there is nothing to measure, as of what the network is made of."""
    found = sound(dead=(1.0,), underflow=True)
    asked = OUTCOMES[name]
    shown = {fact.text for fact in asked.evidence(found)}
    for need in asked.needs:
        if need.shown is not None:
            assert {fact.text for fact in need.shown(found)} <= shown
    assert any(need.shown is not None for need in asked.needs)


def test_remedies_differ_from_the_spec_and_can_be_built():
    sigmoid = small(network__activation="sigmoid", network__depth=8)
    verdict = judge(Experiment(sigmoid))
    assert 0 < len(verdict.remedies) <= MOST
    for remedy in verdict.remedies:
        assert all(sigmoid[path] != value for path, value in remedy.changes)
        changed = sigmoid.replace(dict(remedy.changes))
        assert judge(Experiment(changed)).outcome == "healthy"


@pytest.mark.parametrize("name", OUTCOMES.names())
@pytest.mark.parametrize("kind", ["layers", "rnn", "lstm", "gru", "chain"])
def test_whatever_the_network_remedies_make_valid_specs(name, kind):
    found = with_spec(sound(ratios=(1e-6,)), network__kind=kind, init__bias="constant")
    for remedy in remedies(name, found):
        changed = found.spec.replace(dict(remedy.changes))
        assert all(changed.applies(path) for path, _ in remedy.changes)


@pytest.mark.parametrize("name", OUTCOMES.names())
@pytest.mark.parametrize("kind", ["layers", "rnn", "lstm", "gru", "chain"])
@pytest.mark.parametrize("step", [0, 40])
def test_whatever_may_help_says_its_catch(name, kind, step):
    """One sentence, which says more than the title does."""
    found = with_spec(
        sound(ratios=(1e-6,), step=step, way=way(0.5, 40)),
        network__kind=kind, network__dropout=0.5, init__bias="constant", data__standardize=False,
        training__precision="float16", training__loss="mse",
    )  # fmt: skip
    for candidate in OUTCOMES[name].remedies(found):
        assert candidate.catch.endswith(".") and candidate.catch[0].isupper()
        assert 20 < len(candidate.catch) < 100 and candidate.catch != candidate.title
    for remedy in remedies(name, found):
        assert remedy.catch


def test_the_verdict_does_not_depend_on_the_moment():
    verdicts = []
    for moments in (0, 3, 9):
        experiment = Experiment(small())
        experiment.run(5)
        for _ in range(moments):
            experiment.advance()
        verdicts.append(judge(experiment))
    assert verdicts[0] == verdicts[1] == verdicts[2]


def test_parts_and_hops_agree():
    found = collect(Experiment(small(network__depth=6, network__skip="residual")), never)
    assert math.fsum(found.way.parts.values()) == pytest.approx(found.way.decades)
    assert len(found.way.hops) == 5 and found.way.last == 6


def test_the_hops_are_those_of_the_frame():
    experiment = Experiment(small(network__depth=5))
    experiment.seek(0, len(experiment.timeline) - 2)
    size = frame_of(experiment).dh_rms
    found = collect(Experiment(small(network__depth=5)), never)
    assert found.way.hops == pytest.approx((size[:-2] / size[1:-1])[::-1])
    assert found.way.decades == pytest.approx(np.log10(size[0] / size[-2]))


def test_what_training_broke_is_judged_by_its_start():
    grown = small(network__activation="relu", init__weights="normal", init__std=3.0,
                  network__depth=8, network__width=16, training__learning_rate=1.0)  # fmt: skip
    experiment = Experiment(grown)
    experiment.run(20)
    verdict = judge(experiment)
    assert verdict.outcome == "exploding_weights"
    assert "training has run away" in verdict.sentences[-1]


def test_an_overflow_by_the_learning_rate_is_told_from_one_by_the_weights():
    experiment = Experiment(small(network__activation="relu", init__weights="he_normal",
                                  training__loss="mse", training__learning_rate=50.0))  # fmt: skip
    experiment.run(30)
    assert judge(experiment).outcome == "rate_too_large"


def test_a_trial_is_bounded_by_its_cost():
    assert trial_length(Experiment(small())) == TRIAL_MOST
    large = small(network__width=512, network__depth=6, training__batch=32)
    assert trial_length(Experiment(large)) == TRIAL_LEAST


def test_stages_of_several_activations_go_by_the_commonest():
    mixed = small(network__activations="sigmoid, relu, sigmoid", network__depth=9)
    found = collect(Experiment(mixed), never)
    assert found.activation == "sigmoid" and found.bound == 0.25


def test_evidence_names_instruments_that_exist():
    for changes in ({}, {"network__kind": "rnn"}, {"init__weights": "zeros"}):
        for fact in judge(Experiment(small(**changes))).evidence:
            assert fact.plot in INSTRUMENTS and "nan" not in fact.text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1900.0, "1,900"), (0.219, "0.22"), (3.1e-5, "3.1e−5"), (1e-6, "1.0e−6"), (0.0, "0"),
     (math.inf, "∞"), (-4.0, "−4.0"), (2_440_000.0, "2.4e6"), (0.0999, "0.10")],
)  # fmt: skip
def test_numbers_read_well(value, text):
    assert about(value) == text


@pytest.mark.parametrize("after", [0, 3, 20])
def test_judging_ends_at_the_next_moment_when_told_to(after):
    asked = []

    def enough() -> bool:
        asked.append(1)
        return len(asked) > after

    with pytest.raises(Stopped):
        judge(Experiment(small()), enough)
    assert len(asked) == after + 1


def test_relus_that_shut_every_sample_out_between_them_are_to_blame():
    """No stage is dead, the weights are not small, and yet the gradient is exactly 0."""
    changes = {"network.activation": "relu", "init.weights": "he_normal"}
    experiment = Experiment(load_preset("sigmoid-stack").replace(changes))
    experiment.run(1024)
    verdict = say(collect(experiment, never))
    assert verdict.outcome == "dead_relus" and "no sample" in verdict.sentences[0].lower()
    assert verdict.step == 1024


def test_healthy_without_anything_learned_says_so():
    chance = sound(loss=2.3, trial=Trial((2.3,) * 6))
    assert say(chance).title == "Signal healthy, nothing learned yet"
    assert say(sound()).title == "Healthy"


def test_a_further_cause_is_named_after_the_first():
    both = with_spec(sound(normalized=1), network__dropout=0.9)
    verdict = say(both)
    assert verdict.outcome == "norm_of_few"
    assert verdict.sentences[-1].startswith("A further cause: dropout")


def test_without_a_rate_the_loss_is_not_said_to_fall():
    """Batches differ in their loss, so the same ones are compared."""
    still = Experiment(small(training__learning_rate=0.0, training__batch=4))
    found = collect(still, never)
    assert found.trial.before == found.trial.after
    assert "stays near" in loss_trend(found)


def test_a_probe_leaves_the_experiment_as_it_was():
    experiment = Experiment(small())
    experiment.run(3)
    twin = Experiment(small())
    twin.run(3)
    probe(experiment, 3, never)
    experiment.run(2)
    twin.run(2)
    assert (experiment.network.flat.values == twin.network.flat.values).all()


def test_nothing_that_arrives_is_never_healthy():
    """Evidence and title agree: a first stage without any gradient has lost it."""
    for lost in (GradientWay(), way(0.95)):
        assert say(sound(arrives=0.0, way=lost)).tone is not Tone.GOOD


def test_a_network_without_hidden_stages_is_judged():
    verdict = judge(Experiment(small(network__depth=0)))
    assert verdict.outcome in OUTCOMES and verdict.tone is not Tone.WARNING


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_gates_that_biases_shut_are_not_said_to_forget(kind):
    spec = Spec().replace({
        "data.dataset": "adding", "data.length": 12, "data.samples": 40, "network.kind": kind,
        "training.loss": "mse", "init.bias": "constant", "init.bias_value": -9.0,
    })  # fmt: skip
    verdict = judge(Experiment(spec))
    assert verdict.outcome == "gates_shut"
    assert verdict.remedies[0].changes == (("init.bias", "zero"),)
