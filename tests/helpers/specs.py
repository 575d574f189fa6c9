"""Small specs that run in milliseconds."""

from __future__ import annotations

from vgsim.nn.spec import Spec


def small(**changes: object) -> Spec:
    """A quick spec on two Gaussians; ``network__depth=4`` changes a field."""
    base: dict[str, object] = {
        "data.dataset": "gaussians",
        "data.samples": 40,
        "network.depth": 3,
        "network.width": 4,
        "network.activation": "tanh",
        "training.batch": 8,
        "training.learning_rate": 0.1,
    }
    base |= {path.replace("__", "."): value for path, value in changes.items()}
    return Spec().replace(base)


COMPOSED: dict[str, object] = {
    "network__depth": 5, "network__skip_every": 2, "network__skip_scale": 0.7,
    "init__bias": "normal", "init__bias_value": 0.3,
}  # fmt: skip
"""Changes for :func:`small`: biases, and what a skip path needs."""

TIMES: dict[str, object] = {
    "data__dataset": "sine", "data__length": 6, "data__samples": 40, "training__loss": "mse",
    "init__bias": "normal",
}  # fmt: skip
"""Changes for :func:`small`: short sequences; the kind of cell is still to come."""
