"""Hops made by hand from small random networks, for tests of what draws them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tests.helpers.frames import make_frame
from vgsim.measure.chain_rule.result import Factor, FactorKind, Hop, Term, WeightStep
from vgsim.measure.frame import Frame
from vgsim.nn.moments import Moment, Phase

Floats = NDArray[np.float64]
VECTOR, DIAGONAL = FactorKind.VECTOR, FactorKind.DIAGONAL
MATRIX, OPERATOR = FactorKind.MATRIX, FactorKind.OPERATOR


def vector(tex: str, values: Floats, signal: bool = False) -> Factor:
    """A vector, of a gradient when ``signal``."""
    return Factor(tex, VECTOR, values, signal=signal)


def gradient(stage: int, values: Floats) -> Factor:
    """∂J/∂h of a stage."""
    return vector(rf"\frac{{\partial J}}{{\partial h_{{{stage}}}}}", values, signal=True)


def weights(stage: int, values: Floats, transposed: bool = True) -> Factor:
    """W of a stage or its transpose; ``values`` as they are to be shown."""
    mark = r"^{\top}" if transposed else ""
    return Factor(rf"W_{{{stage}}}{mark}", MATRIX, values, "weights")


def derivatives(stage: int, values: Floats) -> Factor:
    """σ′(z) of a stage on the diagonal."""
    return Factor(
        rf"\mathrm{{diag}}\left[\sigma'(z_{{{stage}}})\right]", DIAGONAL, values, "activation"
    )


def way(stage: int, stages: int, decay: float = 0.65) -> Floats:
    """A product that has come down to ``stage``, ``decay`` decades a hop."""
    so_far = 10.0 ** (-decay * np.arange(stages)[::-1])
    so_far[: stage - 1] = np.nan
    return so_far


def backward(
    width: int = 8, above: int | None = None, stage: int = 3, stages: int = 6, seed: int = 0,
    sample: int | None = 0,
) -> Hop:  # fmt: skip
    """One hop of a sigmoid network."""
    rng, n = np.random.default_rng(seed), width if above is None else above
    matrix = rng.standard_normal((width, n)) / np.sqrt(n)
    bent, dh = rng.uniform(0.12, 0.25, n), rng.standard_normal(n) * 0.02
    result = matrix @ (bent * dh)
    factors = (weights(stage + 1, matrix), derivatives(stage + 1, bent), gradient(stage + 1, dh))
    left = gradient(stage, result)
    return Hop(stage, sample, left, (Term("weights", factors, result),), way(stage, stages))


def residual(width: int = 8, stage: int = 3, stages: int = 6, seed: int = 0) -> Hop:
    """One hop of a residual network with layer normalization: two terms, one (n, n) matrix."""
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal((width, width)) / np.sqrt(width)
    norm = np.eye(width) - 1 / width - 0.1 * rng.standard_normal((width, width))
    bent, dh = rng.uniform(0, 1, width), rng.standard_normal(width) * 0.2
    result = matrix @ (norm @ (bent * dh))
    normalized = Factor(rf"\mathrm{{LN}}'^{{\top}}_{{{stage + 1}}}", MATRIX, norm, "normalization")
    factors = (
        weights(stage + 1, matrix),
        normalized,
        derivatives(stage + 1, bent),
        gradient(stage + 1, dh),
    )
    terms = (
        Term("weights", factors, result),
        Term("skip", (gradient(stage + 1, dh),), dh),
    )
    return Hop(stage, 0, gradient(stage, result + dh), terms, way(stage, stages, 0.02))


def lstm(width: int = 8, stage: int = 5, stages: int = 9, seed: int = 0) -> Hop:
    """One timestep of an LSTM back through its hidden path, H × 4H."""
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal((width, 4 * width)) / np.sqrt(width)
    da = rng.standard_normal(4 * width) * 0.01
    result = matrix @ da
    above = vector(rf"\frac{{\partial J}}{{\partial(i,f,g,o)_{{{stage + 1}}}}}", da, signal=True)
    back = Factor(r"W_{h}^{\top}", MATRIX, matrix, "weights")
    gates = tuple(
        (name, rng.uniform(-1 if name == "g" else 0, 1, width)) for name in ("i", "f", "g", "o")
    )
    term = Term("state", (back, above), result)
    forget, dc = gates[1][1], rng.standard_normal(width) * 0.01
    kept = Factor(rf"\mathrm{{diag}}\left[f_{{{stage + 1}}}\right]", DIAGONAL, forget, "skip")
    cell = vector(rf"\frac{{\partial J}}{{\partial c_{{{stage + 1}}}}}", dc, signal=True)
    state = Term("state", (kept, cell), forget * dc)
    return Hop(
        stage, 0, gradient(stage, result), (term,), way(stage, stages, 0.2),
        carry=(0.97, 0.21), gates=gates, state=state, memory="c",
    )  # fmt: skip


def forward(inputs: int = 64, width: int = 8, stage: int = 1, stages: int = 6) -> Hop:
    """A forward moment: f of W x + b."""
    rng = np.random.default_rng(1)
    matrix, x = rng.standard_normal((width, inputs)) / 8, rng.uniform(0, 16, inputs).round()
    b = np.zeros(width)
    z = matrix @ x + b
    terms = (
        Term("weights", (weights(stage, matrix, False), vector("x", x)), matrix @ x),
        Term("bias", (vector(rf"b_{{{stage}}}", b),), b),
    )
    left = vector(rf"h_{{{stage}}}", 1 / (1 + np.exp(-z)))
    return Hop(stage, 0, left, terms, np.full(stages, np.nan), function=r"\sigma")


def scalar(stage: int = 2, stages: int = 6) -> Hop:
    """The worked example: one unit a stage, a factor of a quarter."""
    dh, factor = np.array([0.25]), Factor("c", MATRIX, np.array([[0.25]]), "weights")
    term = Term("weights", (factor, gradient(stage + 1, dh)), dh * 0.25)
    return Hop(stage, 0, gradient(stage, dh * 0.25), (term,), way(stage, stages, np.log10(4)))


def batch_norm(width: int = 8, stage: int = 3, stages: int = 6) -> Hop:
    """A hop with an operator in it that is no matrix for one sample."""
    hop = backward(width, stage=stage, stages=stages)
    above = stage + 1
    name = rf"\left(\frac{{\partial n_{{{above}}}}}{{\partial z_{{{above}}}}}\right)^{{\top}}"
    operator = Factor(
        name, OPERATOR, np.empty(0), "normalization", "Mixes the samples: no matrix for one.",
        out=np.random.default_rng(2).standard_normal(width) * 0.01,
    )  # fmt: skip
    matrix, *rest = hop.terms[0].factors
    term = replace(hop.terms[0], factors=(matrix, operator, *rest))
    return replace(hop, terms=(term,), note="Batch normalization has no matrix for one sample.")


STEP = WeightStep("W_{4}[2, 5]", -0.30184351, 1.2e-3, 1.2e-3, 0.5, -6e-4, -0.30244351)


def hop_frame(hop: Hop | None, step: WeightStep | None = None, phase: str = "backward") -> Frame:
    """A frame that carries ``hop``."""
    stages = 6 if hop is None else len(hop.so_far)
    frame = make_frame(stages)
    stage = 1 if hop is None else hop.stage
    measurements = tuple(found for found in (hop, step) if found is not None)
    return replace(frame, moment=Moment(Phase(phase), stage, 1), measurements=measurements)


def gru(width: int = 8, stage: int = 5, stages: int = 9) -> Hop:
    """One timestep of a GRU whose every timestep has a loss: three terms."""
    rng = np.random.default_rng(3)
    dh, dz = rng.standard_normal(width) * 0.1, rng.standard_normal(3 * width) * 0.05
    gate, matrix = rng.uniform(0, 1, width), rng.standard_normal((width, 3 * width)) / 3
    out, back = rng.standard_normal(10) * 0.01, rng.standard_normal((width, 10))
    kept = Factor(rf"\mathrm{{diag}}\left[z_{{{stage + 1}}}\right]", DIAGONAL, gate, "skip")
    pre = vector(rf"\frac{{\partial J}}{{\partial z_{{{stage + 1}}}^{{r,z,n}}}}", dz, True)
    own = vector(rf"\frac{{\partial J}}{{\partial h_{{{stages}}}}}^{{({stage})}}", out, True)
    terms = (
        Term("carry", (kept, gradient(stage + 1, dh)), gate * dh),
        Term("state", (Factor(r"W_{h}^{\top}", MATRIX, matrix, "weights"), pre), matrix @ dz),
        Term("loss", (weights(stages, back), own), back @ out),
    )
    result = terms[0].result + terms[1].result + terms[2].result
    gates = tuple((name, rng.uniform(0, 1, width)) for name in ("r", "z", "n"))
    return Hop(
        stage, 0, gradient(stage, result), terms, way(stage, stages, 0.1), carry=(0.6, 0.3),
        gates=gates,
    )  # fmt: skip
