"""What a recorded step comes to: names, figures and sentences for the file."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vgsim.record.coding import blank
from vgsim.record.figures import BINS
from vgsim.record.pytorch.facts import facts_of, loss_name
from vgsim.record.pytorch.groups import Scratch, ValueGroup, figures_of, flat_shares
from vgsim.record.pytorch.modules import ModuleChoice, owner_of
from vgsim.record.pytorch.parameters import WatchedParameters
from vgsim.record.pytorch.paths import Paths
from vgsim.record.pytorch.recurrent import RecurrentCall
from vgsim.record.pytorch.scaling import ScaleWatch
from vgsim.record.pytorch.taps import ForwardPass, Tap
from vgsim.record.pytorch.transfer import Transfer
from vgsim.record.writer import Recording

Floats = NDArray[np.float64]


class StepWatch(Protocol):
    """What is known of a step when it ends."""

    index: int
    passes: list[ForwardPass]
    groups: dict[tuple[object, ...], ValueGroup]
    runs: list[RecurrentCall]
    paths: Paths
    parameters: WatchedParameters
    scale: ScaleWatch
    backwards: int
    repeated: int
    left_out: int
    called: set[str]
    roots: list[nn.Module]
    choice: ModuleChoice

    @property
    def watched_names(self) -> list[str]:
        """Names of the modules whose calls are recorded."""

    @property
    def optimizers(self) -> list[Any]:
        """Those that update the model."""

    def note(self, text: str, stage: str | None = None) -> None:
        """Say something in the recording, once."""


class Story:
    """Declares stages as they come, and writes the figures of each recorded step."""

    def __init__(self, recording: Recording, units: int, histograms: bool) -> None:
        self.recording = recording
        self.units = max(int(units), 0)
        self.histograms = histograms
        self._scratch = Scratch()
        self._stages: dict[str, int] = {}
        self._modules: dict[str, str] = {}
        self._traced: tuple[str, ...] = ()
        self._trace_next = True
        self._groups: set[str] = set()
        self._declared = 0
        self._facts: dict[str, str] = {}
        self._optimizers = 0
        self._loss_seen = False
        self.has_functions = False
        """Whether activations were found that are no modules, for which every step is traced."""
        self._weights_came = False

    def traces(self, index: int) -> bool:
        """Whether the paths between modules are to be found in this step."""
        return self._trace_next or self.has_functions

    def write(self, recorder: StepWatch, loss: object) -> None:
        """Write the step that ends."""
        taps = self._kept(recorder)
        names = self._names(taps)
        self._declare(recorder, taps, names)
        if isinstance(loss, Tensor):
            self.see_loss(loss)
        if not self._facts or len(recorder.optimizers) != self._optimizers:
            self._optimizers = len(recorder.optimizers)
            tensors = recorder.parameters.tensors
            self._say(facts_of(recorder.roots, tensors, recorder.optimizers, taps))
        transfer = Transfer()
        figures = self._step_figures(recorder)
        loss_at = self._add_loss(recorder, loss, figures, transfer)
        table = StageFigures(transfer, self.units, self.histograms, self._scratch)
        factor = recorder.scale.factor
        table.measure(recorder.groups, taps, factor)
        weights = self._weights(recorder, transfer)
        scale_at = None if factor is None else transfer.add(factor)
        transfer.fetch()
        scale = 1.0
        if scale_at is not None:
            scale = float(transfer[scale_at])
            figures["loss_scale"] = scale
        count = len(self._stages)
        places = [self._stages[name] for name in names]
        figures.update(table.figures(taps, places, count, scale))
        self._add_weights(recorder, figures, weights, transfer, scale)
        if loss_at is not None:
            figures["loss"] = float(transfer[loss_at])
        self._add_timesteps(recorder, taps, names, figures, scale)
        self._add_functions(recorder, taps, names, figures)
        self.recording.step(recorder.index, **figures)

    def _add_functions(
        self, recorder: StepWatch, taps: list[Tap], names: list[str], figures: dict[str, Any]
    ) -> None:
        """How many functions of no module lie before each stage, when paths were found."""
        found = recorder.paths.functions
        counts = {
            name: float(len(found[tap.key]))
            for tap, name in zip(taps, names, strict=True)
            if tap.key in found
        }
        if counts:
            figures["functions"] = counts

    def see_loss(self, loss: Tensor) -> None:
        """Say what the loss is, the first time one comes whose graph is at hand."""
        if self._loss_seen or loss.grad_fn is None:
            return
        self._loss_seen = True
        name = loss_name(loss)
        if name:
            self._say({"loss": name})

    def _say(self, facts: dict[str, str]) -> None:
        """Say of the whole run what was not said yet."""
        for key, value in facts.items():
            if self._facts.get(key) != value:
                self._facts[key] = value
                self.recording.about(key, value)

    def _kept(self, recorder: StepWatch) -> list[Tap]:
        """Outputs of the passes that a gradient came back to; without one, of the last pass."""
        passes = [it for it in recorder.passes if it.taps]
        kept = [it for it in passes if it.reached]
        if len(kept) < len(passes) and kept:
            recorder.note(
                "Forward passes that no gradient came back to were left out of this step."
            )
        if not kept and passes:
            kept = passes[-1:]
            recorder.note("No gradient came back to any recorded module in this step.")
        if recorder.repeated:
            recorder.note(
                "The optimizer ran the model several times in this update; figures are those of "
                "the first time."
            )
        if recorder.backwards > 1:
            recorder.note(
                f"This step has {recorder.backwards} backward passes; the gradients of a tensor "
                "that several of them reach are added up."
            )
        if recorder.left_out:
            recorder.note(
                f"{recorder.left_out:,} more calls of modules in this step were not recorded."
            )
        return [tap for it in kept for tap in it.taps]

    def _names(self, taps: list[Tap]) -> list[str]:
        """Each output by its module; from the second call on with the number of the call."""
        calls: dict[str, int] = {}
        names = []
        for tap in taps:
            plain = tap.owner.name + tap.label
            calls[plain] = calls.get(plain, 0) + 1
            names.append(plain if calls[plain] == 1 else f"{plain} ({calls[plain]})")
        return names

    def _declare(self, recorder: StepWatch, taps: list[Tap], names: list[str]) -> None:
        following: str | None = None
        before: dict[str, str | None] = {}
        for name in reversed(names):
            before[name] = following
            if name in self._stages:
                following = name
        by_key = {tap.key: name for tap, name in zip(taps, names, strict=True)}
        self._say_functions(recorder, by_key)
        for tap, name in zip(taps, names, strict=True):
            fed = recorder.paths.edges.get(tap.key, ())
            sources = [by_key[key] for key in fed if key in by_key]
            if name not in self._stages:
                self._stages[name] = len(self._stages)
                self._modules.setdefault(tap.owner.name, name)
                call = int(name.rpartition(" (")[2][:-1]) if name.endswith(")") else 1
                self.recording.stage(
                    name, kind=tap.owner.kind, module=tap.owner.name, call=call, inputs=sources,
                    shape=tap.shape, dtype=tap.dtype, before=before[name],
                )  # fmt: skip
                weights = any(True for _ in tap.owner.module.parameters())
                self._weights_came = self._weights_came or weights
                self._say_of(recorder, tap, name)
            elif sources:
                self.recording.stage(name, inputs=sources)
        sequence = tuple(names)
        self._trace_next = sequence != self._traced and not self._trace_next
        self._traced = sequence
        parameters = recorder.parameters
        for name, parameter in list(zip(parameters.names, parameters.tensors, strict=True))[
            self._declared :
        ]:
            stage = self._modules.get(owner_of(name, self._modules), "")
            dtype = str(parameter.dtype).removeprefix("torch.")
            self.recording.parameter(
                name, stage, tuple(parameter.shape), dtype, parameter.requires_grad
            )
        if self._declared == 0:
            self._say_never_called(recorder)
        self._declared = len(parameters.names)

    def _say_functions(self, recorder: StepWatch, by_key: dict[str, str]) -> None:
        """Name what was computed between modules without one: it has no stage of its own."""
        if recorder.choice is not None:  # modules that were not chosen are no functions
            return
        gaps: dict[str, list[str]] = {}
        for key, functions in recorder.paths.functions.items():
            sources = [by_key[it] for it in recorder.paths.edges[key] if it in by_key]
            if functions and sources and key in by_key:
                shown = " + ".join([*sources[:2], *["…"][: len(sources) - 2]])
                gaps.setdefault(", ".join(functions), []).append(f"{shown} → {by_key[key]}")
        for functions_, places in gaps.items():
            more = f" and at {len(places) - 3:,} more places" if len(places) > 3 else ""
            recorder.note(
                f"Called as functions, not as modules, and so without a stage: {functions_} "
                f"between {', '.join(places[:3])}{more}."
            )

    def _say_of(self, recorder: StepWatch, tap: Tap, name: str) -> None:
        """Why a gradient is missing where one is, once for each stage."""
        if tap.order is not None:
            if tap.unclear:
                recorder.note(
                    f"Several backward passes reached {name}, and what the first brought was not "
                    "kept: the gradient is not recorded.", name,
                )  # fmt: skip
            return
        if not tap.wants_gradient and not self._weights_came:
            recorder.note(f"{name} has no gradient: nothing up to it has parameters.", name)
        elif not tap.wants_gradient:
            recorder.note(
                f"{name} has no gradient: its output needs none (frozen, or under no_grad).", name
            )
        elif recorder.backwards and not any(
            other.owner is tap.owner and other.order is not None
            for it in recorder.passes
            for other in it.taps
        ):
            recorder.note(f"No gradient came back to {name}: the loss does not depend on it.", name)

    def _say_never_called(self, recorder: StepWatch) -> None:
        silent = [name for name in recorder.watched_names if name not in recorder.called]
        if silent:
            shown = ", ".join(silent[:8]) + (" …" if len(silent) > 8 else "")
            recorder.note(
                f"Never called as modules in the first step: {shown}. What they hold may be used "
                "by others directly, or the model was compiled before; their outputs are missing."
            )

    def _add_loss(
        self, recorder: StepWatch, loss: object, figures: dict[str, Any], transfer: Transfer
    ) -> int | None:
        """Where the loss is in the transfer; None for a plain number or no loss."""
        if isinstance(loss, Tensor):
            if loss.numel() == 1:
                return transfer.add(loss.detach().reshape(()))
            recorder.note("The loss that step() was given has several values: not recorded.")
        elif isinstance(loss, (int, float, np.generic)):
            figures["loss"] = float(loss)
        elif loss is not None:
            recorder.note(f"The loss that step() was given is no number ({type(loss).__name__}).")
        return None

    def _step_figures(self, recorder: StepWatch) -> dict[str, Any]:
        figures: dict[str, Any] = {"backward_calls": float(recorder.backwards)}
        rates: dict[str, float] = {}
        several = len(recorder.optimizers) > 1
        for number, optimizer in enumerate(recorder.optimizers):
            for place, group in enumerate(optimizer.param_groups):
                name = f"optimizer {number} group {place}" if several else f"group {place}"
                if name not in self._groups:
                    self._groups.add(name)
                    self.recording.group(name)
                if "lr" in group:
                    rates[name] = float(group["lr"])
        if rates:
            figures["learning_rate"] = rates
        return figures

    def _weights(self, recorder: StepWatch, transfer: Transfer) -> dict[str, int]:
        parameters = recorder.parameters
        with torch.no_grad():
            found = {
                "W_norm": parameters.size,
                "dW": parameters.gradient,
                "update_norm": parameters.change(),
                "clipped_norm": parameters.clipped,
            }
        return {name: transfer.add(it) for name, it in found.items() if it is not None}

    def _add_weights(
        self, recorder: StepWatch, figures: dict[str, Any], at: dict[str, int],
        transfer: Transfer, scale: float,
    ) -> None:  # fmt: skip
        parameters = recorder.parameters
        for name in ("W_norm", "update_norm"):
            if name in at:
                figures[name] = blank(len(parameters.names))
                figures[name][parameters.order] = transfer[at[name]]
        if "dW" in at:
            norms, largest, zero, lost = transfer[at["dW"]]
            norms, largest = norms / scale, largest / scale
            given = {"dW_norm": norms, "dW_max": largest, "dW_zero": zero, "dW_nan": lost}
            for name, values in given.items():
                figures[name] = blank(len(parameters.names))
                figures[name][parameters.with_gradient] = values
            figures["gradient_norm"] = _hypot(norms)
        if "clipped_norm" in at:
            figures["clipped_norm"] = float(transfer[at["clipped_norm"]])

    def _add_timesteps(
        self, recorder: StepWatch, taps: list[Tap], names: list[str],
        figures: dict[str, Any], scale: float,
    ) -> None:  # fmt: skip
        by_tap = {id(tap): name for tap, name in zip(taps, names, strict=True)}
        for run in recorder.runs:
            name = by_tap.get(id(run.taps[0])) if run.taps else None
            if name is None:
                continue
            for sentence in run.sentences:
                recorder.note(f"{name}: {sentence}", name)
            for figure, table in run.tables.items():
                divided = table if figure == "h_t" else table / scale
                figures.setdefault(figure, {})[name] = divided


@lru_cache(maxsize=256)
def _evenly(units: int, most: int) -> NDArray[np.int64]:
    """Up to ``most`` of the numbers below ``units``, from the first to the last."""
    chosen: NDArray[np.int64] = np.linspace(0, units - 1, min(most, units)).round().astype(int)
    return np.unique(chosen)


def _hypot(values: Floats) -> float:
    largest = float(np.max(np.abs(values), initial=0.0))
    if largest == 0 or not math.isfinite(largest):
        return largest
    return float(largest * np.sqrt(np.sum((values / largest) ** 2)))


class StageFigures:
    """Figures of stages, measured group by group and laid out in the order of declaration."""

    def __init__(
        self, transfer: Transfer, units: int, histograms: bool, scratch: Scratch
    ) -> None:  # fmt: skip
        self._transfer = transfer
        self._scratch = scratch
        self._units = units
        self._histograms = histograms
        self._at: dict[int, list[list[int]]] = {}
        self._histogram_at: dict[int, int] = {}
        self._chosen: dict[int, NDArray[np.int64]] = {}
        self._shares: dict[int, tuple[int, int]] = {}
        self._share_rows: dict[int, int] = {}
        self._exact: dict[tuple[int, str], int] = {}
        self._known: dict[tuple[int, str], float] = {}

    def measure(
        self, groups: dict[tuple[object, ...], ValueGroup], taps: list[Tap], factor: Tensor | None
    ) -> None:
        """Have all figures computed, on the device."""
        for group in groups.values():
            self._measure_group(group, [tap for tap in taps if tap.group is group], factor)
        for tap in taps:
            self._add_norm(tap, "h", tap.norm)
            self._add_norm(tap, "dh", tap.gradient_norm)

    def _add_norm(self, tap: Tap, side: str, norm: Tensor | float | None) -> None:
        if isinstance(norm, Tensor):
            self._exact[id(tap), side] = self._transfer.add(norm)
        elif norm is not None:
            self._known[id(tap), side] = norm

    def _measure_group(self, group: ValueGroup, taps: list[Tap], factor: Tensor | None) -> None:
        if not taps:
            return
        for tap in taps:
            if tap.order is None:
                group.gradients.views[tap.row].zero_()
        outputs = group.outputs.buffer[: group.used]
        gradients = group.gradients.buffer[: group.used]
        decades: Tensor | float | None = None
        if self._histograms:
            decades = 0.0
            if factor is not None:
                decades = torch.log10(factor.to(outputs.device, torch.float64))
        sides = [
            figures_of(outputs, group.axis, group.smallest, None, self._scratch),
            figures_of(gradients, group.axis, group.smallest, decades, self._scratch),
        ]
        units = sides[0].sums.shape[1] if sides[0].sums.ndim > 1 else 1
        self._chosen[id(group)] = _evenly(units, self._units)
        self._at[id(group)] = [
            [self._transfer.add(it) for it in side.tensors()] for side in sides
        ]  # fmt: skip
        if sides[1].histogram is not None:
            self._histogram_at[id(group)] = self._transfer.add(sides[1].histogram)
        by_slope: dict[tuple[object, ...], list[Tap]] = {}
        for tap in taps:
            slope = tap.owner.slope
            if slope is not None and (slope.basis is None or tap.basis is not None):
                by_slope.setdefault(slope.key, []).append(tap)
        for some in by_slope.values():
            self._measure_slopes(group, outputs, some)

    def _measure_slopes(self, group: ValueGroup, outputs: Tensor, taps: list[Tap]) -> None:
        slope = taps[0].owner.slope
        assert slope is not None
        if slope.basis is None:
            rows = torch.tensor([tap.row for tap in taps], device=outputs.device)
            values = outputs.index_select(0, rows)
        else:
            values = torch.stack([tap.basis for tap in taps if tap.basis is not None])
        shares = flat_shares(values, group.axis, slope, self._scratch)
        at = (self._transfer.add(shares[0]), self._transfer.add(shares[1]))
        for row, tap in enumerate(taps):
            self._shares[id(tap)] = at
            self._share_rows[id(tap)] = row

    def figures(
        self, taps: list[Tap], places: list[int], count: int, scale: float
    ) -> dict[str, Any]:
        """Everything by stage; ``places`` are those of ``taps`` among the ``count`` declared."""
        found: dict[str, Any] = {}
        for side, prefix in ((0, "h"), (1, "dh")):
            self._fill_side(found, side, prefix, taps, places, count, scale if side else 1.0)
        order = blank(count)
        came = [pair for pair in zip(taps, places, strict=True) if pair[0].order is not None]
        came.sort(key=lambda pair: pair[0].order or 0)
        for rank, (_, place) in enumerate(came):
            order[place] = rank
        saturated, dead = blank(count), blank(count)
        for tap, place in zip(taps, places, strict=True):
            if id(tap) in self._shares:
                first, second = self._shares[id(tap)]
                row = self._share_rows[id(tap)]
                saturated[place] = self._transfer[first][row]
                dead[place] = self._transfer[second][row]
        found["backward_order"] = order
        if self._shares:
            found["saturated"] = saturated
            found["dead"] = dead
        if self._histogram_at:
            histogram = np.full((count, BINS.size), -1, np.int64)
            for tap, place in zip(taps, places, strict=True):
                if self._is_known(tap, 1):
                    rows = self._transfer[self._histogram_at[id(tap.group)]]
                    histogram[place] = rows[tap.row]
            found["dh_histogram"] = histogram
        return found

    def _is_known(self, tap: Tap, side: int) -> bool:
        return side == 0 or (tap.order is not None and not tap.unclear)

    def _fill_side(
        self, found: dict[str, Any], side: int, prefix: str, taps: list[Tap], places: list[int],
        count: int, scale: float,
    ) -> None:  # fmt: skip
        columns = {}
        for name in ("rms", "norm", "max", "size", "zero", "subnormal", "inf", "nan"):
            columns[name] = blank(count)
        lists: list[Floats | None] = [None] * count
        by_group: dict[int, list[tuple[Tap, int]]] = {}
        for tap, place in zip(taps, places, strict=True):
            if self._is_known(tap, side):
                by_group.setdefault(id(tap.group), []).append((tap, place))
        for group, members in by_group.items():
            self._fill_group(columns, lists, group, side, members, scale)
        for tap, place in zip(taps, places, strict=True):
            if self._is_known(tap, side):
                key = id(tap), prefix
                norm = self._known.get(key)
                if key in self._exact:
                    norm = float(self._transfer[self._exact[key]])
                if norm is not None:
                    columns["norm"][place] = norm / scale
                    rms = norm / scale / math.sqrt(tap.numel)  # inf and nan, too, whoever met them
                    columns["max"][place] = np.maximum(columns["max"][place], rms)
        columns["rms"] = np.where(
            np.isnan(columns["norm"]), columns["norm"], columns["norm"] / np.sqrt(columns["size"])
        )
        for name, values in columns.items():
            found[f"{prefix}_{name}"] = values
        if self._units:
            found[f"{prefix}_units"] = lists

    def _fill_group(
        self, columns: dict[str, Floats], lists: list[Floats | None], group: int, side: int,
        members: list[tuple[Tap, int]], scale: float,
    ) -> None:  # fmt: skip
        """Fill in what was measured of all stages of one shape."""
        arrays = [self._transfer[at] for at in self._at[group][side]]
        rows = np.array([tap.row for tap, _ in members])
        places = np.array([place for _, place in members])
        sizes = np.array([float(tap.numel) for tap, _ in members])
        sample = members[0][0].sample
        sums = arrays[0].reshape(len(arrays[0]), -1)[rows]
        unit = arrays[1][rows] / scale
        columns["norm"][places] = unit * np.sqrt(sums.sum(1))
        columns["max"][places] = arrays[2][rows] / scale
        columns["size"][places] = sizes
        for name, array in zip(("zero", "subnormal", "inf", "nan"), arrays[3:], strict=True):
            columns[name][places] = np.rint(array[rows] * (sizes / sample))
        if self._units:
            chosen = sums[:, self._chosen[group]] * (sums.shape[1] / sample)
            by_unit = unit[:, None] * np.sqrt(chosen)
            for place, values in zip(places, by_unit, strict=True):
                lists[place] = values
