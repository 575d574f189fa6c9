"""Recurrent layers by timestep: the whole ∂J/∂h_t and ∂J/∂c_t of every layer and direction.

A hook on the output of a fused layer sees only what the loss hands to each output directly. What
comes through later timesteps is inside; so the layer is run again here, timestep by timestep, with
the same inputs, states and weights, and its gradient is taken back by hand from the gradients that
arrived at its outputs. The weights' own gradients, as PyTorch has left them, tell whether that was
the same computation. Equations and order of gates are those of ``torch.nn``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from vgsim.record.pytorch.chains import RecurrentChain, chain_of, probe
from vgsim.record.pytorch.taps import Tap, WatchedModule

TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-3}
"""How far the sums may be from the weights' own gradients, relative to the largest."""

Check = dict[str, Tensor]
"""By parameter a sum over its gradient that is cheap to compare: of a matrix along one vector."""


class RecurrentCall:
    """One call of ``nn.RNN``, ``nn.LSTM`` or ``nn.GRU`` in a recorded step.

    ``tables`` has (layers × directions, T) RMS of h_t, ∂J/∂h_t and ∂J/∂c_t after the backward pass,
    ``sentences`` what could not be had. Of timesteps beyond a sequence's end nothing is counted.
    """

    def __init__(
        self,
        owner: WatchedModule,
        inputs: tuple[Any, ...],
        keywords: dict[str, Any],
        taps: list[Tap],
        outputs: list[tuple[Any, Tensor]],
        generator: Tensor | None,
    ) -> None:
        self.owner = owner
        self.taps = taps
        self.tables: dict[str, NDArray[np.float64]] = {}
        self.sentences: list[str] = []
        self._module: Any = owner.module
        given = [*inputs, *(keywords[name] for name in ("input", "hx") if name in keywords)]
        self._input: Any = _detached(given[0])
        self._state: Any = _detached(given[1]) if len(given) > 1 else None
        self._output = outputs[0][1].detach()
        self._generator = generator
        self._baseline: Check = {}
        self._autocast = torch.is_autocast_enabled(self._output.device.type)
        self._dropped: list[Tensor] = []
        self._done = False

    def before_backward(self) -> None:
        """Note what the weights' gradients hold already."""
        if not self._done:
            with torch.no_grad():
                self._baseline = _own_check(self._module)

    def after_backward(self, last: bool, others: int) -> None:
        """Go back through the timesteps; let go of what was kept when no backward pass follows.

        ``others`` is how many calls of the same layer there are in this step.
        """
        if self._done:
            return
        try:
            if any(tap.order is not None for tap in self.taps):
                self._unroll(others)
        finally:
            if last:
                self._done = True
                self._input = self._state = self._output = None
                self._baseline = {}

    def _unroll(self, others: int) -> None:
        problem = self._problem()
        if problem:
            self.sentences = [problem]
            return
        layout = _SequenceLayout(self._module, self._input, self._state)
        chains = self._forward(layout)
        found = layout.pad(self._output)
        last = chains[-1][-1].joined(chains[-1])
        apart = ((last - found) * layout.here).abs().amax()
        if not float(apart) <= 1e-5 + 1e-3 * float((found * layout.here).abs().amax()):
            self.sentences = [
                "unrolled by timestep it gives other outputs than the layer itself (dropout "
                "between layers draws its masks inside), so that ∂J/∂h_t is not recorded."
            ]
            return
        check = self._backward(layout, chains)
        self.sentences = self._verdict(check, others)
        if not self.sentences or "could not be checked" in self.sentences[0]:
            self._tabulate(layout, [chain for layer in chains for chain in layer])

    def _problem(self) -> str:
        if self._output.dtype not in TOLERANCE or self._autocast:
            return (
                f"its timesteps are not unrolled in {str(self._output.dtype)[6:]} or under "
                "autocast; its gradient is what the loss hands to each output directly."
            )
        return ""

    def _forward(self, layout: _SequenceLayout) -> list[list[RecurrentChain]]:
        module = self._module
        directions = 2 if module.bidirectional else 1
        below = layout.x
        layers = []
        masks = self._masks(layout)
        for number in range(module.num_layers):
            layer = []
            for side in range(directions):
                chain = chain_of(module, number, side)
                row = number * directions + side
                chain.forward(below, layout.first(row), layout.first_cell(row), layout.mask)
                layer.append(chain)
            layers.append(layer)
            below = layer[0].joined(layer)
            if masks and number < module.num_layers - 1:
                below = below * masks[number]
        self._dropped = masks
        return layers

    def _masks(self, layout: _SequenceLayout) -> list[Tensor]:
        """The masks of dropout between layers, drawn again from where the generator stood."""
        module = self._module
        if self._generator is None or self._output.device.type != "cpu" or module.num_layers < 2:
            return []
        now = torch.get_rng_state()
        try:
            torch.set_rng_state(self._generator)
            masks = []
            for _ in range(module.num_layers - 1):
                ones = torch.ones_like(self._output)
                masks.append(layout.pad(nn.functional.dropout(ones, module.dropout, True)))
            return masks
        finally:
            torch.set_rng_state(now)

    def _backward(self, layout: _SequenceLayout, layers: list[list[RecurrentChain]]) -> Check:
        by_place = _upstream(self.taps, self._module)
        above = layout.pad(by_place[0]) if by_place[0] is not None else None
        states = layout.sorted(by_place[1])
        cells = layout.sorted(by_place[2])
        check: Check = {}
        directions = len(layers[0])
        for number in range(len(layers) - 1, -1, -1):
            below = None
            for side, chain in enumerate(layers[number]):
                row = number * directions + side
                part = None
                if above is not None:
                    width = chain.h.shape[-1]
                    part = above[..., side * width : (side + 1) * width]
                handed = chain.backward(
                    part,
                    None if states is None else states[row],
                    None if cells is None else cells[row],
                    number > 0,
                )
                check.update(chain.check())
                if handed is not None:
                    below = handed if below is None else below + handed
            if below is not None and self._dropped:
                below = below * self._dropped[number - 1]
            above = below
        return check

    def _verdict(self, check: Check, others: int) -> list[str]:
        if others > 1:
            return [
                f"it is called {others} times in this step; its timesteps could not be checked "
                "against its weights' gradients."
            ]
        after = _own_check(self._module)
        compared = 0
        for name, value in check.items():
            if name not in after:
                continue
            own = after[name]
            if name in self._baseline:
                own = own - self._baseline[name]
            largest = float(own.abs().amax())
            if not float((value - own).abs().amax()) <= TOLERANCE[own.dtype] * max(largest, 1e-300):
                return [
                    "unrolled by timestep it gives other gradients of its weights than PyTorch, so "
                    "that ∂J/∂h_t is not recorded."
                ]
            compared += 1
        if not compared:
            return ["its timesteps could not be checked: its weights have no gradients."]
        return []

    def _tabulate(self, layout: _SequenceLayout, chains: list[RecurrentChain]) -> None:
        self.tables["h_t"] = layout.rms([chain.h for chain in chains])
        self.tables["dh_t"] = layout.rms([chain.dh for chain in chains])
        if isinstance(self._module, nn.LSTM):
            self.tables["dc_t"] = layout.rms([chain.dc for chain in chains])


