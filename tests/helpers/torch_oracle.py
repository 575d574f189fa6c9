"""The same networks in PyTorch's own layers, float64, graph by autograd."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from tests.helpers.composed import forward
from vgsim.nn.experiment import Experiment

FUNCTIONS = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": F.leaky_relu,
    "identity": lambda z: z,
    "elu": F.elu,
    "selu": F.selu,
    "softplus": F.softplus,
    "gelu": F.gelu,
    "gelu_tanh": lambda z: F.gelu(z, approximate="tanh"),
    "silu": F.silu,
    "mish": F.mish,
    "softsign": F.softsign,
    "hard_tanh": F.hardtanh,
}


LOSSES = {
    "cross_entropy": F.cross_entropy,
    "binary_cross_entropy": F.binary_cross_entropy_with_logits,
    "mse": F.mse_loss,
}


class Torch:
    """The words of PyTorch, see :mod:`tests.helpers.composed`."""

    def activation(self, name: str, u: Tensor, own: dict[str, Tensor]) -> Tensor:
        """f(u)."""
        return F.prelu(u, own["a"]) if name == "prelu" else FUNCTIONS[name](u)

    def norm(self, name: str, u: Tensor, own: dict[str, Tensor]) -> Tensor:
        """PyTorch's own normalization, in training."""
        units = (u.shape[1],)
        if name == "batch":
            return F.batch_norm(u, None, None, own["gamma"], own["beta"], training=True)
        if name == "layer":
            return F.layer_norm(u, units, own["gamma"], own["beta"])
        return F.rms_norm(u, units, own["gamma"], eps=1e-5)

    def softmax(self, u: Tensor) -> Tensor:
        """Over the outputs."""
        return F.softmax(u, dim=1)


def leaf(values: Any) -> Tensor:
    """A copy that PyTorch finds the gradient of."""
    return torch.tensor(values, requires_grad=True)


def torch_gradients(experiment: Experiment) -> list[dict[str, Tensor]]:
    """∂J by every parameter and, as ``zero``, by h of every stage."""
    stages = experiment.network.stages
    free = [
        {name: leaf(values) for name, values in layer.parameters.items()}
        | {"zero": leaf(layer.arrays.h * 0)}
        for layer in stages
    ]
    words = Torch()
    masks = {id(layer.drop): layer.drop for layer in stages if getattr(layer, "drop", None)}
    for drop in masks.values():
        drop.mask = torch.tensor(drop.mask)
    h = forward(words, list(stages), free, torch.tensor(experiment.network.x))
    for drop in masks.values():
        drop.mask = drop.mask.numpy()
    loss = LOSSES[experiment.spec.training.loss]
    loss(h, torch.tensor(experiment.loss.targets)).backward()
    return [{name: value.grad for name, value in own.items()} for own in free]


CELLS = {"rnn": torch.nn.RNNCell, "lstm": torch.nn.LSTMCell, "gru": torch.nn.GRUCell}


def _cell(experiment: Experiment, cell: Any) -> torch.nn.Module:
    """PyTorch's cell with our parameters; b goes into the input's bias."""
    kind, (inputs, _) = experiment.spec.network.kind, cell.own["W_x"].shape
    more = {"nonlinearity": experiment.spec.network.activation} if kind == "rnn" else {}
    theirs = CELLS[kind](inputs, cell.h.shape[2], dtype=torch.float64, **more)
    with torch.no_grad():
        theirs.weight_ih.copy_(torch.tensor(cell.own["W_x"].T))
        theirs.weight_hh.copy_(torch.tensor(cell.own["W_h"].T))
        theirs.bias_ih.copy_(torch.tensor(cell.own["b"]))
        theirs.bias_hh.zero_()
        if kind == "gru":
            theirs.bias_hh[-cell.h.shape[2] :] = torch.tensor(cell.own["b_hn"])
    return theirs


def torch_sequence_gradients(experiment: Experiment) -> dict[str, Any]:
    """Like :func:`tests.helpers.sequences.autograd_gradients`, by PyTorch's own cells."""
    net, training = experiment.network, experiment.spec.training
    kind, k = experiment.spec.network.kind, training.truncate
    cells = [_cell(experiment, cell) for cell in net.cells]
    states = [(torch.zeros_like(torch.tensor(cell.h[0])),) * 2 for cell in net.cells]
    top = []
    for t in range(net.steps):
        below = torch.tensor(net.x_by_step[t])
        for at, cell in enumerate(cells):
            h, c = states[at]
            if k and t and (net.steps - t) % k == 0:
                h, c = h.detach(), c.detach()
            h, c = cell(below, (h, c)) if kind == "lstm" else (cell(below, h), c)
            states[at], below = (h, c), h
        below.retain_grad()
        top.append(below)
    W, b = (leaf(net.readout.parameters[name]) for name in ("W", "b"))
    out = (torch.cat(top) if training.loss_at == "every" else top[-1]) @ W + b
    out = FUNCTIONS[net.readout.plan.activation](out)
    LOSSES[training.loss](out, torch.tensor(experiment.loss.targets)).backward()
    return {
        "cells": [_own(cell, kind) for cell in cells],
        "readout": {"W": W.grad, "b": b.grad},
        "zero": [torch.zeros_like(h) if h.grad is None else h.grad for h in top],
    }


def _own(cell: Any, kind: str) -> dict[str, Tensor]:
    """Gradients of a cell under our names."""
    found = {"W_x": cell.weight_ih.grad.T, "W_h": cell.weight_hh.grad.T, "b": cell.bias_ih.grad}
    if kind == "gru":
        found["b_hn"] = cell.bias_hh.grad[-cell.hidden_size :]
    return found
