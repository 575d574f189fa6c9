"""Copies of what is registered under another name, and all that is to be seen of an experiment."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import numpy as np
import pytest

from vgsim.core.registry import Entry, Registry
from vgsim.diagnosis import judge
from vgsim.measure.collectors import COLLECTORS, collect
from vgsim.measure.frame import Frame
from vgsim.measure.request import NOTHING, Focus, Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.architectures import KINDS
from vgsim.nn.cells import CELLS
from vgsim.nn.experiment import Experiment, copy_of
from vgsim.nn.layers.parts import OUTPUTS
from vgsim.nn.spec import Spec
from vgsim.nn.trace import record
from vgsim.text.chain_rule import chain_rule, hop_factors
from vgsim.text.formulas import backward, forward
from vgsim.text.inspection import tip
from vgsim.text.scale import Scale
from vgsim.text.table import stage_table
from vgsim.ui.plots.model.budget import PARTS, part_label

SUFFIX = "-again"
"""What the name of a copy ends in."""
MOMENTS = 12
"""How many moments of a pass are looked at, about."""


def may_register(monkeypatch: pytest.MonkeyPatch, *registries: Registry[Any]) -> None:
    """Whatever the test registers is gone when it is over."""
    for registry in {CELLS, KINDS, OUTPUTS, *registries}:
        monkeypatch.setattr(registry, "_entries", dict(registry._entries))


def register_copy(registry: Registry[Any], name: str) -> str:
    """Register an equal of ``name`` that is another object; its name."""
    entry = registry.entry(name)
    again = name + SUFFIX
    registry.add(
        again,
        _equal(entry),
        entry.summary,
        label=entry.label,
        uses=tuple(entry.uses),
        role=entry.role,
        settles=tuple(entry.settles),
        pytorch=entry.pytorch,
    )
    return again


def _equal(entry: Entry[Any]) -> Any:
    value = entry.value
    if isinstance(value, type):
        return type(f"{value.__name__}Again", (value,), {})
    if dataclasses.is_dataclass(value):
        return dataclasses.replace(value)  # type: ignore[type-var]  # an instance: no type comes here
    return functools.wraps(value)(lambda *given, **named: value(*given, **named))


def plain(value: object) -> object:
    """Numbers bit by bit and words, to be compared; a copy has the name of the original."""
    if isinstance(value, str):
        return str(value).replace(SUFFIX, "")
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, type):
        return value.__name__.replace("Again", "")
    if dataclasses.is_dataclass(value):
        return {
            field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (tuple, list, set, frozenset)):
        return [plain(inner) for inner in value]
    return repr(value)


def moments(experiment: Experiment) -> Iterator[Frame]:
    """Frames with every measurement, at some moments of the pass after two updates."""
    collect(experiment, NOTHING)  # now all collectors are known
    kinds = frozenset(COLLECTORS)
    last = len(experiment.timeline) - 1
    for position in sorted({*range(1, last, -(-last // MOMENTS)), last - 1, last}):
        experiment.seek(2, position)
        stage = experiment.moment.stage or 1
        focus = [Focus(stage), Focus(stage, 0), Focus(stage, 0, 0)][position % 3]
        yield frame_of(
            experiment, request=Request(kinds, focus, sample=None if position % 2 else 1)
        )


def words(frame: Frame) -> list[object]:
    """Everything that is said of a frame."""
    stages = range(1, frame.stages + 1)
    place = frame.request.focus
    assert place is not None
    return [
        chain_rule(frame),
        stage_table(frame),
        tip(frame, place, Scale()),
        [forward(frame, k) for k in stages],
        backward(frame),
        [hop_factors(frame, k) for k in stages],
        [part_label(frame, part) for part in PARTS],
    ]


def everything(spec: Spec) -> dict[str, object]:
    """All figures and words of a small experiment, as :func:`plain` has them."""
    found: dict[str, object] = {"toml": plain(spec)}
    experiment = Experiment(spec)
    experiment.run(2)
    for frame in moments(experiment):
        found[f"frame of {frame.moment}"] = plain(frame)
        found[f"words of {frame.moment}"] = plain(words(frame))
    found["verdict"] = plain(judge(copy_of(experiment)))
    found["trace"] = plain({name: a for name, a in record(experiment).items() if name != "spec"})
    return found
