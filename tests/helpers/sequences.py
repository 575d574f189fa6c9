"""Recurrent networks unrolled by hand, for engines that are not ours to differentiate."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import grad
from autograd.tracer import getval

from tests.helpers.oracle import FUNCTIONS, LOSS_FUNCTIONS
from vgsim.nn.experiment import Experiment
from vgsim.nn.unrolled import Unrolled


def network(experiment: Experiment) -> Unrolled:
    """The experiment's network, known to be a recurrent one."""
    assert isinstance(experiment.network, Unrolled)
    return experiment.network


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + anp.exp(-z))


def _step(kind: str, activation: str, own: dict[str, Any], x: Any, h: Any, c: Any) -> Any:
    """(h, c) of the next timestep."""
    from_x, from_h = x @ own["W_x"] + own["b"], h @ own["W_h"]
    if kind == "rnn":
        return FUNCTIONS[activation](from_x + from_h), c
    n = h.shape[1]
    if kind == "lstm":
        i, f, g, o = (lambda z: [z[:, k * n : (k + 1) * n] for k in range(4)])(from_x + from_h)
        c = _sigmoid(f) * c + _sigmoid(i) * anp.tanh(g)
        return _sigmoid(o) * anp.tanh(c), c
    r = _sigmoid(from_x[:, :n] + from_h[:, :n])
    z = _sigmoid(from_x[:, n : 2 * n] + from_h[:, n : 2 * n])
    new = anp.tanh(from_x[:, 2 * n :] + r * (from_h[:, 2 * n :] + own["b_hn"]))
    return (1 - z) * new + z * h, c


def autograd_gradients(experiment: Experiment) -> dict[str, Any]:
    """∂J by the parameters of each cell and the readout, and by every h of the top cell."""
    net, training = network(experiment), experiment.spec.training
    kind = experiment.spec.network.kind
    cells = [{name: value.copy() for name, value in cell.own.items()} for cell in net.cells]
    free = {
        "cells": cells,
        "readout": {name: value.copy() for name, value in net.readout.parameters.items()},
        "zero": [np.zeros_like(net.top.h[0]) for _ in range(net.steps)],
    }
    x, targets = net.x_by_step.copy(), experiment.loss.targets.copy()

    def loss(free: dict[str, Any]) -> Any:
        state = [(anp.zeros_like(cell.h[0]), anp.zeros_like(cell.h[0])) for cell in net.cells]
        top = []
        for t in range(net.steps):
            below = x[t]
            for at, own in enumerate(free["cells"]):
                h, c = state[at]
                k = training.truncate
                if k and t and (net.steps - t) % k == 0:
                    h, c = getval(h), getval(c)
                h, c = _step(kind, experiment.spec.network.activation, own, below, h, c)
                if at + 1 == len(net.cells):
                    h = h + free["zero"][t]
                state[at] = (h, c)
                below = h
            top.append(below)
        rows = anp.concatenate(top) if training.loss_at == "every" else top[-1]
        out = rows @ free["readout"]["W"] + free["readout"]["b"]
        return LOSS_FUNCTIONS[training.loss](out, targets, training.start)

    return grad(loss)(free)
