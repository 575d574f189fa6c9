"""The judge against the labelled set, and against what the shipped presets say of themselves."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping

import pytest

from tests.verdicts import make
from vgsim.diagnosis import OUTCOMES, examine, judge
from vgsim.diagnosis.verdict import Tone
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset, preset_names
from vgsim.nn.spec import parse

Table = dict[str, dict[str, int]]

TUNED: Table = {
    "converged": {"converged": 8},
    "data_scale": {"data_scale": 8},
    "dead_relus": {"dead_relus": 6},
    "exploding_batch_norm": {"exploding_batch_norm": 4},
    "exploding_factor": {"exploding_factor": 2},
    "exploding_recurrent": {"exploding_recurrent": 6},
    "exploding_skips": {"exploding_skips": 2},
    "exploding_weights": {"exploding_weights": 6},
    "forgetting": {"forgetting": 6},
    "healthy": {"healthy": 48},
    "no_error": {"no_error": 2},
    "rate_too_large": {"rate_too_large": 14},
    "rate_too_small": {"rate_too_small": 8},
    "shattered": {"healthy": 4},
    "symmetric": {"symmetric": 8},
    "truncated": {"truncated": 4},
    "underflow": {"underflow": 4, "underflow_forward": 2},
    "vanishing_capped": {"vanishing_capped": 12},
    "vanishing_factor": {"vanishing_factor": 2},
    "vanishing_recurrent": {"vanishing_recurrent": 8},
    "vanishing_saturated": {"vanishing_saturated": 12},
    "vanishing_weights": {"vanishing_weights": 10},
}
"""Label -> how many got which verdict, of the seeds on which thresholds were set: 180 of 186. In
two the activations underflow before the gradient does; the four that are shattered learn after all,
as a trial of 400 updates shows."""

HELD: Table = {
    "converged": {"converged": 4},
    "data_scale": {"data_scale": 4},
    "dead_relus": {"dead_relus": 3},
    "exploding_batch_norm": {"exploding_batch_norm": 2},
    "exploding_factor": {"exploding_factor": 1},
    "exploding_recurrent": {"exploding_recurrent": 3},
    "exploding_skips": {"exploding_skips": 1},
    "exploding_weights": {"exploding_weights": 3},
    "forgetting": {"forgetting": 3},
    "healthy": {"healthy": 24},
    "no_error": {"no_error": 1},
    "rate_too_large": {"rate_too_large": 7},
    "rate_too_small": {"rate_too_small": 4},
    "shattered": {"healthy": 2},
    "symmetric": {"symmetric": 4},
    "truncated": {"truncated": 2},
    "underflow": {"underflow": 2, "underflow_forward": 1},
    "vanishing_capped": {"vanishing_capped": 6},
    "vanishing_factor": {"vanishing_factor": 1},
    "vanishing_recurrent": {"vanishing_recurrent": 4},
    "vanishing_saturated": {"vanishing_saturated": 6},
    "vanishing_weights": {"vanishing_weights": 5},
}
"""The same of the seed that was kept back: 90 of 93."""

PRESETS = {
    "worked-example": "vanishing_factor",
    "sigmoid-stack": "vanishing_capped",
    "batch-norm-deep": "exploding_batch_norm",
    "clipping": "exploding_recurrent",
    "deep-linear": "healthy",
    "exploding": "exploding_weights",
    "gru-adding": "forgetting",
    "irnn": "healthy",
    "layer-norm": "healthy",
    "lstm-adding": "healthy",
    "relu-he": "healthy",
    "relu-small": "vanishing_weights",
    "residual-deep": "healthy",
    "rnn-digits": "vanishing_recurrent",
    "saturated-sigmoid": "vanishing_saturated",
    "selu": "healthy",
    "shallow": "healthy",
    "tanh-xavier": "healthy",
    "two-spirals": "healthy",
    "zeros": "symmetric",
    "chain-explodes": "exploding_factor",
    "converged": "healthy",
    "data-scale": "data_scale",
    "dead-relus": "dead_relus",
    "bfloat16": "vanishing_weights",
    "float16-lost": "underflow",
    "float16-scaled": "vanishing_weights",
    "half-to-the-tenth": "vanishing_factor",
    "highway-deep": "healthy",
    "lstm-forget-bias": "healthy",
    "lstm-forgets": "forgetting",
    "old-standard": "vanishing_weights",
    "rate-too-large": "rate_too_large",
    "rate-too-small": "rate_too_small",
    "residual-explodes": "exploding_skips",
    "rnn-explodes": "exploding_recurrent",
    "sigmoid-adam": "vanishing_capped",
    "sigmoid-batch-norm": "healthy",
    "spikes-later": "healthy",
    "truncated": "truncated",
    "underflow-float32": "underflow",
    "lstm-chrono": "healthy",
    "pyramid": "healthy",
    "sigmoid-squared-error": "start_too_large",
    "skipinit": "healthy",
    "tapered-sigmoid": "vanishing_capped",
}
"""What each preset's description says of its start, as the outcome that agrees with it."""


