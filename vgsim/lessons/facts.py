"""What the figures of a lesson are computed from: passes of real experiments.

A pass is asked for by its spec and the updates before it. Its quantities do not depend on the
moment at which one stands in it, so one record serves them all.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import SpecError
from vgsim.core.untrusted import GivenUp
from vgsim.lessons.expressions import FUNCTIONS, ByStage, ExpressionError, compute
from vgsim.lessons.lesson import LessonScene, PageAction
from vgsim.lessons.reading import MOST_STEPS
from vgsim.measure.frame import Frame
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import Spec

Floats = NDArray[np.floating]
KEPT_PASSES, KEPT_EXPERIMENTS = 256, 6
"""Passes and experiments that are kept, the latest."""
PARTS = {"derivative": "activation", "weights": "weights", "normalization": "normalization",
         "skip": "skip"}  # fmt: skip
"""Parts of a hop's factor by the name that a lesson calls them, and by that in a frame."""


@dataclass(frozen=True, slots=True)
class PassFacts:
    """Quantities of one pass as a lesson calls them; what is not known (yet) is nan.

    Arrays (N,) by stage are those of :class:`~vgsim.measure.frame.Frame`; ``factors`` (N − 1,) are
    those of the hops from stage 2, 3, … N to the one below, and ``parts`` split them.
    """

    frame_numbers: dict[str, float]
    by_stage: dict[str, Floats]
    hops: dict[str, Floats]

    def value(self, name: str) -> object:
        """A quantity by its name; ExpressionError when there is none."""
        if name in self.frame_numbers:
            return self.frame_numbers[name]
        if name in self.by_stage:
            return ByStage(np.asarray(self.by_stage[name], np.float64), 1, name)
        if name in self.hops:
            return ByStage(np.asarray(self.hops[name], np.float64), 2, name)
        raise ExpressionError("one of " + ", ".join(QUANTITIES))


QUANTITIES = (
    "J", "accuracy", "J_heldout", "accuracy_heldout", "step", "eta", "chance", "seed", "N", "T",
    "first", "last", "ratio", "lost", "dh", "h", "dW", "update", "weight_norm", "factor",
    *PARTS, "field(…)", "until", "at(steps)", "other", "preset(…)", "now",
)  # fmt: skip
"""Names that a lesson knows."""


def facts_of(frame: Frame) -> PassFacts:
    """What is known in ``frame``, as a lesson calls it."""
    dh = frame.dh_rms
    with np.errstate(all="ignore"):
        factors = dh[:-1] / dh[1:]
        ratio = float(dh[0] / dh[-1])
    history = frame.history
    held = history.held_steps.searchsorted(frame.step, side="right") - 1
    known = held >= 0
    numbers = {
        "J": frame.loss,
        "accuracy": frame.accuracy,
        "J_heldout": float(history.held_loss[held]) if known else math.nan,
        "accuracy_heldout": float(history.held_accuracy[held]) if known else math.nan,
        "step": frame.step,
        "eta": frame.subject.learning_rate,
        "chance": frame.chance_loss,
        "seed": math.nan if frame.subject.seed is None else frame.subject.seed,
        "N": frame.stages,
        "T": frame.stages - 1,
        "first": float(dh[0]),
        "last": float(dh[-1]),
        "ratio": ratio,
        "lost": _decades_lost(ratio),
    }
    stages = {
        "dh": dh, "h": frame.h_rms, "dW": frame.dW_norm, "update": frame.update_norm,
        "weight_norm": frame.weight_norm,
    }  # fmt: skip
    hops: dict[str, Floats] = {"factor": factors}
    for name, part in PARTS.items():
        hops[name] = np.array([_part(frame, stage, part) for stage in range(2, frame.stages + 1)])
    return PassFacts(numbers, stages, hops)


def _decades_lost(ratio: float) -> float:
    if ratio == 0:
        return math.inf
    if ratio > 0:
        return -math.log10(ratio)
    return math.nan


def _part(frame: Frame, stage: int, part: str) -> float:
    """What one part of the hop below ``stage`` multiplies the gradient by; nan if not taken yet."""
    cuts = frame.cuts[stage - 1] if len(frame.cuts) >= stage else ()
    if len(cuts) < 2:
        return math.nan
    product = 1.0
    for (_, above), (name, below) in pairwise(cuts):
        if name == part and above:
            product *= below / above
        elif name == part:
            product = math.nan
    return product


