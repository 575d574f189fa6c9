"""The plain network beside a special one: what the special thing does is seen there."""

from __future__ import annotations

from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.cells import CELLS
from vgsim.nn.roles import Role
from vgsim.nn.spec import Spec, field_at

ADDED = (
    "network.norm", "network.skip", "network.dropout", "training.truncate", "training.precision",
    "data.standardize",
)  # fmt: skip
"""What is added to the stages, the pass or the data; it is taken away first."""
STAGES = (
    "network.activation", "network.activations", "init.weights", "init.recurrent", "init.gain_by",
    "init.gain", "init.bias",
)  # fmt: skip
"""What the stages themselves are, where nothing is added."""
RULE, CLIP = "training.optimizer", "training.clip"


def plain_of(spec: Spec) -> Spec:
    """``spec`` without what makes it special, and with the same data, depth, width and seed.

    A cell with gates becomes one without. Else, of what is added, of the kind of stages and of the
    optimizer, the first that is not the usual one becomes it. ``spec`` itself when it is plain, or
    when there is nothing to choose about its stages.
    """
    kind = spec.network.kind
    if kind in CELLS and CELLS[kind].several_gates():
        simple = next(entry.name for entry in CELLS if not entry.value.several_gates())
        changes: dict[str, object] = {"network.kind": simple}
        if not spec.applies("network.activation"):
            changes["network.activation"] = ACTIVATIONS.cast(Role.ZERO_CENTERED)
        return spec.replace(changes)
    if not spec.applies("network.activation"):
        return spec
    for paths in (_added(spec), STAGES, (RULE,)):
        plain = spec.replace(_usual(spec, paths))
        if plain != spec:
            return plain
    return spec


def _added(spec: Spec) -> tuple[str, ...]:
    """Clipping is added to plain descent; with another optimizer it goes without saying."""
    if spec[RULE] == field_at(RULE).default:
        return (*ADDED, CLIP)
    return ADDED


def _usual(spec: Spec, paths: tuple[str, ...]) -> dict[str, object]:
    """The usual value of each field that something in ``spec`` reads."""
    usual: dict[str, object] = {
        path: field_at(path).default for path in paths if spec.applies(path)
    }
    if "network.activation" in usual and spec.network.kind in CELLS:
        # A sigmoid is usual in layers; a loop without gates has always had a tanh.
        usual["network.activation"] = ACTIVATIONS.cast(Role.ZERO_CENTERED)
    return usual
