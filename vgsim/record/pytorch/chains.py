"""One layer and direction of a recurrent network, forward and backward by timestep."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor, nn

_sigmoid_back = torch.ops.aten.sigmoid_backward.grad_input
_tanh_back = torch.ops.aten.tanh_backward.default
_tanh_back_to = torch.ops.aten.tanh_backward.grad_input


class RecurrentChain(ABC):
    """States of one layer and direction, and their gradients, all (T, N, …), in the order of time.

    ``forward`` fills ``h``; ``backward`` fills ``dh`` and ``dc`` with the whole gradients of the
    states after each timestep, what later timesteps hand back included.
    """

    gates: int
    """Blocks of rows in the weights."""

    def __init__(self, module: Any, suffix: str, backwards: bool) -> None:
        self._suffix = suffix
        self._backwards = backwards
        self._w_x: Tensor = getattr(module, f"weight_ih_{suffix}").detach()
        self._w_h: Tensor = getattr(module, f"weight_hh_{suffix}").detach()
        self._b_x: Tensor | None = _optional(module, f"bias_ih_{suffix}")
        self._b_h: Tensor | None = _optional(module, f"bias_hh_{suffix}")
        self._w_p: Tensor | None = _optional(module, f"weight_hr_{suffix}")
        self._mode = module.mode
        self.h = self.dh = self.dc = torch.empty(0)

    def joined(self, layer: list[RecurrentChain]) -> Tensor:
        """What the directions of a layer hand up, side by side."""
        if len(layer) == 1:
            return layer[0].h
        return torch.cat([chain.h for chain in layer], -1)

    def forward(self, x: Tensor, h: Tensor | None, c: Tensor | None, mask: Tensor | None) -> None:
        """Run over ``x`` (T, N, I); ``h`` and ``c`` are None for zeros."""
        self._x = x
        self._mask = mask
        count, size = x.shape[1], self._w_h.shape[1]
        hidden = self._w_h.shape[0] // self.gates
        self._h_first = x.new_zeros(count, size) if h is None else h
        self.h = x.new_empty(len(x), count, size)
        self._hs = self.h.unbind(0)  # views by timestep: indexing a tensor takes longer
        self._before = [self._h_first] * len(x)
        self._start(nn.functional.linear(x, self._w_x, self._bias()), hidden)
        h = self._h_first
        c = x.new_zeros(count, hidden) if c is None else c
        for t in self._times():
            self._before[t] = h
            cell = self._run(t, h, c)
            if mask is not None:
                self._hs[t].mul_(mask[t]).add_((1 - mask[t]) * h)
                cell = mask[t] * cell + (1 - mask[t]) * c
            h, c = self._hs[t], cell

    def backward(
        self, above: Tensor | None, h: Tensor | None, c: Tensor | None, further: bool
    ) -> Tensor | None:
        """Go back from ∂J of the outputs (T, N, …) and of the last states; None for zeros.

        The result is ∂J/∂x if there is a layer below (``further``).
        """
        count, size = self.h.shape[1], self.h.shape[2]
        hidden = self._w_h.shape[0] // self.gates
        dh = self.h.new_zeros(count, size) if h is None else h
        dc = self.h.new_zeros(count, hidden) if c is None else c
        self.dh = torch.empty_like(self.h)
        self._to_x = self.h.new_empty(len(self.h), count, self._w_h.shape[0])
        self._to_h = self._to_x
        self._begin_backward(hidden)
        dhs = self.dh.unbind(0)
        handed = None if above is None else above.unbind(0)
        for t in reversed(self._times()):
            whole = dhs[t]
            if handed is None:
                whole.copy_(dh)
            else:
                torch.add(dh, handed[t], out=whole)
            passed = None
            if self._mask is not None:
                passed = (1 - self._mask[t]) * whole, (1 - self._mask[t]) * dc
                whole, dc = self._mask[t] * whole, self._mask[t] * dc
            dh, dc = self._go_back(t, whole, dc)
            if passed is not None:
                dh, dc = dh + passed[0], dc + passed[1]
        if not further:
            return None
        return self._to_x @ self._w_x

    def check(self) -> dict[str, Tensor]:
        """Sums of the weights' gradients over all timesteps; of matrices along the probe."""
        from_x = self._to_x.flatten(0, 1)
        from_h = self._to_h.flatten(0, 1)
        states = self.h @ probe(self.h.shape[2], self.h)
        first = (self._h_first @ probe(self.h.shape[2], self.h)).unsqueeze(0)
        if self._backwards:
            before = torch.cat([states[1:], first])
        else:
            before = torch.cat([first, states[:-1]])
        found = {
            f"weight_ih_{self._suffix}": _along(from_x, self._x.flatten(0, 1)),
            f"weight_hh_{self._suffix}": before.flatten() @ from_h,
        }
        if self._b_x is not None:
            found[f"bias_ih_{self._suffix}"] = from_x.sum(0)
            found[f"bias_hh_{self._suffix}"] = from_h.sum(0)
        return found

    def _times(self) -> list[int]:
        times = list(range(len(self._x)))
        if self._backwards:
            times.reverse()
        return times

    def _bias(self) -> Tensor | None:
        """What is added to the product of the weights and x, for all timesteps at once."""
        if self._b_x is None or self._b_h is None:
            return self._b_x
        return self._b_x + self._b_h

    @abstractmethod
    def _start(self, given: Tensor, hidden: int) -> None:
        """Take what x brings (T, N, gates × hidden), bias included, to be overwritten."""

    @abstractmethod
    def _run(self, t: int, h: Tensor, c: Tensor) -> Tensor:
        """Write the state after timestep ``t`` into ``_hs``; the result is the cell's, or ``c``."""

    def _begin_backward(self, hidden: int) -> None:  # noqa: B027  # most need nothing
        """Make room for what the way back keeps."""

    @abstractmethod
    def _go_back(self, t: int, dh: Tensor, dc: Tensor) -> tuple[Tensor, Tensor]:
        """∂J of the states before timestep ``t``, what comes through it alone."""


