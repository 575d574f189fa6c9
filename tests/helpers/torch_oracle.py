"""The same networks in PyTorch's own layers, float64, graph by autograd."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from tests.helpers.composed import forward
from vgsim.engine.experiment import Experiment

FUNCTIONS = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": F.leaky_relu,
    "identity": lambda z: z,
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


def leaf(values: Any) -> Tensor:
    """A copy that PyTorch finds the gradient of."""
    return torch.tensor(values, requires_grad=True)


def torch_gradients(experiment: Experiment) -> list[dict[str, Tensor]]:
    """∂J by every parameter and, as ``zero``, by h of every stage; cross-entropy."""
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
    F.cross_entropy(h, torch.tensor(experiment.loss.targets)).backward()
    return [{name: value.grad for name, value in own.items()} for own in free]
