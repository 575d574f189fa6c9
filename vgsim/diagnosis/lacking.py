"""What a source of figures would have to tell as well, in words."""

from __future__ import annotations

from collections.abc import Iterable

IN_WORDS = {
    "agreement": "the gradients of single samples",
    "alike": "outputs and gradients by unit",
    "bound": "an activation that is a module of its own",
    "clipped": "the gradient's norm before and after clipping",
    "data.standardize": "the data",
    "dead": "an activation that is a module of its own",
    "decay": "the optimizer's weight decay",
    "derivative": "the slopes of the activations",
    "gain": "the gradients of several batches at the same weights",
    "gates": "the gates by timestep",
    "gradient": "the norm of the whole gradient",
    "held_out": "the loss on held-out samples",
    "init.bias": "how the biases began",
    "init.bias_value": "how the biases began",
    "keep": "the gates by timestep",
    "majority": "the classes of the samples",
    "network.dropout": "the share that dropout takes",
    "offset": "the biases apart from the rest of z",
    "radius": "the recurrent weights",
    "restart": "trainings from other seeds",
    "shrunk": "the norms of the parameters from the start on",
    "target": "the targets",
    "training.delta": "the settings of the loss",
    "training.epsilon": "the settings of the optimizer",
    "training.label_smoothing": "the settings of the loss",
    "training.loss_scale_log2": "the scale of the loss",
    "training.master_weights": "the changes value by value",
    "training.momentum": "the settings of the optimizer",
    "training.weight_decay": "the settings of the optimizer",
    "undone": "the changes value by value",
    "x": "the input",
    "zero_weights": "the norms of the weights",
}
"""What a figure is taken from, by its name."""


def needed(figures: Iterable[str]) -> str:
    """What it would take to know these figures: "the targets and the settings of the loss"."""
    *others, last = dict.fromkeys(IN_WORDS.get(name, name) for name in figures)
    if others:
        return f"{', '.join(others)} and {last}"
    return last
