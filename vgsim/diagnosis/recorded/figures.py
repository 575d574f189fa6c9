"""Recording and step -> Findings: as far as the recording tells."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vgsim.diagnosis.criteria import FADED
from vgsim.diagnosis.findings import NAN, Findings, Trial
from vgsim.diagnosis.recorded import circumstances
from vgsim.diagnosis.recorded.attention import compared
from vgsim.diagnosis.recorded.functional import CalledActivation, called_activation
from vgsim.diagnosis.recorded.parameters import RecordedParameters
from vgsim.diagnosis.recorded.path import MainPath, main_path
from vgsim.diagnosis.recorded.rounding import rounded_stages, zeros_by_rounding
from vgsim.diagnosis.recorded.step import StepFigures
from vgsim.diagnosis.recorded.way import RecordedWay, way_in_time, way_of_layers
from vgsim.diagnosis.recorded.words import block_parts, lost_where
from vgsim.diagnosis.wording import journey
from vgsim.measure.recording.kinds import (
    DROPS,
    SOFTMAX,
    StageParts,
    activation_of,
    called,
    is_softmax,
)
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.losses import LOSSES
from vgsim.nn.precision import PRECISIONS
from vgsim.nn.spec import Spec
from vgsim.record.coding import absent
from vgsim.record.reader import RecordedRun, RecordedStep

Floats = NDArray[np.floating]
TRIAL_MOST, TRIAL_LEAST = 40, 3
"""Recorded steps after the judged one that are looked at, and from how many on that is enough;
with fewer it is those before."""
NEEDLESS = (
    "The loss has come down all the same: what happened long ago has not been needed for that."
)
LEARNED = 0.6
"""Share of the first loss below which a gradient that fades in time does no harm. Ours."""
FAINT = 1e3
"""Times the smallest normal number below which outputs count as lost, as in an experiment."""
BEGINS = 0.5
"""Share of the loss of guessing from which a first loss is that of an untrained network. Ours."""
NEVER = frozenset(
    {
        "agreement", "radius", "singular", "keep", "gates", "x", "z1", "spread", "target",
        "target_names", "majority", "held_out", "gain", "restart", "undone", "offset", "shrunk",
        "init.bias", "init.bias_value", "data.standardize", "network.depth", "network.width",
        "network.widths", "network.norm_epsilon", "training.batch", "training.clip_at",
        "training.delta", "training.label_smoothing", "training.master_weights",
        "training.truncate", "training.warmup",
    }
)  # fmt: skip
"""Figures and settings that no recording has."""


class RecordedFindings:
    """Gathers the findings of one recorded step."""

    def __init__(self, run: RecordedRun, row: int) -> None:
        self.figures = StepFigures(run, row)
        self.run = run
        self.row = row
        self.step: RecordedStep = self.figures.step
        self.parts = StageParts(run)
        self.sizes = self.figures.sizes
        self.path: MainPath = main_path(run, self.sizes)
        self.unknown = set(NEVER)
        self.parameters = RecordedParameters(self.figures, self.unknown)
        self.needless = ""
        self.way = self._way()
        self.called: CalledActivation | None = None
        if not self.way.cell and not any(hop.part == "activation" for hop in self.way.hops):
            split = called_activation(run, row, self.step, self.way)
            if split is not None:
                self.called, self.way = split

    def findings(self) -> Findings:
        """All that is known."""
        run = self.run
        output = self.path.stages[-1] if self.path.stages else len(run.stages) - 1
        outputs = run.stage_list[output].shape[-1:] or (0,)
        activation, units = self._units()
        loss = circumstances.loss_of(run, outputs[0])
        classes = loss in LOSSES and LOSSES[loss].needs_classes
        guessing = self._guessing(outputs[0]) if classes else NAN
        clipped = self.parameters.clipped()
        scale = self.step.number("loss_scale")
        spec = circumstances.likeness(
            run, self.step, [run.stage_list[k] for k in self._of_the_way()],
            cell=self.way.cell, activation=activation,
            around=any(hop.around for hop in self.way.hops),
            output=self._output_end(output), loss=loss, clipped=clipped < 1,
            scaled=scale > 0, dropped=self._dropped(),
        )  # fmt: skip
        self._mark_unknown()
        if classes:
            self.unknown.discard("target")
        figures: dict[str, object] = {
            **self._losses(), **units, **self._gradient(output), **self._forward(),
            **self.parameters.all(), **self._alike(),
        }  # fmt: skip
        return Findings(
            spec=spec, step=self.step.step, way=self.way.way, activation=activation,
            chance=guessing, uniform=guessing, clipped=clipped,
            scale=scale if scale > 0 else 1.0, rate=self.figures.rate(),
            unknown=frozenset(self.unknown), named=self.way.named, unit=self.way.unit,
            where=lost_where(run, self.way), stage_names=self._names(), bare=self._bare(),
            usual_size=self.parameters.usual_size(), needless=self.needless,
            **figures,  # type: ignore[arg-type]  # every part names fields of Findings
        )  # fmt: skip

    # -- the way of the gradient

    def _way(self) -> RecordedWay:
        """Over the layers, or over the timesteps where those lose or gain more."""
        layers = way_of_layers(self.run, self.path)
        in_time = way_in_time(self.run, self.step)
        if in_time is None or not in_time.way.hops:
            return layers
        if in_time.way.decades < 0 and self._has_learned():
            fading = Findings(
                Spec(), way=in_time.way, named=in_time.named, unit=in_time.unit, arrives=1.0
            )
            if fading.lost > FADED:
                self.needless = f"{journey(fading)} {NEEDLESS}"
            return layers
        here, there = abs(in_time.way.decades), abs(layers.way.decades)
        if here >= FADED or not layers.way.hops or not there >= FADED:
            return in_time
        return layers

    def _has_learned(self) -> bool:
        """Whether the loss has come down far from where it began."""
        losses = self.run["loss"] if "loss" in self.run.figures else np.empty(0)
        return len(losses) > self.row and bool(losses[self.row] < LEARNED * losses[0])

    def _of_the_way(self) -> list[int]:
        """The stages between begin and end, those in branches included."""
        if self.way.unit == "timestep":
            return [self.way.begin]
        return list(range(self.way.end + 1, self.way.begin + 1)) or list(self.path.stages)

    def _names(self) -> tuple[str, ...]:
        return tuple(called(stage) for stage in self.run.stage_list)

    def _bare(self) -> tuple[str, str, float]:
        """Of blocks the part that a skip path leads around, the one that none does, its factor."""
        parts = block_parts(self.run, self.way)
        around = [part for part in parts if part.around]
        bare = [part for part in parts if not part.around]
        if not around or not bare:
            return "", "", 1.0
        worst = max(bare, key=lambda part: abs(part.decades))
        return around[0].name, worst.name, float(10**worst.decades)

    def _gradient(self, output: int) -> dict[str, object]:
        """What arrives, and what became 0 by rounding."""
        end = self.way.end
        if not self.path.stages:
            return {"error": NAN, "arrives": NAN, "broken": self._broken()}
        arrives = float(self.sizes[end])
        if self.way.unit == "timestep":
            hops = self.way.way.hops
            arrives = 0.0 if 0.0 in hops else float(self.sizes[end])
        rounded = rounded_stages(self.figures, self.path)
        zeros = (
            zeros_by_rounding(self.figures, self.path, self.parts, self.way.end) if rounded else 0.0
        )
        return {
            "error": float(self.sizes[output]),
            "arrives": arrives,
            "zeros": zeros,
            "underflow": bool(rounded),
            "rounded": rounded,
            "peaked": self._peaked(),
            "logits": compared(self.run, self.step),
            "broken": self._broken(),
            "lost_at_first": self._lost_at_first(),
        }

    def _peaked(self) -> tuple[tuple[str, float], ...]:
        """Softmaxes within the network with the share of their rows that are saturated."""
        flat = self.figures.by_stage("saturated")
        last = self.path.stages[-1] if self.path.stages else -1
        return tuple(
            (called(self.run.stage_list[k]), float(flat[k]))
            for k, stage in enumerate(self.run.stage_list)
            if is_softmax(stage.kind) and k != last and not math.isnan(flat[k])
        )

    def _broken(self) -> bool:
        """Whether anything is inf or nan that was measured."""
        step = self.step
        loss = step.number("loss")
        if not absent(np.array([loss]))[0] and not math.isfinite(loss):
            return True
        for name in ("dh_inf", "dh_nan", "h_nan", "h_inf"):
            if name in step and bool((np.nan_to_num(step[name]) > 0).any()) and self._hurts(name):
                return True
        for name in ("dh_rms", "dW_norm", "W_norm"):
            if name in step:
                values = step[name]
                if bool((~np.isfinite(values) & ~absent(values)).any()):
                    return True
        return False

    def _hurts(self, name: str) -> bool:
        """-inf in an output may be a mask of attention; in a gradient it is none."""
        return name != "h_inf"

    def _lost_at_first(self) -> float:
        if self.row == 0 or "dh_rms" not in self.run:
            return -self.way.way.decades
        first = main_path(self.run, self.run["dh_rms"][0])
        return -way_of_layers(self.run, first).way.decades

    # -- units

    def _units(self) -> tuple[str, dict[str, object]]:
        """The activation that most hidden stages have, and how flat it is."""
        hidden = [k for k in self._of_the_way() if self.parts[k] == "activation"]
        if self.way.end >= 0 and self.parts[self.way.end] == "activation":
            hidden.insert(0, self.way.end)
        names = [activation_of(self.run.stage_list[k].kind) for k in hidden]
        called_here = tuple(called(self.run.stage_list[k]) for k in hidden)
        bent = [name for name in names if name]
        if self.way.cell:
            self.unknown |= {"derivative", "slopes", "saturated", "dead"}
            return "tanh", {}
        if not bent and self.called is not None:
            return self.called.name, self._called_units(self.called)
        if not bent:
            self.unknown |= {"bound", "bounds", "derivative", "slopes", "saturated", "dead"}
            return "identity", {}
        commonest = Counter(bent).most_common(1)[0][0]
        figures: dict[str, object] = {
            "unit_names": called_here,
            "bound": ACTIVATIONS[commonest].bound,
            "bounds": tuple(ACTIVATIONS[name].bound for name in names),
        }
        for name in ("saturated", "dead"):
            values = self.figures.by_stage(name)[hidden]
            if np.isnan(values).any():
                self.unknown.add(name)
            else:
                figures[name] = tuple(values.tolist())
        slopes = self._slopes(hidden, names)
        if commonest in slopes:
            figures["derivative"] = slopes[commonest][0]
            figures["slopes"] = slopes
        else:
            self.unknown |= {"derivative", "slopes"}
        return commonest, figures

    def _called_units(self, called_here: CalledActivation) -> dict[str, object]:
        """The same of an activation that has no stage: estimates by what it does."""
        bound = ACTIVATIONS[called_here.name].bound
        slopes = [slope for slope in called_here.slopes if math.isfinite(slope)]
        mean = math.fsum(slopes) / len(slopes) if slopes else NAN
        self.unknown.add("saturated")
        if not called_here.dead:
            self.unknown.add("dead")
        return {
            "unit_names": tuple(called(self.run.stage_list[k]) for k in called_here.places),
            "bound": bound,
            "bounds": (bound,) * (len(called_here.places) + 1),
            "dead": called_here.dead,
            "derivative": mean,
            "slopes": {called_here.name: (mean, bound)},
        }

    def _slopes(
        self, places: Sequence[int], names: Sequence[str]
    ) -> dict[str, tuple[float, float]]:
        """Mean |f′| and its bound by activation; where it was not recorded, the factor of a hop."""
        found: dict[str, list[float]] = defaultdict(list)
        recorded = self.figures.by_stage("slope")
        by_upper = {hop.upper: hop.factor for hop in self.path.hops}
        for place, name in zip(places, names, strict=True):
            slope = float(recorded[place])
            if math.isnan(slope):
                slope = by_upper.get(place, NAN)
            if not math.isnan(slope):
                found[name].append(slope)
        return {
            name: (math.fsum(values) / len(values), ACTIVATIONS[name].bound)
            for name, values in found.items()
        }

    def _alike(self) -> dict[str, object]:
        """Share of hidden stages all of whose units are the same one, and of those without weights.

        Units are the same where both their outputs and their gradients have one size.
        """
        weights = [k for k in self._of_the_way() if self.parts[k] in ("weights", "recurrent")]
        figures: dict[str, object] = {}
        names = {self.run.stages[k] for k in weights}
        norms = self.parameters.weight_norms()
        sized = [norms[name] for name in names if name in norms]
        if sized:
            figures["zero_weights"] = sum(norm == 0 for norm in sized) / len(sized)
        else:
            self.unknown.add("zero_weights")
        tables = [
            self.step.tables(it) if it in self.step else None for it in ("h_units", "dh_units")
        ]
        if tables[0] is None or tables[1] is None or not weights:
            self.unknown.add("alike")
            return figures
        same = [
            _one_size(tables[0][k]) and _one_size(tables[1][k])
            for k in weights
            if tables[0][k] is not None
        ]
        figures["alike"] = sum(same) / len(same) if same else 0.0
        return figures

    def _dropped(self) -> float:
        """The largest share of its input that a dropout makes 0."""
        zero = self.figures.by_stage("h_zero") / self.figures.by_stage("h_size")
        found = 0.0
        for hop in self.path.hops:
            if self.parts[hop.upper] == DROPS and zero[hop.lower] < 1:
                kept = (1 - zero[hop.upper]) / (1 - zero[hop.lower])
                found = max(found, 1 - float(kept))
        return found

    # -- the loss

    def _guessing(self, classes: int) -> float:
        """J of holding all classes for equally likely; nan where J began far below that, because it
        is weighted, or the network was trained before."""
        guessing = math.log(max(classes, 1))
        if "loss" in self.run.figures and self.run["loss"][0] < BEGINS * guessing:
            return NAN
        return guessing if guessing > 0 else NAN

    def _losses(self) -> dict[str, object]:
        """The loss now, at the start, at its worst, and in the recorded steps ahead or before."""
        row = self.row
        known = self.run["loss"] if "loss" in self.run else np.full(len(self.run.steps), NAN)
        before = [math.inf if _is_nan(it) else float(it) for it in known[: row + 1]]
        ahead = known[row + 1 : row + 1 + TRIAL_MOST]
        past = len(ahead) < TRIAL_LEAST
        if past:
            ahead = known[max(row + 1 - TRIAL_MOST, 0) : row + 1]
        steps = self.run.steps
        every = int(steps[1] - steps[0]) if len(steps) > 1 else 1
        losses = [float(it) for it in ahead if not absent(np.array([it]))[0]]
        finite = all(map(math.isfinite, losses))
        return {
            "loss": before[-1], "start": before[0], "peak": max(before),
            "trial": Trial(tuple(filter(math.isfinite, losses)), finite, every=every, past=past),
        }  # fmt: skip

    def _mark_unknown(self) -> None:
        """Settings of the optimizer are known where any are: what is not told is 0."""
        if not circumstances.knows_settings(self.run):
            self.unknown |= {"training.momentum", "training.epsilon", "training.weight_decay"}
            self.unknown.add("decay")
        self.unknown.discard("training.warmup")

    # -- the forward pass

    def _forward(self) -> dict[str, object]:
        """Where outputs are near an end of their number type, and what norms are over."""
        figures: dict[str, object] = {}
        sizes = self.figures.by_stage("h_rms")
        largest = self.figures.by_stage("h_max")
        before = NAN
        for k in self.path.stages:
            dtype = self.run.stage_list[k].dtype or "float32"
            most, least = _range(dtype)
            if "burst" not in figures and largest[k] > 1e-2 * most:
                figures["burst"] = k + 1
            shrinking = 0 < before < math.sqrt(FAINT * least) and sizes[k] < FAINT * least
            if "faded" not in figures and shrinking and sizes[k] >= 0:
                figures["faded"] = k + 1
            if sizes[k] > 0 and math.isfinite(sizes[k]):
                before = float(sizes[k])
        over = [_values_of_norm(stage.kind, stage.shape) for stage in self.run.stage_list]
        figures["normalized"] = min(filter(None, over), default=0)
        return figures

    def _output_end(self, output: int) -> str:
        kind = self.run.stage_list[output].kind if self.run.stage_list else ""
        if is_softmax(kind):
            return SOFTMAX
        return activation_of(kind) or "identity"


def _is_nan(value: float) -> bool:
    return math.isnan(value) and not bool(absent(np.array([value]))[0])


def _one_size(units: Floats | None) -> bool:
    """Whether several units all have the same size, which is not 0."""
    if units is None or units.size < 2:
        return False
    return bool(units.min() > 0 and units.max() <= 1.002 * units.min())


def _range(dtype: str) -> tuple[float, float]:
    """The largest and the smallest normal number of a type."""
    least = {"float16": 2.0**-14, "float64": 2.0**-1022}
    kind = dtype if dtype in PRECISIONS else "float32"
    return PRECISIONS[kind].largest, least.get(kind, 2.0**-126)


def _values_of_norm(kind: str, shape: tuple[int, ...]) -> int:
    """Values that a mean is over; 0 where it is not known."""
    kind = kind.lower()
    if "batchnorm" in kind and len(shape) > 1:
        return math.prod(shape) // max(shape[1], 1)
    if "layernorm" in kind and shape:
        return shape[-1]
    return 0
