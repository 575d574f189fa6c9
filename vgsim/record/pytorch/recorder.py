"""The recorder: hooks on a model, figures of every recorded step, one transfer each."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)

from vgsim.record.figures import FUNCTION
from vgsim.record.pytorch.functions import (
    MOST_FUNCTIONS,
    can_be_read,
    function_name,
    is_activation,
    module_of,
    output_and_input,
)
from vgsim.record.pytorch.groups import ValueGroup
from vgsim.record.pytorch.hooks import (
    HarmlessHook,
    keep_from_compiler,
    plain,
    recordable,
    tensors_in,
)
from vgsim.record.pytorch.modules import ModuleChoice, joined, unwrapped, watched
from vgsim.record.pytorch.parameters import WatchedParameters
from vgsim.record.pytorch.paths import Paths
from vgsim.record.pytorch.recurrent import RecurrentCall
from vgsim.record.pytorch.samples import MOST_VALUES, norm_of, sampled, unit_axis
from vgsim.record.pytorch.scaling import ScaleWatch
from vgsim.record.pytorch.slopes import slope_of
from vgsim.record.pytorch.story import Story
from vgsim.record.pytorch.taps import ForwardPass, Tap, WatchedModule
from vgsim.record.writer import Recording

MOST_TAPS = 20_000
"""Outputs that one step records; more (a loop over thousands of timesteps) are told, not kept."""

_task_now = torch._C._current_graph_task_id
_queue = torch.autograd.Variable._execution_engine.queue_callback


class TorchRecorder:
    """Records a training loop around a model, as a context manager.

    ``every`` is the interval of recorded steps, from the first. ``modules`` picks modules by name
    patterns or a function of name and module. ``units`` is how many units of each are recorded one
    by one, 0 for none. ``histograms`` can be switched off. ``sample`` is how many values of a large
    tensor everything but its norm is taken of: the largest value, shares, histogram and units.
    ``exact_units`` keeps figures by unit in full instead of within 0.15 %: by default those of a
    model whose parameters are all float64.
    """

    def __init__(
        self,
        model: nn.Module | None,
        path: str | Path,
        *,
        every: int = 1,
        modules: ModuleChoice = None,
        units: int = 64,
        histograms: bool = True,
        sample: int = MOST_VALUES,
        exact_units: bool | None = None,
    ) -> None:
        framework = f"PyTorch {torch.__version__}"
        if exact_units is None:
            exact_units = _is_float64(model)
        self.recording = Recording(path, every=every, framework=framework, exact_units=exact_units)
        self.choice = modules
        self.sample = max(int(sample), 1)
        self.story = Story(self.recording, units, histograms)
        self.parameters = WatchedParameters(self.sample)
        self.scale = ScaleWatch()
        self.index = 0
        self.due = False
        self.closed = False
        self._model = model
        self._process = os.getpid()
        self._owners: dict[int, WatchedModule] = {}
        self._function_owners: dict[str, WatchedModule] = {}
        self.roots: list[nn.Module] = []
        self._compiled = False
        self._handles: list[Any] = []
        self._leaf_handles: list[Any] = []
        self._optimizers: dict[int, Any] = {}
        self._told: set[str] = set()
        self.groups: dict[tuple[object, ...], ValueGroup] = {}
        self._reset()

    # --- the step -----------------------------------------------------------------------------

    def _reset(self) -> None:
        """Forget the step before."""
        self.passes: list[ForwardPass] = []
        if self.due:
            self._empty_groups()
        self.runs: list[RecurrentCall] = []
        self.paths = Paths()
        self.arrivals = 0
        self.backwards = 0
        self.fresh = True
        self.quiet = False
        self.stepping = False
        self.updates = 0
        self.repeated = 0
        self.left_out = 0
        self.called: set[str] = set()
        self._taps = 0
        self._functions = 0
        self._names: dict[str, str] = {}
        self._generator: Tensor | None = None
        self._overwritten: Tensor | None = None
        self._task = -1
        self._accumulates = False
        self._keeps_graph = False
        self._open: set[int] = set()
        self._refill = 0
        self.scale.factor = None
        self.parameters.begin()

    def _empty_groups(self) -> None:
        """Keep the buffers of shapes that this step had: fresh memory is slow."""
        for key, group in list(self.groups.items()):
            if group.used:
                group.used = 0
            else:
                del self.groups[key]

    def _begin(self) -> None:
        self._reset()
        self.due = self.index % self.recording.every == 0
        if self.due:
            self._place_hooks()
        elif not self._compiled:
            self._lift_hooks()

    def step(self, loss: Tensor | float | None = None) -> None:
        """End a step: call it once after each update, with the loss if it is to be recorded."""
        if self.closed or os.getpid() != self._process:
            return
        if self.due:
            try:
                self.story.write(self, loss)
            except Exception as error:
                self.fail("a step could not be recorded", error)
        self.index += 1
        try:
            self._begin()
        except Exception as error:
            self.fail("hooks could not be placed", error)

    def note(self, text: str, stage: str | None = None) -> None:
        """Say something in the recording, once."""
        if text not in self._told:
            self._told.add(text)
            self.recording.note(text, self.index, stage)

    def fail(self, what: str, error: Exception) -> None:
        """Say in the recording and once on stderr what went wrong; the training goes on."""
        text = f"{what[0].upper()}{what[1:]} ({type(error).__name__}: {error})."
        if what not in self._told:
            self._told.add(what)
            print(f"vgsim: {text[:-1]}; the training goes on.", file=sys.stderr)
            self.recording.note(text, self.index)

    # --- around the block ---------------------------------------------------------------------

    def __enter__(self) -> Self:
        try:
            self.scale.start()
            self._handles = [
                register_optimizer_step_pre_hook(self._optimizer_begins),
                register_optimizer_step_post_hook(self._optimizer_ends),
            ]
            if self._model is not None:
                self.watch(self._model)
            self._begin()
        except Exception as error:
            self.fail("the model could not be watched", error)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closed = True
        try:
            self.scale.stop()
            self._lift_hooks()
            for handle in self._handles:
                handle.remove()
            self._handles = []
            self._owners = {}
            self._reset()
            self.groups = {}
            self.parameters = WatchedParameters()
            self._optimizers = {}
            self.roots = []
            self._model = None
        finally:
            self.recording.__exit__(kind, error, trace)

    def watch(self, model: nn.Module, name: str = "") -> None:
        """Record ``model`` as well; its modules are called after ``name``."""
        own = unwrapped(model)
        self._compiled = self._compiled or own is not model or self._has_compiled_parts(own)
        self.roots.append(own)
        for path, module in own.named_modules():
            holds = any(True for _ in module.children())
            if path and holds and not hasattr(module, "_orig_mod"):
                self.recording.module(joined(name, path), type(module).__name__)
        for owner in watched(own, name, self.choice):
            self._owners[id(owner.module)] = owner
        names: dict[int, str] = {}
        for path, parameter in own.named_parameters(remove_duplicate=False):
            full = joined(name, path)
            if id(parameter) in names:
                self.note(
                    f"{full} and {names[id(parameter)]} are one tensor; its figures are those of "
                    f"both uses and stand under {names[id(parameter)]}."
                )
            names[id(parameter)] = full
            self.parameters.add(full, parameter)
        root = HarmlessHook(self._root_begins)
        after = HarmlessHook(self._root_ends)
        self._handles.append(own.register_forward_pre_hook(root))
        self._handles.append(own.register_forward_hook(after, always_call=True))
        if self.due:  # in the midst of a step: its modules are called from now on
            self._lift_hooks()
            self._place_hooks()

    def _has_compiled_parts(self, model: nn.Module) -> bool:
        parts = list(model.modules())
        return any(hasattr(it, "_orig_mod") or it._compiled_call_impl is not None for it in parts)

    def _place_hooks(self) -> None:
        if self._leaf_handles:
            return
        if "torch._dynamo" in sys.modules:
            keep_from_compiler()
        hook = HarmlessHook(self._called)
        before = HarmlessHook(self._begins)
        for owner in self._owners.values():
            placed = owner.module.register_forward_hook(hook, with_kwargs=True)
            self._leaf_handles.append(placed)
            if owner.recurrent or (owner.slope is not None and owner.slope.overwrites):
                self._leaf_handles.append(owner.module.register_forward_pre_hook(before))

    def _lift_hooks(self) -> None:
        for handle in self._leaf_handles:
            handle.remove()
        self._leaf_handles = []

    # --- forward ------------------------------------------------------------------------------

    def _root_begins(self, module: nn.Module, inputs: object) -> None:
        """A pass through the model begins; one without gradients is none of the training's."""
        if self.closed or not self.due or not self._is_root(module) or _task_now() != -1:
            return
        self.fresh = True
        if not torch.is_grad_enabled():
            self.quiet = True
            if not self._compiled:  # a hook would switch the fast paths of inference off
                self._lift_hooks()

    def _root_ends(self, module: nn.Module, inputs: object, output: object) -> None:
        if self.quiet and self._is_root(module):
            self.quiet = False
            if not self.closed and self.due:
                self._place_hooks()

    def _is_root(self, module: nn.Module) -> bool:
        return any(module is root for root in self.roots)

    def _begins(self, module: nn.Module, inputs: object) -> None:
        """Keep what is gone after the call: where the generator stood, and overwritten inputs."""
        owner = self._owners.get(id(module))
        if owner is None or not self.due or self.quiet or _task_now() != -1:
            return
        if not owner.recurrent:
            found = tensors_in(inputs)
            self._overwritten = plain(found[0][1]).clone() if found else None
        elif module.dropout and module.training:  # its masks are drawn inside
            self._generator = torch.get_rng_state()

    def _called(
        self, module: nn.Module, inputs: tuple[Any, ...], keywords: dict[str, Any], output: object
    ) -> None:
        owner = self._owners.get(id(module))
        if owner is None or owner.module is not module or self.quiet or not self.due:
            return
        try:
            self._record_call(owner, inputs, keywords, output)
        except Exception as error:
            self.fail(f"{owner.name} could not be recorded", error)

    def _record_call(
        self,
        owner: WatchedModule,
        inputs: tuple[Any, ...],
        keywords: dict[str, Any],
        output: object,
    ) -> None:
        if _task_now() != -1:
            if torch.is_grad_enabled():
                self._made_again(owner, output)
            return
        if self.stepping and self.backwards:
            self.repeated += 1
            return
        if self.fresh:
            self.fresh = False
            self._open.clear()
            self.passes.append(ForwardPass(len(self.passes) + 1))
        if self._taps >= MOST_TAPS:
            self.left_out += 1
            return
        self.called.add(owner.name)
        traced = self.story.traces(self.index)
        given = [tensor for _, tensor in tensors_in((inputs, keywords))] if traced else []
        if traced and self.choice is None and can_be_read():
            self._record_functions(given, [tensor.grad_fn for _, tensor in tensors_in(output)])
        taps = []
        for path, tensor in tensors_in(output):
            if recordable(tensor):
                taps.append(self._tap(owner, path, tensor))
        if not taps:
            self.note(
                f"{owner.name} puts out nothing that figures are taken of (it is complex, whole "
                "numbers, sparse, nested or empty): not recorded.",
                owner.name,
            )
        if owner.slope is not None and owner.slope.basis is not None and taps:
            self._keep_basis(taps[0], owner.slope.basis, inputs, keywords, output)
        if traced and taps:
            self.paths.fed(given, taps[0].key)
            for tap, (_, tensor) in zip(taps, self._real(output), strict=True):
                self.paths.produced(tensor, tap.key)
        if owner.recurrent:
            state = self._generator
            self._generator = None
            self.runs.append(
                RecurrentCall(owner, inputs, keywords, taps, self._real(output), state)
            )

    def _record_functions(self, given: list[Tensor], own: list[Any]) -> None:
        """Activations without a module that what a module was given has come through.

        ``own`` are its own nodes: in place, they are those of what it was given as well.
        """
        if self._functions >= MOST_FUNCTIONS:
            return
        for node in self.paths.unknown(given, is_activation):
            if node in own:
                continue
            direct = next((it for it in given if it.grad_fn is node), None)
            module = module_of(node)
            output, z = output_and_input(node, module, direct)
            if not recordable(output):
                continue
            self._functions += 1
            self.story.has_functions = True
            key = str(self._taps + 1)
            self.paths.computed(node, key)
            tap = self._measure(self._function(module, self.paths.edges[key]), "", output, True)
            node.register_prehook(partial(self._arrived_at_node, self.passes, tap))
            slope = tap.owner.slope
            if slope is not None and slope.basis is not None:
                self._take_basis(tap, slope.basis(module, z, output))

    def _function(self, module: nn.Module, sources: list[str]) -> WatchedModule:
        """What a function is recorded as: its place is behind the first stage that it takes."""
        before = self._names[sources[0]] if sources else "input"
        name = f"{before}{FUNCTION}{function_name(module)}"
        known = self._function_owners.get(name)
        if known is None:
            kind = type(module).__name__
            known = WatchedModule(name, module, kind, False, False, slope_of(module))
            self._function_owners[name] = known
        return known

    def _keep_basis(
        self, tap: Tap, basis: Callable[[Any, Tensor, Tensor], Tensor],
        inputs: tuple[Any, ...], keywords: dict[str, Any], output: object,
    ) -> None:  # fmt: skip
        """Of what an activation was given, as much as the slope of its output follows from."""
        z = self._overwritten
        self._overwritten = None
        if z is None:
            found = tensors_in((inputs, keywords))
            if not found:
                return
            z = plain(found[0][1])
        with torch.no_grad():
            self._take_basis(tap, basis(tap.owner.module, z, plain(self._real(output)[0][1])))

    def _take_basis(self, tap: Tap, kept: Tensor) -> None:
        assert tap.group is not None
        rows = tap.group.outputs.views[tap.row]
        tap.basis = sampled(kept, tap.axis, self.sample).to(rows.dtype, copy=True)

    def _real(self, output: object) -> list[tuple[Any, Tensor]]:
        return [found for found in tensors_in(output) if recordable(found[1])]

    def _tap(self, owner: WatchedModule, path: tuple[object, ...], tensor: Tensor) -> Tap:
        """Take the output's figures now: the next module may change it in place."""
        forward = self.passes[-1]
        first = not forward.taps or forward.taps[-1].owner is not owner or not path
        label = "" if first or not any(path) else "".join(f"[{part}]" for part in path)
        tap = self._measure(owner, label, tensor, tensor.requires_grad)
        if tensor.requires_grad:
            tensor.register_hook(partial(self._arrived, self.passes, tap))
        elif not torch.is_grad_enabled():
            forward.waiting.append(tap)
        return tap

    def _measure(
        self, owner: WatchedModule, label: str, tensor: Tensor, wants_gradient: bool
    ) -> Tap:
        forward = self.passes[-1]
        tap = Tap(
            owner, label, tuple(tensor.shape), str(tensor.dtype).removeprefix("torch."),
            tensor.numel(), wants_gradient,
        )  # fmt: skip
        self._taps += 1
        tap.key = str(self._taps)
        self._names[tap.key] = owner.name
        forward.taps.append(tap)
        values = plain(tensor)
        axis = unit_axis(values.ndim, owner.channels_second)
        sample = sampled(values, axis, self.sample)
        key = (sample.shape, axis, sample.dtype, sample.device)
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = ValueGroup(sample, axis)
        tap.group = group
        tap.axis = axis
        tap.row = group.take()
        tap.sample = sample.numel()
        group.outputs.views[tap.row].copy_(sample)
        if tap.sample < tap.numel:
            tap.norm = norm_of(values)
        tap.keep = owner.recurrent
        return tap

    def _made_again(self, owner: WatchedModule, output: object) -> None:
        """A checkpointed block runs again within backward: its tensors are the ones with gradients.

        Only where the first run had none (the reentrant form) do they belong to a waiting tap.
        """
        for forward in reversed(self.passes):
            for _, tensor in self._real(output):
                tap = self._waiting(forward.waiting, owner)
                if tap is None or not tensor.requires_grad:
                    break
                tap.wants_gradient = True
                tensor.register_hook(partial(self._arrived, self.passes, tap))
            else:
                return

    def _waiting(self, waiting: list[Tap | None] | list[Tap], owner: WatchedModule) -> Tap | None:
        """The call that is made again: that after the last one, or the last of the module."""
        places = [self._refill, *range(len(waiting) - 1, -1, -1)]
        for place in places:
            if place < len(waiting):
                tap = waiting[place]
                if tap is not None and tap.owner is owner and not tap.wants_gradient:
                    self._refill = place + 1
                    return tap
        return None

    # --- backward -----------------------------------------------------------------------------

    def _arrived_at_node(
        self, passes: list[ForwardPass], tap: Tap, gradients: tuple[Tensor | None, ...]
    ) -> None:
        """∂J/∂output of a function is here."""
        if gradients[0] is not None:
            self._arrived(passes, tap, gradients[0])

    def _arrived(self, passes: list[ForwardPass], tap: Tap, gradient: Tensor) -> None:
        """∂J/∂output of a call is here."""
        if passes is not self.passes or self.closed:
            return
        try:
            self._take_gradient(tap, gradient)
        except Exception as error:
            self.fail(f"the gradient of {tap.owner.name} could not be recorded", error)

    def _take_gradient(self, tap: Tap, gradient: Tensor) -> None:
        task = _task_now()
        if task != self._task:
            self._enter_task(task)
        if tap.order is not None and tap.accumulates and not self._accumulates:
            return
        again = tap.order is not None and tap.accumulates
        if gradient.layout != torch.strided:
            gradient = gradient.to_dense()
        values = plain(gradient)
        tap.order = self.arrivals
        tap.accumulates = self._accumulates
        self.arrivals += 1
        assert tap.group is not None
        row = tap.group.gradients.views[tap.row]
        if again and tap.norm is None:
            row += sampled(values, tap.axis, self.sample)
            if tap.upstream is not None:
                tap.upstream = tap.upstream + values
            return
        if again:
            if tap.upstream is None:
                tap.unclear = True
                return
            values = tap.upstream + values
        row.copy_(sampled(values, tap.axis, self.sample))
        if tap.norm is not None:
            tap.gradient_norm = norm_of(values)
        if tap.keep or self._keeps_graph:
            tap.upstream = values.clone()

    def _enter_task(self, task: int) -> None:
        """A backward pass begins, or goes on after one within it."""
        self._task = task
        if task in self._open:
            return
        self._accumulates = self._task_accumulates()
        self._keeps_graph = torch._C._autograd._get_current_graph_task_keep_graph()
        inner = bool(self._open)
        self._open.add(task)
        if inner:
            return
        for run in self.runs:
            run.before_backward()
        _queue(partial(self._backward_ends, self.passes, self._accumulates, 2))

    def _task_accumulates(self) -> bool:
        """Whether this is a backward call, which adds to ``.grad``, and not ``autograd.grad``."""
        for parameter in self.parameters.tensors:
            if parameter.requires_grad:
                try:
                    node = torch.autograd.graph.get_gradient_edge(parameter).node
                    if torch._C._will_engine_execute_node(node):
                        return True
                except (RuntimeError, AttributeError):
                    # autograd.grad with respect to this very parameter, or torch.func
                    return False
        return False

    def _backward_ends(
        self, passes: list[ForwardPass], accumulates: bool, rounds: int
    ) -> None:  # fmt: skip
        """After all of a backward pass, what parallel wrappers do at its end included."""
        if passes is not self.passes or self.closed:
            return
        if rounds:
            _queue(partial(self._backward_ends, passes, accumulates, rounds - 1))
            return
        try:
            with torch.no_grad():
                self._close_backward(accumulates)
        except Exception as error:
            self.fail("a backward pass could not be recorded", error)

    def _close_backward(self, accumulates: bool) -> None:
        self._task = -1
        self._open.clear()
        self.fresh = True
        self._refill = 0
        self.paths.clear()
        if accumulates:
            self.backwards += 1
            if not (self.stepping and self.backwards > 1):
                self.parameters.after_backward()
        for run in self.runs:
            others = sum(1 for other in self.runs if other.owner is run.owner)
            run.after_backward(accumulates and not self._keeps_graph, others)
        if not self._keeps_graph:
            for forward in self.passes:
                for tap in forward.taps:
                    tap.upstream = None

    # --- the optimizer ------------------------------------------------------------------------

    def _optimizer_begins(
        self, optimizer: Any, inputs: Sequence[Any], keywords: dict[str, Any]
    ) -> None:
        if self.closed or not self.due or not self._updates_model(optimizer):
            return
        self.stepping = True
        try:
            closure = keywords.get("closure") or (len(inputs) > 1 and inputs[1] is not None)
            if not closure:
                with torch.no_grad():
                    self.parameters.before_update()
        except Exception as error:
            self.fail("the optimizer's gradients could not be recorded", error)

    def _optimizer_ends(
        self, optimizer: Any, inputs: Sequence[Any], keywords: dict[str, Any]
    ) -> None:
        if not self.closed and self.due and self._updates_model(optimizer):
            self.stepping = False
            self.updates += 1

    def _updates_model(self, optimizer: Any) -> bool:
        known = self._optimizers.get(id(optimizer))
        if known is optimizer:
            return True
        for group in optimizer.param_groups:
            if any(id(parameter) in self.parameters.ids for parameter in group["params"]):
                self._optimizers[id(optimizer)] = optimizer
                return True
        return False

    @property
    def watched_names(self) -> list[str]:
        """Names of the modules whose calls are recorded."""
        return [owner.name for owner in self._owners.values()]

    @property
    def optimizers(self) -> list[Any]:
        """Those that have updated the model so far, in the order in which they did."""
        return list(self._optimizers.values())


def _is_float64(model: nn.Module | None) -> bool:
    """Whether somebody wants more digits than float32 has."""
    kinds = {parameter.dtype for parameter in model.parameters()} if model is not None else set()
    return kinds == {torch.float64}
