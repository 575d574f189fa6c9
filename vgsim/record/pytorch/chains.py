"""One layer and direction of a recurrent network, forward and backward by timestep."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor, nn


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
        self._c_first = x.new_zeros(count, hidden) if c is None else c
        given = nn.functional.linear(x, self._w_x, self._b_x)
        self.h = x.new_empty(len(x), count, size)
        self._before = x.new_empty(len(x), count, size)
        self._start(x.new_empty(len(x), count, hidden))
        h, c = self._h_first, self._c_first
        for t in self._times():
            self._before[t] = h
            new, cell = self._run(t, given[t], h, c)
            if mask is not None:
                new = mask[t] * new + (1 - mask[t]) * h
                cell = mask[t] * cell + (1 - mask[t]) * c
            self.h[t] = new
            h, c = self.h[t], cell

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
        self.dc = self.h.new_empty(len(self.h), count, hidden)
        self._to_x = self.h.new_empty(len(self.h), count, self._w_h.shape[0])
        self._to_h = self._to_x
        self._begin_backward()
        for t in reversed(self._times()):
            whole = dh if above is None else dh + above[t]
            self.dh[t] = whole
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
        found = {
            f"weight_ih_{self._suffix}": _along(from_x, self._x.flatten(0, 1)),
            f"weight_hh_{self._suffix}": _along(from_h, self._before.flatten(0, 1)),
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

    @abstractmethod
    def _start(self, like: Tensor) -> None:
        """Make room for what ``_run`` keeps; ``like`` is (T, N, hidden)."""

    @abstractmethod
    def _run(self, t: int, given: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """The states after timestep ``t``; ``given`` is what x brings, bias included."""

    def _begin_backward(self) -> None:  # noqa: B027  # most need nothing
        """Prepare what depends on the way back only."""

    @abstractmethod
    def _go_back(self, t: int, dh: Tensor, dc: Tensor) -> tuple[Tensor, Tensor]:
        """∂J of the states before timestep ``t``, what comes through it alone."""


class PlainChain(RecurrentChain):
    """``nn.RNN``: h = tanh(W x + U h + b), or ReLU."""

    gates = 1

    def _start(self, like: Tensor) -> None:
        self._rectifies = self._mode == "RNN_RELU"

    def _run(self, t: int, given: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        z = given + nn.functional.linear(h, self._w_h, self._b_h)
        return (torch.relu(z) if self._rectifies else torch.tanh(z)), c

    def _go_back(self, t: int, dh: Tensor, dc: Tensor) -> tuple[Tensor, Tensor]:
        h = self.h[t]
        slope = (h > 0).to(h.dtype) if self._rectifies else 1 - h * h
        self._to_x[t] = dh * slope
        return self._to_x[t] @ self._w_h, dc


class LstmChain(RecurrentChain):
    """``nn.LSTM``, with a projection of h where it has one; gates i, f, g, o."""

    gates = 4

    def _start(self, like: Tensor) -> None:
        self._kept = like.new_empty(len(like), like.shape[1], 4 * like.shape[2])
        self._tanh = torch.empty_like(like)
        self._cells = torch.empty_like(like)
        self._full = like if self._w_p is not None else self.h

    def _run(self, t: int, given: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        n = c.shape[1]
        gates = torch.addmm(given, h, self._w_h.T, out=self._kept[t])
        if self._b_h is not None:
            gates += self._b_h
        gates[:, : 2 * n].sigmoid_()
        gates[:, 2 * n : 3 * n].tanh_()
        gates[:, 3 * n :].sigmoid_()
        i, f, g, o = gates.split(n, 1)
        self._cells[t] = c
        new = torch.addcmul(f * c, i, g)
        torch.tanh(new, out=self._tanh[t])
        out = o * self._tanh[t]
        if self._w_p is not None:
            self._full[t] = out
            out = out @ self._w_p.T
        return out, new

    def _begin_backward(self) -> None:
        """All that is known of every timestep before the way back, at once."""
        n = self._tanh.shape[2]
        i, f, g, o = self._kept.split(n, 2)
        self._o_slope = self._tanh * o * (1 - o)
        self._c_slope = o * (1 - self._tanh * self._tanh)
        self._slopes = torch.cat([g * i * (1 - i), self._cells * f * (1 - f), i * (1 - g * g)], 2)
        self._f = f
        if self._w_p is not None:
            self._to_full = torch.empty_like(self.dh)

    def _go_back(self, t: int, dh: Tensor, dc: Tensor) -> tuple[Tensor, Tensor]:
        n = dc.shape[1]
        if self._w_p is not None:
            self._to_full[t] = dh
            dh = dh @ self._w_p
        whole = torch.addcmul(dc, dh, self._c_slope[t], out=self.dc[t])
        to = self._to_x[t]
        three = whole.unsqueeze(1) * self._slopes[t].view(-1, 3, n)
        to[:, : 3 * n] = three.view(-1, 3 * n)
        torch.mul(dh, self._o_slope[t], out=to[:, 3 * n :])
        return to @ self._w_h, whole * self._f[t]

    def check(self) -> dict[str, Tensor]:
        """With the projection's own gradient, where there is one."""
        found = super().check()
        if self._w_p is not None:
            along = _along(self._to_full.flatten(0, 1), self._full.flatten(0, 1))
            found[f"weight_hr_{self._suffix}"] = along
        return found


class GruChain(RecurrentChain):
    """``nn.GRU``: the reset gate acts after the product; gates r, z, n."""

    gates = 3

    def _start(self, like: Tensor) -> None:
        self._r, self._z = torch.empty_like(like), torch.empty_like(like)
        self._n, self._inner = torch.empty_like(like), torch.empty_like(like)

    def _run(self, t: int, given: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        of_x = given.chunk(3, 1)
        of_h = nn.functional.linear(h, self._w_h, self._b_h).chunk(3, 1)
        torch.sigmoid(of_x[0] + of_h[0], out=self._r[t])
        torch.sigmoid(of_x[1] + of_h[1], out=self._z[t])
        self._inner[t] = of_h[2]
        torch.tanh(of_x[2] + self._r[t] * of_h[2], out=self._n[t])
        return torch.lerp(self._n[t], h, self._z[t]), c

    def _begin_backward(self) -> None:
        self._to_h = torch.empty_like(self._to_x)

    def _go_back(self, t: int, dh: Tensor, dc: Tensor) -> tuple[Tensor, Tensor]:
        r, z, n = self._r[t], self._z[t], self._n[t]
        size = r.shape[1]
        to_n = dh * (1 - z) * (1 - n * n)
        to_z = dh * (self._before[t] - n) * z * (1 - z)
        to_r = to_n * self._inner[t] * r * (1 - r)
        self._to_x[t] = torch.cat([to_r, to_z, to_n], 1)
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