class _SequenceLayout:
    """Inputs and states as (T, N, …), in the order of a packed sequence where it is one.

    ``mask`` (T, N, 1) is 1 where a sequence has not ended, None where all are of one length.
    """

    def __init__(self, module: Any, given: Any, state: Any) -> None:
        self._first = module.batch_first
        self._sizes: Tensor | None = None
        self._order: Tensor | None = None
        self.mask: Tensor | None = None
        if isinstance(given, PackedSequence):
            self._sizes = given.batch_sizes
            self._order = given.sorted_indices
            self.x = self.pad(given.data)
            times = torch.arange(self.x.shape[1])
            self.mask = (times[None, :] < self._sizes[:, None]).to(self.x).unsqueeze(-1)
            self._single = False
        else:
            self._single = given.ndim == 2
            self.x = self.pad(given)
        self.here: Tensor | float = 1.0 if self.mask is None else self.mask
        states = state if isinstance(state, tuple) else (state, None)
        self._h = self.sorted(states[0])
        self._c = self.sorted(states[1])

    def pad(self, tensor: Tensor) -> Tensor:
        """A sequence of the layer, or its gradient, as (T, N, …)."""
        if self._sizes is not None:
            return pad_packed_sequence(PackedSequence(tensor, self._sizes))[0]
        if self._single:
            return tensor.unsqueeze(1)
        if self._first:
            return tensor.transpose(0, 1)
        return tensor

    def sorted(self, state: Tensor | None) -> Tensor | None:
        """A state (layers, N, …) in the order of the batch here."""
        if state is None:
            return None
        if state.ndim == 2:
            state = state.unsqueeze(1)
        if self._order is not None:
            state = state.index_select(1, self._order)
        return state

    def first(self, row: int) -> Tensor | None:
        """h before the first timestep of one layer and direction; None for zeros."""
        return None if self._h is None else self._h[row]

    def first_cell(self, row: int) -> Tensor | None:
        """c before the first timestep."""
        return None if self._c is None else self._c[row]

    def rms(self, tensors: list[Tensor]) -> NDArray[np.float64]:
        """(rows, T) of tensors (T, N, n), over the sequences that have not ended."""
        count: Tensor | float = float(tensors[0][0].numel())
        if isinstance(self.here, Tensor):
            count = self.here.double().sum((1, 2)) * tensors[0].shape[2]
        rows = []
        for tensor in tensors:
            values = (tensor if isinstance(self.here, float) else tensor * self.here).flatten(1)
            if values.dtype == torch.float64:
                unit = values.abs().amax().clamp(min=torch.finfo(values.dtype).tiny)
                norms = torch.linalg.vector_norm(values / unit, dim=1) * unit
            else:
                norms = torch.linalg.vector_norm(values, dim=1, dtype=torch.float64)
            rows.append(norms / count**0.5)
        found: NDArray[np.float64] = torch.stack(rows).double().cpu().numpy()
        return found


def _detached(value: Any) -> Any:
    if isinstance(value, PackedSequence):
        return value._replace(data=value.data.detach())
    if isinstance(value, tuple):
        return tuple(part.detach() for part in value)
    return None if value is None else value.detach()


def _upstream(taps: list[Tap], module: Any) -> list[Tensor | None]:
    """The gradients that arrived at output, h_n and c_n."""
    found: list[Tensor | None] = [tap.upstream for tap in taps]
    return [*found, None, None][:3]


def _own_check(module: Any) -> Check:
    """Of each weight's gradient as PyTorch has it: a bias as it is, a matrix along the probe."""
    found = {}
    for name, parameter in module.named_parameters(recurse=False):
        gradient = parameter.grad
        if gradient is None:
            continue
        if gradient.ndim == 2:
            found[name] = gradient @ probe(gradient.shape[1], gradient)
        else:
            found[name] = gradient.clone()
    return found
