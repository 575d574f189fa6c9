"""What should help against an outcome: changes of the spec, best first.

Each outcome has a list of candidates. Of a candidate only those changes stay that the changed
spec reads and that differ from it now; a candidate without any, or that makes no valid spec, goes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from vgsim.core.errors import SpecError
from vgsim.core.registry import Entry
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.verdict import Remedy, Value
from vgsim.nn.cells import CELLS, Cell
from vgsim.nn.roles import Role
from vgsim.nn.spec import Spec, field_at

Changes = dict[str, Value]
Candidate = tuple[str, Changes]

MOST = 4
"""Remedies that a verdict offers."""
GOOD_RATIO = 1e-3
"""Update:data ratio to aim at (Karpathy 2022)."""
USUAL_RATE = {"sgd": 0.1, "momentum": 0.02, "nesterov": 0.02, "rmsprop": 0.001, "adam": 0.002,
              "adamw": 0.002}  # fmt: skip
"""Learning rates that small networks usually bear."""

RELU: Changes = {"network.activation": "relu", "network.activations": "",
                 "init.weights": "he_normal"}  # fmt: skip
TANH: Changes = {"network.activation": "tanh", "network.activations": "",
                 "init.weights": "xavier_normal", "init.gain_by": "number",
                 "init.gain": 1.0}  # fmt: skip
NO_BIAS: Changes = {"init.bias": "zero"}
RESIDUAL: Changes = {"network.skip": "preactivation", "network.norm": "layer",
                     "network.skip_scale": 1.0}  # fmt: skip
LAYER_NORM: Changes = {"network.norm": "layer"}
ROTATION: Changes = {"init.recurrent": "orthogonal", "init.gain_by": "number", "init.gain": 1.0}
IRNN: Changes = {"network.activation": "relu", "init.recurrent": "identity",
                 "init.weights": "normal", "init.std": 0.05, "init.gain_by": "number",
                 "init.gain": 1.0}  # fmt: skip
CLIP: Changes = {"training.clip": "norm", "training.clip_at": 1.0}


def remedies(outcome: str, findings: Findings) -> tuple[Remedy, ...]:
    """What to try against ``outcome``, at most MOST; empty where nothing is wrong."""
    candidates = CANDIDATES.get(outcome, _none)(findings)
    found: list[Remedy] = []
    for title, changes in candidates:
        kept = _kept(findings.spec, changes)
        if kept and all(kept != remedy.changes for remedy in found):
            found.append(Remedy(title, kept))
    return tuple(found[:MOST])


def _kept(spec: Spec, changes: Changes) -> tuple[tuple[str, Value], ...]:
    """The changes that are any, and that the changed spec reads."""
    try:
        changed = spec.replace(changes)
    except SpecError:
        return ()
    kept = [(path, value) for path, value in changes.items() if changed.applies(path)]
    return tuple((path, value) for path, value in kept if spec[path] != value)


def _none(f: Findings) -> Iterator[Candidate]:
    yield from ()


def _keeping(f: Findings) -> Entry[type[Cell]]:
    """The cell to try where others forget."""
    return CELLS.entry(CELLS.cast(Role.REMEMBERS, f.spec.network.kind))


def _open_gates(cell: type[Cell], f: Findings) -> Changes:
    """Gates that start open for as long as the sequence: b = ln T, as chrono initialization
    has it for the longest dependency (Tallec and Ollivier 2018)."""
    bias = round(math.log(max(f.way.last, 3)), 1)
    return {cell.opened_by: bias} if cell.opened_by else {}


def _added_only(f: Findings) -> Candidate:
    """A cell whose state is only added to."""
    cell = _keeping(f)
    return f"{cell.label}, whose state is only added to", {
        "network.kind": cell.name, "init.recurrent": "orthogonal", **_open_gates(cell.value, f),
        "init.bias": "zero", "init.gain_by": "number", "init.gain": 1.0}  # fmt: skip


def _matching(f: Findings) -> Candidate:
    """The initializer that belongs to the activation."""
    name = f.activation
    if name in ("relu", "leaky_relu", "prelu", "elu", "gelu", "gelu_tanh", "silu", "mish"):
        return "He's weights, which make up for what the activation cuts", {
            "init.weights": "he_normal"}  # fmt: skip
    if name == "selu":
        return "LeCun's weights, which SELU needs", {
            "init.weights": "lecun_normal", "init.gain_by": "number", "init.gain": 1.0}  # fmt: skip
    if name == "identity":
        return "Rotations, which keep every length", {
            "init.weights": "orthogonal", "init.gain_by": "number", "init.gain": 1.0}  # fmt: skip
    return "Xavier's weights, which keep the variance", {
        "init.weights": "xavier_normal", "init.gain_by": "number", "init.gain": 1.0}  # fmt: skip


def _capped(f: Findings) -> Iterator[Candidate]:
    if f.recurrent:
        yield _added_only(f)
        yield "A tanh cell around a rotation", {"network.activation": "tanh", **ROTATION}
        return
    if _very_deep(f):
        yield "A skip path around every stage, with layer norm", RESIDUAL
    yield "ReLU with He's weights", RELU | NO_BIAS
    yield "Tanh with Xavier's weights", TANH | NO_BIAS
    yield "A skip path around every stage, with layer norm", RESIDUAL
    yield "Fewer layers", {"network.depth": 2}


def _very_deep(f: Findings) -> bool:
    """Whether only a way around the stages carries a gradient through all of them."""
    return len(f.way.hops) > 30


def _saturated(f: Findings) -> Iterator[Candidate]:
    if f.spec.init.bias != "zero":
        yield "Biases of 0", NO_BIAS
    if f.recurrent:
        yield "A rotation for Wₕ", ROTATION | NO_BIAS
        yield _added_only(f)
        return
    yield "Layer norm, which brings z back to where f is steep", LAYER_NORM
    yield _matching(f)
    yield "ReLU with He's weights", RELU | NO_BIAS


def _weights(f: Findings) -> Iterator[Candidate]:
    if _very_deep(f):
        yield "A skip path around every stage, with layer norm", RESIDUAL
    yield _matching(f)
    yield "Layer norm, which divides the scale of the weights out", LAYER_NORM
    yield "LSUV: weights scaled until every stage has variance 1", {"init.weights": "lsuv"}
    yield "A skip path around every stage, with layer norm", RESIDUAL


def _fades_in_time(f: Findings) -> Iterator[Candidate]:
    yield _added_only(f)
    yield "IRNN: ReLU around an identity", IRNN
    yield "A rotation for Wₕ: every singular value 1", ROTATION


def _mixed(f: Findings) -> Iterator[Candidate]:
    yield "A skip path around every stage, with layer norm", RESIDUAL
    if f.step:
        yield "A tenth of the learning rate", _rate(f, 0.1)
    yield "Fewer layers", {"network.depth": 3}


def _forgets(f: Findings) -> Iterator[Candidate]:
    if f.cell and f.cell.opened_by:
        gates = f"{f.cell.keeper}s".capitalize()
        yield f"{gates} that start open: b = ln T", _open_gates(f.cell, f)
    cell = _keeping(f)
    yield f"{cell.label} with {cell.value.keeper}s that start open", _added_only(f)[1]


def _grows(f: Findings) -> Iterator[Candidate]:
    yield _matching(f)
    yield "Layer norm, which divides the scale of the weights out", LAYER_NORM
    yield "LSUV: weights scaled until every stage has variance 1", {"init.weights": "lsuv"}


def _grows_by_batch_norm(f: Findings) -> Iterator[Candidate]:
    yield "A skip path around every stage", {"network.skip": "preactivation",
                                             "network.skip_scale": 1.0}  # fmt: skip
    yield "A skip path around every stage, with layer norm", RESIDUAL
    yield "Fewer layers", {"network.depth": 6}


def _grows_by_sums(f: Findings) -> Iterator[Candidate]:
    yield "Pre-activation stages with layer norm", RESIDUAL
    yield "Layer norm", LAYER_NORM
    yield "Smaller weights", {"init.weights": "normal", "init.std": _small_std(f)}


def _small_std(f: Findings) -> float:
    """Weights that add little to the sum: 1 / √(width · depth), in the spirit of Fixup
    (Zhang, Dauphin and Ma 2019)."""
    network = f.spec.network
    return _rounded(1 / math.sqrt(network.width * network.depth))


def _grows_in_time(f: Findings) -> Iterator[Candidate]:
    yield "A rotation for Wₕ: every singular value 1", ROTATION
    yield _added_only(f)
    yield "Clipping the gradient to norm 1 (Pascanu et al. 2013)", CLIP


def _dead(f: Findings) -> Iterator[Candidate]:
    if f.spec.init.bias != "zero":
        yield "Biases of 0", NO_BIAS
    else:
        yield "Leaky ReLU, which is never shut", {"network.activation": "leaky_relu",
                                                  "network.activations": ""}  # fmt: skip
    if not f.recurrent:
        yield "Layer norm, which keeps half of the ReLUs open", LAYER_NORM
    if f.step:
        yield "A tenth of the learning rate", _rate(f, 0.1)


def _alike(f: Findings) -> Iterator[Candidate]:
    title, changes = _matching(f)
    yield (
        title + ", each of them different",
        changes | ({"init.recurrent": "orthogonal"} if f.recurrent else {}),
    )
    yield "Rotations, every row another direction", {"init.weights": "orthogonal"}


def _underflows(f: Findings) -> Iterator[Candidate]:
    cause = min(("activation", "weights"), key=f.way.part)
    if f.recurrent:
        yield from _fades_in_time(f)
    else:
        yield from _capped(f) if cause == "activation" else _weights(f)


def _underflow(f: Findings) -> Iterator[Candidate]:
    yield from list(_underflows(f))[:3]
    yield "float64, to see how small it is", {"training.precision": "float64"}


def _shattered(f: Findings) -> Iterator[Candidate]:
    yield "A skip path around every stage", {"network.skip": "preactivation",
                                             "network.skip_scale": 1.0}  # fmt: skip
    yield "Fewer layers", {"network.depth": 6}


def _rate(f: Findings, by: float) -> Changes:
    return {"training.learning_rate": _rounded(f.spec.training.learning_rate * by)}


def _rounded(value: float) -> float:
    """One significant digit."""
    return float(f"{value:.0e}")


def _too_large(f: Findings) -> Iterator[Candidate]:
    usual, rate = USUAL_RATE[f.spec.training.optimizer], f.spec.training.learning_rate
    if usual < rate:
        yield f"A usual learning rate, {usual:g}", {"training.learning_rate": usual}
    yield "A tenth of the learning rate", _rate(f, 0.1)
    yield "A hundredth of the learning rate", _rate(f, 0.01)


def _too_small(f: Findings) -> Iterator[Candidate]:
    rate, usual = f.spec.training.learning_rate, USUAL_RATE[f.spec.training.optimizer]
    top = field_at("training.learning_rate").high or math.inf
    if rate > 0 and f.ratio > 0:
        fitting = min(_rounded(rate * GOOD_RATIO / f.ratio), top)
        yield f"A learning rate of {fitting:g}, for updates of 0.001", {
            "training.learning_rate": fitting}  # fmt: skip
    if usual > rate:
        yield f"A usual learning rate, {usual:g}", {"training.learning_rate": usual}
    yield "Adam, which scales its steps by itself", {
        "training.optimizer": "adam", "training.learning_rate": USUAL_RATE["adam"]}  # fmt: skip


def _scale(f: Findings) -> Iterator[Candidate]:
    yield "Standardize the features", {"data.standardize": True}
    yield "Layer norm", LAYER_NORM


def _no_error(f: Findings) -> Iterator[Candidate]:
    if f.spec.training.loss == "linear":
        yield "A start gradient of 1", {"training.start": 1.0}


def _truncated(f: Findings) -> Iterator[Candidate]:
    yield "Let the gradient go back all the way", {"training.truncate": 0}


def _factor(f: Findings) -> Iterator[Candidate]:
    yield "A factor of 1", {"network.factor": 1.0}


CANDIDATES: dict[str, Callable[[Findings], Iterator[Candidate]]] = {
    "vanishing_capped": _capped,
    "vanishing_saturated": _saturated,
    "vanishing_weights": _weights,
    "vanishing_mixed": _mixed,
    "vanishing_recurrent": _fades_in_time,
    "vanishing_factor": _factor,
    "forgetting": _forgets,
    "exploding_weights": _grows,
    "exploding_batch_norm": _grows_by_batch_norm,
    "exploding_skips": _grows_by_sums,
    "exploding_recurrent": _grows_in_time,
    "exploding_factor": _factor,
    "dead_relus": _dead,
    "symmetric": _alike,
    "underflow": _underflow,
    "shattered": _shattered,
    "rate_too_large": _too_large,
    "rate_too_small": _too_small,
    "no_error": _no_error,
    "data_scale": _scale,
    "truncated": _truncated,
}
"""Outcome -> what may help, best first; outcomes without a trouble have none."""
