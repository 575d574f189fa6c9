"""Cells with norms, dropout and paths around them, in PyTorch's own operations."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from tests.helpers.torch_oracle import FUNCTIONS, leaf
from vgsim.nn.experiment import Experiment


def _normed(kind: str, product: Tensor, own: dict[str, Tensor], side: str) -> Tensor:
    units = (product.shape[1],)
    if kind == "layer":
        return F.layer_norm(product, units, own[f"gamma_{side}"], own[f"beta_{side}"])
    if kind == "rms":
        return F.rms_norm(product, units, own[f"gamma_{side}"], eps=1e-5)
    return product


def step(
    spec: Any, own: dict[str, Tensor], x: Tensor, state: tuple[Tensor, Tensor], masks: Any
) -> tuple[Tensor, Tensor]:
    """(h, c) of the next timestep."""
    kind, norm = spec.network.kind, spec.network.norm
    h, c = state
    from_x = _normed(norm, (x * masks[0]) @ own["W_x"], own, "x") + own["b"]
    from_h = _normed(norm, (h * masks[1]) @ own["W_h"], own, "h")
    if "b_h" in own:
        from_h = from_h + own["b_h"]
    if kind == "rnn":
        return FUNCTIONS[spec.network.activation](from_x + from_h), c
    if kind == "lstm":
        i, f, g, o = (from_x + from_h).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        shown = _normed(norm, c, own, "c") if spec.network.norm_state else c
        return torch.sigmoid(o) * torch.tanh(shown), c
    if kind == "gru_reset_before":
        n = 2 * h.shape[1]
        parts = [
            {name: v[..., cut] for name, v in own.items() if name[-2:] == "_h"}
            for cut in (slice(0, n), slice(n, None))
        ]
        (rx, zx, nx) = from_x.chunk(3, 1)
        both = _normed(norm, (h * masks[1]) @ parts[0]["W_h"], parts[0], "h")
        (rh, zh) = (both + parts[0].get("b_h", 0.0)).chunk(2, 1)
        r, z = torch.sigmoid(rx + rh), torch.sigmoid(zx + zh)
        again = _normed(norm, (r * h * masks[1]) @ parts[1]["W_h"], parts[1], "h")
        again = again + parts[1].get("b_h", 0.0)
        return (1 - z) * torch.tanh(nx + again) + z * h, c
    (rx, zx, nx), (rh, zh, nh) = from_x.chunk(3, 1), from_h.chunk(3, 1)
    if "b_hn" in own:
        nh = nh + own["b_hn"]
    r, z = torch.sigmoid(rx + rh), torch.sigmoid(zx + zh)
    return (1 - z) * torch.tanh(nx + r * nh) + z * h, c


def gradients(experiment: Experiment) -> dict[str, Any]:
    """∂J by every parameter and by h of the top cell, by autograd; truncation as in a spec."""
    net, spec = experiment.network, experiment.spec
    cells = [{name: leaf(value) for name, value in cell.own.items()} for cell in net.cells]
    masks = [
        [torch.tensor(cell.masks().get(f"mask_{side}", 1.0)) for side in "xh"] for cell in net.cells
    ]
    states = [(torch.zeros_like(torch.tensor(cell.h[0])),) * 2 for cell in net.cells]
    every = spec.network.skip_every if spec.network.skip != "none" else 0
    top, readout, k = [], [], spec.training.truncate
    for t in range(net.steps):
        below = torch.tensor(net.x_by_step[t])
        handed: list[Tensor] = []
        for at, own in enumerate(cells):
            h, c = states[at]
            if k and t and (net.steps - t) % k == 0:
                h, c = h.detach(), c.detach()
            states[at] = step(spec, own, below, (h, c), masks[at])
            below = states[at][0]
            if at + 1 == len(cells):
                below.retain_grad()
                top.append(below)
            lift = net.lifts[at] if net.lifts else None
            if lift is not None and lift.mask is not None:
                below = below * torch.tensor(lift.mask[t])
            if every and at and at % every == 0:
                below = below + spec.network.skip_scale * handed[at - every]
            handed.append(below)
        readout.append(below)
    W, b = (leaf(net.readout.parameters[name]) for name in ("W", "b"))
    out = (torch.cat(readout) if spec.training.loss_at == "every" else readout[-1]) @ W + b
    F.cross_entropy(out, torch.tensor(experiment.loss.targets)).backward()
    return {
        "cells": [{name: value.grad for name, value in own.items()} for own in cells],
        "readout": {"W": W.grad, "b": b.grad},
        "zero": [torch.zeros_like(h) if h.grad is None else h.grad for h in top],
    }
