"""Findings that note every figure that is read of them, and a varied set of findings to read."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, replace
from typing import Any

import numpy as np

from vgsim.diagnosis.findings import Findings, GradientWay, Trial
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.presets import load_preset, preset_names
from vgsim.nn.spec import Spec

FIELDS = {field.name for field in fields(Findings)}
WAY = {field.name for field in fields(GradientWay)}


class WatchedFindings:
    """Stands for findings; ``read`` are the names of the figures that were asked for.

    A setting is read by its path ("training.clip"), a part of the way as "way.hops".
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name == "spec":
            return _WatchedSpec(self._findings.spec, self.read)
        if name == "way":
            return _WatchedWay(self._findings.way, self.read)
        if name == "unknown":  # whoever asks whether a figure is known does not read it
            return self._findings.unknown
        if name in FIELDS:
            self.read.add(name)
            return getattr(self._findings, name)
        found = getattr(Findings, name)
        if isinstance(found, property):
            return found.fget(self)
        return found.__get__(self)


class _WatchedWay:
    def __init__(self, way: GradientWay, read: set[str]) -> None:
        self._way = way
        self._read = read

    def __getattr__(self, name: str) -> Any:
        if name in WAY:
            self._read.add(f"way.{name}")
            return getattr(self._way, name)
        found = getattr(GradientWay, name)
        if isinstance(found, property):
            return found.fget(self)
        return found.__get__(self)


class _WatchedSpec:
    def __init__(self, spec: Spec, read: set[str]) -> None:
        self._spec = spec
        self._read = read

    def applies(self, path: str) -> bool:
        self._read.add(path)
        return self._spec.applies(path)

    def __getitem__(self, path: str) -> Any:
        self._read.add(path)
        return self._spec[path]

    def __getattr__(self, name: str) -> Any:
        return _WatchedSection(getattr(self._spec, name), name, self._read)


class _WatchedSection:
    def __init__(self, section: Any, name: str, read: set[str]) -> None:
        self._section = section
        self._name = name
        self._read = read

    def __getattr__(self, name: str) -> Any:
        self._read.add(f"{self._name}.{name}")
        return getattr(self._section, name)


SPECIAL = (0.0, 1e-12, 1e-5, 1e-3, 0.03, 0.3, 0.95, 1.0, 3.0, 40.0, 1e5)
SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"network.dropout": 0.9},
    {"network.norm": "batch"},
    {"network.norm": "layer", "network.skip": "add"},
    {"network.skip": "add"},
    {"network.output": "softmax"},
    {"training.optimizer": "adam", "training.epsilon": 1.0},
    {"training.momentum": 0.99, "training.optimizer": "sgd_momentum"},
    {"training.precision": "float16", "training.loss_scaling": "dynamic"},
    {"training.weight_decay": 0.5},
    {"training.warmup": 5000},
    {"training.clip": "norm", "training.clip_at": 0.1},
    {"training.label_smoothing": 0.95},
    {"training.truncate": 3},
    {"init.bias": "constant", "init.bias_value": -8.0},
    {"training.loss": "huber", "training.delta": 1e-4},
)


def varied(count: int = 1500) -> Iterator[Findings]:
    """Findings of every kind of network and setting, with figures anywhere."""
    rng = np.random.default_rng(0)
    presets = [load_preset(name) for name in preset_names()]
    activations = [entry.name for entry in ACTIVATIONS]
    for _ in range(count):
        spec = presets[rng.integers(len(presets))]
        changes = SETTINGS[rng.integers(len(SETTINGS))]
        with suppress(ValueError):  # not every kind of network has every setting
            spec = spec.replace(changes)
        yield _anything(rng, spec, activations)


def _anything(rng: np.random.Generator, spec: Spec, activations: list[str]) -> Findings:
    def number() -> float:
        return float(rng.choice([*SPECIAL, math.nan]))

    figures: dict[str, Any] = {}
    for field in fields(Findings):
        if field.type == "float" and rng.random() < 0.6:
            figures[field.name] = number()
        elif field.type == "bool":
            figures[field.name] = bool(rng.random() < 0.15)
        elif field.type == "int":
            figures[field.name] = int(rng.choice([0, 0, 1, 2, 30, 5000]))
    hops = tuple(float(hop) for hop in rng.choice([0.0, 0.2, 0.9, 1.0, 5.0], rng.integers(0, 25)))
    if rng.random() < 0.5:
        hops = tuple(hop or 0.5 for hop in hops)
    names = ("activation", "weights", "skip", "normalization")
    parts = {name: float(rng.choice([-math.inf, -4.0, -1.0, 0.0, 2.0, 6.0])) for name in names}
    losses = tuple(rng.choice(SPECIAL, rng.integers(0, 9)).tolist())
    shares = tuple(float(share) for share in rng.choice([0.0, 0.5, 1.0], rng.integers(0, 4)))
    return replace(
        Findings(spec=spec, **figures),
        way=GradientWay(hops, parts, int(rng.random() < 0.2), len(hops) + 1),
        trial=Trial(losses, bool(rng.random() < 0.8), number(), number()),
        activation=str(rng.choice(activations)),
        saturated=shares, dead=shares, ratios=(number(), number()),
        gates={"f": shares, "i": shares},
        held_out=(number(), number()),
    )  # fmt: skip
