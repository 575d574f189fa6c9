"""Small specs that run in milliseconds."""

from __future__ import annotations

from vgsim.engine.spec import Spec


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