class PlainChain(RecurrentChain):
    """``nn.RNN``: h = tanh(W x + U h + b), or ReLU."""

    gates = 1

    def _start(self, given: Tensor, hidden: int) -> None:
        self._rectifies = self._mode == "RNN_RELU"
        self._given = given.unbind(0)

    def _run(self, t: int, h: Tensor, c: Tensor) -> Tensor:
        z = torch.addmm(self._given[t], h, self._w_h.T)
        if self._rectifies:
            torch.clamp(z, min=0, out=self._hs[t])
        else:
            torch.tanh(z, out=self._hs[t])
        return c

    def _go_back(self, t: int, dh: Tensor, dc: Tensor) -> tuple[Tensor, Tensor]:
        h = self.h[t]
        slope = (h > 0).to(h.dtype) if self._rectifies else 1 - h * h
        self._to_x[t] = dh * slope
        return self._to_x[t] @ self._w_h, dc


class LstmChain(RecurrentChain):
    """``nn.LSTM``, with a projection of h where it has one; gates i, f, g, o."""

    gates = 4

    def _start(self, given: Tensor, hidden: int) -> None:
        self._kept = given.unbind(0)
        self._parts = [part.unbind(0) for part in given.split(hidden, 2)]
        self._inputs = given[:, :, : 2 * hidden].unbind(0)
        self._tanh = [self._h_first] * len(given)
        self._cells = [self._h_first] * len(given)
        self._full = self._hs
        if self._w_p is not None:
            self._full = torch.empty_like(given[:, :, :hidden]).unbind(0)

    def _run(self, t: int, h: Tensor, c: Tensor) -> Tensor:
        i, f, g, o = (part[t] for part in self._parts)
        torch.addmm(self._kept[t], h, self._w_h.T, out=self._kept[t])
        self._inputs[t].sigmoid_()
        g.tanh_()
        o.sigmoid_()
        self._cells[t] = c
        new = torch.addcmul(f * c, i, g)
        self._tanh[t] = torch.tanh(new)
        torch.mul(o, self._tanh[t], out=self._full[t])
        if self._w_p is not None:
            torch.mm(self._full[t], self._w_p.T, out=self._hs[t])
        return new

    def _begin_backward(self, hidden: int) -> None:
        count = len(self.h)
        self.dc = self.h.new_empty(count, self.h.shape[1], hidden)
        self._dcs = self.dc.unbind(0)
        self._to = self._to_x.unbind(0)
        self._to_parts = [part.unbind(0) for part in self._to_x.split(hidden, 2)]
        if self._w_p is not None:
            self._to_full = torch.empty_like(self.dh)

    def _go_back(self, t: int, dh: Tensor, dc: Tensor) -> tuple[Tensor, Tensor]:
        if self._w_p is not None:
            self._to_full[t] = dh
            dh = dh @ self._w_p
        i, f, g, o = (part[t] for part in self._parts)
        to_i, to_f, to_g, to_o = (part[t] for part in self._to_parts)
        tanh = self._tanh[t]
        whole = torch.add(dc, _tanh_back(dh * o, tanh), out=self._dcs[t])
        _sigmoid_back(whole * g, i, grad_input=to_i)
        _sigmoid_back(whole * self._cells[t], f, grad_input=to_f)
        _tanh_back_to(whole * i, g, grad_input=to_g)
        _sigmoid_back(dh * tanh, o, grad_input=to_o)
        return self._to[t] @ self._w_h, whole * f

    def check(self) -> dict[str, Tensor]:
        """With the projection's own gradient, where there is one."""
        found = super().check()
        if self._w_p is not None:
            full = torch.stack(self._full).flatten(0, 1)
            found[f"weight_hr_{self._suffix}"] = _along(self._to_full.flatten(0, 1), full)
        return found


