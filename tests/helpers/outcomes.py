"""One real network of every outcome, or of nearly every one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache

from tests.diagnosis.test_every_setting import extreme
from tests.verdicts import fourth, make, second
from tests.verdicts.test_reported import as_reported
from vgsim.diagnosis import examine
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import first_that_holds
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import Spec, parse

REPORTED = (("A07_xor_relu2", 3000, {"training.seed": 3}), ("A31_imbalanced", 200, {}))
SETTINGS = (
    "init.bias training.delta training.label_smoothing training.epsilon training.warmup "
    "training.precision training.loss_scale_log2 network.output"
)


def _candidates() -> Iterator[tuple[Spec, int]]:
    """The first case of every label of every set, and settings that have a verdict of their own."""
    seen = set()
    for case in tomllib.loads(make.FILE.read_text("utf-8"))["case"]:
        if case["label"] not in seen:
            yield parse(case["spec"]), case["updates"]
        seen.add(case["label"])
    for one in [*second.cases(), *fourth.every_case()]:
        if one.cause.label not in seen:
            yield one.spec, one.updates
        seen.add(one.cause.label)
    for path in SETTINGS.split():
        yield extreme(path)
    for name, updates, changes in REPORTED:
        yield as_reported(name, changes), updates


@cache
def examples() -> dict[str, list[Findings]]:
    """Figures of real networks by the outcome that they get."""
    found: dict[str, list[Findings]] = {}
    for spec, updates in _candidates():
        experiment = Experiment(spec)
        experiment.run(updates)
        figures = examine(experiment)
        found.setdefault(first_that_holds(figures), []).append(figures)
    return found