def _cases() -> list[dict]:
    return tomllib.loads(make.FILE.read_text("utf-8"))["case"]


def _outcome(case: Mapping) -> str:
    experiment = Experiment(parse(case["spec"]))
    experiment.run(case["updates"])
    return judge(experiment).outcome


@pytest.fixture(scope="module")
def verdicts() -> list[tuple[dict, str]]:
    """Every case with its verdict."""
    return [(case, _outcome(case)) for case in _cases()]


def _table(verdicts: list[tuple[dict, str]], held: bool) -> Table:
    counts = Counter((case["label"], found) for case, found in verdicts if case["held"] is held)
    table: Table = {}
    for (label, found), count in sorted(counts.items()):
        table.setdefault(label, {})[found] = count
    return table


def _share_right(table: Table) -> float:
    right = sum(row.get(label, 0) for label, row in table.items())
    return right / sum(sum(row.values()) for row in table.values())


def _readable(table: Table) -> str:
    rows = [
        f"{label:>22}  " + ", ".join(f"{found} {count}" for found, count in row.items())
        for label, row in table.items()
    ]
    return "\n".join([f"{'label':>22}  verdicts ({_share_right(table):.1%} right)", *rows])


@pytest.mark.slow
@pytest.mark.parametrize(("held", "expected"), [(False, TUNED), (True, HELD)])
def test_the_confusion_table_is_the_one_reported(verdicts, held, expected):
    table = _table(verdicts, held)
    assert table == expected, _readable(table)
    assert _share_right(table) >= 0.95, _readable(table)


@pytest.mark.slow
def test_no_healthy_network_is_called_vanishing(verdicts):
    called = {found for case, found in verdicts if case["label"] == "healthy"}
    assert not {found for found in called if found.startswith("vanishing")} | (
        called & {"forgetting", "underflow"}
    )


def test_the_set_is_large_enough_and_has_every_outcome():
    labels = Counter(case["label"] for case in _cases())
    assert labels.total() >= 120 and labels["healthy"] >= 35
    assert labels.keys() == TUNED.keys() and labels.keys() <= set(OUTCOMES.names())


def test_the_cases_are_those_that_the_script_writes():
    assert make.FILE.read_text("utf-8") == make.text()


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_is_judged_as_its_description_says(name):
    assert name in PRESETS, f"say in PRESETS what {name}'s description claims"
    assert judge(Experiment(load_preset(name))).outcome == PRESETS[name]


@pytest.mark.parametrize("updates", [0, 1, 30])
def test_branches_that_begin_at_zero_are_no_fault_where_they_learn(updates):
    spec = load_preset("skipinit").replace(
        {"network.depth": 20, "network.multiplier": False, "init.weights": "fixup"}
    )
    experiment = Experiment(spec)
    experiment.run(updates)
    assert judge(experiment).outcome == "healthy"


@pytest.mark.parametrize("every", [1, 2, 3])
def test_what_a_path_leads_around_is_no_end_of_the_signal(every):
    spec = load_preset("skipinit").replace({"network.depth": 25, "network.skip_every": every})
    found = examine(Experiment(spec))
    assert found.way.decades == pytest.approx(0, abs=0.1)
    assert len(found.way.hops) == 24
    assert judge(Experiment(spec)).tone is Tone.GOOD