class GruChain(RecurrentChain):
    """``nn.GRU``: the reset gate acts after the product; gates r, z, n."""

    gates = 3

    def _start(self, given: Tensor, hidden: int) -> None:
        self._of_x = [part.unbind(0) for part in given.split(hidden, 2)]
        self._kept: list[tuple[Tensor, ...]] = [()] * len(given)

    def _bias(self) -> Tensor | None:
        return self._b_x  # that of h is within what the reset gate multiplies

    def _run(self, t: int, h: Tensor, c: Tensor) -> Tensor:
        of_h = nn.functional.linear(h, self._w_h, self._b_h).chunk(3, 1)
        r = torch.sigmoid(self._of_x[0][t] + of_h[0])
        z = torch.sigmoid(self._of_x[1][t] + of_h[1])
        n = torch.tanh(torch.addcmul(self._of_x[2][t], r, of_h[2]))
        torch.lerp(n, h, z, out=self._hs[t])
        self._kept[t] = r, z, n, of_h[2]
        return c

    def _begin_backward(self, hidden: int) -> None:
        self._to_h = torch.empty_like(self._to_x)

    def _go_back(self, t: int, dh: Tensor, dc: Tensor) -> tuple[Tensor, Tensor]:
        r, z, n, inner = self._kept[t]
        size = r.shape[1]
        to_n = dh * (1 - z) * (1 - n * n)
        to_z = dh * (self._before[t] - n) * z * (1 - z)
        to_r = to_n * inner * r * (1 - r)
        torch.cat([to_r, to_z, to_n], 1, out=self._to_x[t])
        self._to_h[t] = self._to_x[t]
        self._to_h[t, :, 2 * size :] = to_n * r
        return self._to_h[t] @ self._w_h + dh * z, dc


def chain_of(module: Any, layer: int, side: int) -> RecurrentChain:
    """The chain of one layer and direction of a recurrent module."""
    suffix = f"l{layer}_reverse" if side else f"l{layer}"
    if isinstance(module, nn.LSTM):
        return LstmChain(module, suffix, side == 1)
    if isinstance(module, nn.GRU):
        return GruChain(module, suffix, side == 1)
    return PlainChain(module, suffix, side == 1)


def probe(size: int, like: Tensor) -> Tensor:
    """A vector along which matrices are compared; no two entries are alike, none is drawn."""
    return torch.cos(torch.arange(1, size + 1, device=like.device).to(like.dtype))


def _along(gradient: Tensor, values: Tensor) -> Tensor:
    """(Σ gradientᵀ values) · probe, without the large product."""
    return gradient.T @ (values @ probe(values.shape[1], values))


def _optional(module: Any, name: str) -> Tensor | None:
    found = getattr(module, name, None)
    return None if found is None else found.detach()
