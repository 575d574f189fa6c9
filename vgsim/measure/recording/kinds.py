"""What a recorded module is to the gradient that goes through it, by the name of its class."""

from __future__ import annotations

import re

from vgsim.nn.activations import ACTIVATIONS
from vgsim.record.reader import RecordedRun, RecordedStage

_CALLED = {
    "leakyrelu": "leaky_relu", "logsigmoid": "softplus", "hardtanh": "hard_tanh", "swish": "silu",
    "rrelu": "leaky_relu", "geglu": "gelu", "newgelu": "gelu_tanh", "quickgelu": "gelu",
    "hardswish": "silu", "hardsigmoid": "sigmoid", "relu6": "relu", "threshold": "relu",
}  # fmt: skip
"""Classes of PyTorch and others that are, or are close to, an activation of another name here."""
_RESHAPES = (
    "pool", "flatten", "upsample", "identity", "pad", "shuffle", "fold", "rearrange", "reduce",
)  # fmt: skip
DENSE = "linear"
_MATRICES = (DENSE, "conv", "dense", "embed", "attention")
RECURRENT = ("rnn", "lstm", "gru")


DROPS = "dropout"
SOFTMAX = "softmax"


def is_softmax(kind: str) -> bool:
    """Whether a class makes shares of a whole, not their logarithms."""
    return kind.lower().startswith(SOFTMAX)


def activation_of(kind: str) -> str:
    """The activation here that a class is: "LeakyReLU" is "leaky_relu"; empty for none."""
    plain = re.sub(r"[^a-z0-9]", "", kind.lower()).removesuffix("activation")
    names = {entry.name.replace("_", ""): entry.name for entry in ACTIVATIONS}
    names.pop("identity", None)
    return names.get(plain) or _CALLED.get(plain, "")


def called(stage: RecordedStage) -> str:
    """A stage in a sentence: its name, with its kind where that is a mere number."""
    if stage.name[:1].isdecimal() and stage.kind:
        return f"{stage.kind} {stage.name}"
    return stage.name


class StageParts:
    """What each stage of a run does to a gradient: a name that the gain budget has, or "reshape",
    "recurrent" or "other"."""

    def __init__(self, run: RecordedRun) -> None:
        with_matrix = {it.stage for it in run.parameter_list if len(it.shape) > 1}
        self._parts = [_part(stage, stage.name in with_matrix) for stage in run.stage_list]

    def __getitem__(self, place: int) -> str:
        return self._parts[place]


def _part(stage: RecordedStage, has_matrix: bool) -> str:
    kind = stage.kind.lower()
    if activation_of(stage.kind):
        return "activation"
    if normalization_of(kind):
        return "normalization"
    if kind.startswith("drop") or kind.endswith("dropout"):
        return DROPS
    if any(kind.removesuffix("cell") == name for name in RECURRENT):
        return "recurrent"
    if has_matrix or any(word in kind for word in _MATRICES):
        return "weights"
    if any(word in kind for word in _RESHAPES):
        return "reshape"
    return "other"


def normalization_of(kind: str) -> str:
    """The normalization here that a class is; empty for none."""
    kind = kind.lower()
    for word, name in (("batchnorm", "batch"), ("rmsnorm", "rms"), ("norm", "layer")):
        if word in kind:
            return name
    return ""