class Engine:
    """Runs the experiments that lessons ask for, and keeps what came of them.

    Safe to be asked from several threads; ``stop``, which may be exchanged, ends a long way by
    GivenUp.
    """

    def __init__(self, stop: Callable[[], bool] = lambda: False) -> None:
        self.stop = stop
        self._lock = threading.Lock()
        self._passes: OrderedDict[tuple[Spec, int], PassFacts] = OrderedDict()
        self._experiments: OrderedDict[Spec, Experiment] = OrderedDict()

    def known(self, spec: Spec, steps: int) -> bool:
        """Whether the pass after ``steps`` updates needs no running any more."""
        return (spec, steps) in self._passes

    def facts(self, spec: Spec, steps: int) -> PassFacts:
        """The pass after ``steps`` updates of ``spec``; SpecError if that cannot be run."""
        with self._lock:
            found = self._passes.get((spec, steps))
            if found is None:
                found = self._run(spec, steps)
                self._passes[spec, steps] = found
                if len(self._passes) > KEPT_PASSES:
                    self._passes.popitem(last=False)
            return found

    def _run(self, spec: Spec, steps: int) -> PassFacts:
        experiment = self._experiments.get(spec)
        if experiment is None:
            experiment = self._experiments[spec] = Experiment(spec)
            if len(self._experiments) > KEPT_EXPERIMENTS:
                self._experiments.popitem(last=False)
        experiment.seek(steps, 0, self.stop)
        if self.stop():
            raise GivenUp
        experiment.evaluate()
        held = experiment.history.view(experiment.step)
        experiment.seek(steps, len(experiment.timeline) - 1, self.stop)
        facts = facts_of(frame_of(experiment))
        numbers = facts.frame_numbers | {
            "step": steps,
            "J_heldout": float(held.held_loss[-1]) if len(held.held_loss) else math.nan,
            "accuracy_heldout": float(held.held_accuracy[-1]) if len(held.held_loss) else math.nan,
        }
        return PassFacts(numbers, facts.by_stage, facts.hops)


class _Pass:
    """The names of one pass, which is run when the first of them is asked for."""

    def __init__(self, engine: Engine, spec: Spec, steps: int) -> None:
        self._engine = engine
        self._spec = spec
        self._steps = steps

    def value(self, name: str) -> object:
        if name == "at":
            return self._at
        if name == "field":
            return self._field
        return self._engine.facts(self._spec, self._steps).value(name)

    def _at(self, steps: object, moment: object = "update") -> _Pass:
        if not isinstance(steps, int) or not 0 <= steps <= MOST_STEPS:
            raise ExpressionError(f"at(steps) with 0 to {MOST_STEPS:,} updates")
        if not isinstance(moment, str):
            raise ExpressionError("the name of a moment, such as 'loss', in at(steps, moment)")
        return _Pass(self._engine, self._spec, steps)

    def _field(self, path: object) -> object:
        try:
            return self._spec[str(path)]
        except SpecError as error:
            raise ExpressionError(str(error)) from None


class _Now:
    """The names of what stands in the window."""

    def __init__(self, frame: Frame | None) -> None:
        self._frame = frame

    def value(self, name: str) -> object:
        if self._frame is None:
            return math.nan
        if name == "other":
            return _Now(self._frame.other)
        if name == "field":
            return lambda path: self._field(str(path))
        return facts_of(self._frame).value(name)

    def _field(self, path: str) -> object:
        assert self._frame is not None  # asked for above
        if self._frame.spec is None:
            raise ExpressionError("field(…) of an experiment, which what stands there is not")
        try:
            return self._frame.spec[path]
        except SpecError as error:
            raise ExpressionError(str(error)) from None


class Facts:
    """What the expressions of one page are about.

    ``spec`` is the experiment where the scene names none; ``frame`` is what stands in the window;
    ``action`` is that of the page, whose updates are called ``until``.
    """

    def __init__(
        self,
        engine: Engine,
        scene: LessonScene,
        spec: Spec | None,
        frame: Frame | None = None,
        action: PageAction | None = None,
    ) -> None:
        self._engine = engine
        self._action = action
        self._scene = scene
        self._spec = scene.spec or spec
        self.frame = frame

    def value(self, name: str) -> object:
        """What a name means on this page; ExpressionError when it has no meaning."""
        if name in FUNCTIONS:
            return FUNCTIONS[name]
        if name in ("yes", "true"):
            return True
        if name in ("no", "false"):
            return False
        if name == "pi":
            return math.pi
        if name == "until":
            if self._action is None or self._action.steps is None:
                raise ExpressionError("until on a page whose button trains until an update")
            return self._action.steps
        if name == "now":
            return _Now(self.frame)
        if name == "preset":
            return self._preset
        if name == "other":
            if self._scene.other is None:
                raise ExpressionError("other on a page whose scene compares two experiments")
            return _Pass(self._engine, self._scene.other, self._scene.steps)
        if self._spec is None:
            raise ExpressionError("a quantity on a page whose scene names an experiment")
        return _Pass(self._engine, self._spec, self._scene.steps).value(name)

    def _preset(self, name: object) -> _Pass:
        try:
            return _Pass(self._engine, load_preset(str(name)), 0)
        except SpecError as error:
            raise ExpressionError(str(error)) from None

    def compute(self, expression: str) -> bool | int | float | str | ByStage:
        """The value of an expression; ExpressionError, or SpecError from a run that fails."""
        found = compute(expression, self)
        if isinstance(found, (bool, int, float, str, ByStage)):
            return found
        raise ExpressionError("an expression with a value")
