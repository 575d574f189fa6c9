"""What a recorded step tells of parameters: updates, decay, and which of them learn nothing."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from vgsim.diagnosis.findings import NAN
from vgsim.diagnosis.recorded import circumstances
from vgsim.diagnosis.recorded.step import StepFigures
from vgsim.nn.optimizers import OPTIMIZERS

UNCUT = 0.999
"""Norm after clipping over that before from which nothing was cut: two ways to sum may differ."""


class RecordedParameters:
    """Figures of the parameters; what is not known goes into ``unknown``."""

    def __init__(self, figures: StepFigures, unknown: set[str]) -> None:
        self.figures = figures
        self.run = figures.run
        self.row = figures.row
        self.step = figures.step
        self.sizes = figures.sizes
        self.unknown = unknown

    def all(self) -> dict[str, object]:
        """Updates, decay, and which parameters get no gradient or none of it."""
        found: dict[str, object] = {"ratios": tuple(self._ratios())}
        found |= self._still()
        if "training.weight_decay" not in self.unknown and "decay" not in self.unknown:
            found["decay"] = self._decay()
            found["shrunk"] = self._shrunk()
            self.unknown.discard("shrunk")
        gradient = self.step.number("gradient_norm")
        count = sum(math.prod(it.shape) for it in self.run.parameter_list if it.trained)
        if gradient >= 0 and count:
            found["gradient"] = gradient / math.sqrt(count)
        else:
            self.unknown.add("gradient")
        return found

    def _ratios(self) -> Iterator[float]:
        """‖Δw‖ / ‖w‖ by stage, w after the update as in an experiment: that of the next pass where
        it was recorded, else as if the update were at right angles to w."""
        if "update_norm" not in self.step or "W_norm" not in self.step:
            return
        sizes: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        changes = np.asarray(self.step["update_norm"], float)
        after = np.hypot(np.asarray(self.step["W_norm"], float), changes)
        if self.step.step + 1 in self.run.steps[self.row + 1 : self.row + 2]:
            after = self.run["W_norm"][self.row + 1]
        norms = zip(changes, after, strict=True)
        for parameter, (change, norm) in zip(self.run.parameter_list, norms, strict=True):
            if math.isfinite(change) and math.isfinite(norm):
                pair = sizes[parameter.stage or parameter.name]
                pair[0] = math.hypot(pair[0], change)
                pair[1] = math.hypot(pair[1], norm)
        for change, norm in sizes.values():
            yield change / norm if norm > 0 else NAN

    def _still(self) -> dict[str, object]:
        """Stages that no gradient comes to though they were called, and frozen ones."""
        called = ~np.isnan(self.figures.by_stage("h_rms"))
        place = {name: k for k, name in enumerate(self.run.stages)}
        gradient = self.figures.by_parameter("dW_norm")
        change = self.figures.by_parameter("update_norm")
        cut: list[str] = []
        frozen: list[str] = []
        unmoved: list[str] = []
        whole = held = 0
        moves = bool((np.nan_to_num(change) > 0).any())
        for number, parameter in enumerate(self.run.parameter_list):
            at = place.get(parameter.stage)
            size = math.prod(parameter.shape)
            whole += size
            if at is None or not called[at]:
                continue
            silent = math.isnan(gradient[number]) or gradient[number] == 0
            if not parameter.trained:
                frozen.append(parameter.stage)
                held += size
            elif silent and math.isnan(self.sizes[at]) and self._is_deaf(parameter.stage):
                cut.append(parameter.stage)
            elif moves and change[number] == 0 and gradient[number] > 0:
                unmoved.append(parameter.stage)
                held += size
        known = "dW_norm" in self.step and bool(np.isfinite(self.sizes).any())
        return {
            "cut_off": self._in_order(cut) if known else (),
            "frozen": self._in_order(frozen),
            "unmoved": self._in_order(unmoved),
            "held_share": held / whole if whole else 0.0,
        }

    def _in_order(self, stages: Sequence[str]) -> tuple[str, ...]:
        """Each once, in the order of execution."""
        names = set(stages)
        return tuple(stage.name for stage in self.run.stage_list if stage.name in names)

    def _is_deaf(self, stage: str) -> bool:
        """Whether no call of the module got a gradient."""
        module = next((it.module for it in self.run.stage_list if it.name == stage), stage)
        own = [k for k, it in enumerate(self.run.stage_list) if it.module == module]
        return bool(np.isnan(self.sizes[own]).all())

    def _decay(self) -> float:
        """What weight decay pulls, over the gradient."""
        decay = circumstances.settings_of(self.run).get("weight_decay", 0.0)
        gradient = self.step.number("gradient_norm")
        if not decay or not gradient > 0 or "W_norm" not in self.step:
            return 0.0
        norm = _whole(self.step["W_norm"])
        optimizer = circumstances.optimizer_of(self.run)
        if optimizer and OPTIMIZERS[optimizer].decoupled:
            change = _whole(self.step["update_norm"])
            return self.figures.rate() * decay * norm / change if change > 0 else 0.0
        return decay * norm / gradient

    def _shrunk(self) -> float:
        if "W_norm" not in self.run:
            return 1.0
        first = _whole(self.run["W_norm"][0])
        now = _whole(self.run["W_norm"][self.row])
        return now / first if first > 0 else 1.0

    def usual_size(self) -> float:
        """Median size of the weights against 1 / √inputs: 0.58 is PyTorch's own, He's is 1.4."""
        if "W_norm" not in self.step:
            return NAN
        sizes = []
        for parameter, norm in zip(self.run.parameter_list, self.step["W_norm"], strict=True):
            if len(parameter.shape) > 1 and norm >= 0:
                outputs = parameter.shape[0]
                sizes.append(float(norm) / math.sqrt(max(outputs, 1)))
        return float(np.median(sizes)) if sizes else NAN

    def weight_norms(self) -> dict[str, float]:
        """Norms of the matrices by their stage."""
        if "W_norm" not in self.step:
            return {}
        found: dict[str, float] = {}
        for parameter, norm in zip(self.run.parameter_list, self.step["W_norm"], strict=True):
            if len(parameter.shape) > 1 and not math.isnan(norm):
                found[parameter.stage] = found.get(parameter.stage, 0.0) + float(norm)
        return found

    def clipped(self) -> float:
        before, after = (
            self.step.number("gradient_norm"),
            self.step.number("clipped_norm"),
        )
        if before > 0 and after >= 0:
            return after / before if after < UNCUT * before else 1.0
        self.unknown.add("clipped")
        return 1.0


def _whole(norms: NDArray[np.generic]) -> float:
    """The norm of all parameters from those of each; nan counts for nothing."""
    return math.hypot(*np.nan_to_num(np.asarray(norms, float)).tolist())
