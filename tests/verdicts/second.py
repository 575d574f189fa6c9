"""A second labelled set: causes laid on sound networks, at the start and during training.

Every case is a sound network of ``BASES`` (other widths, data, number types and optimizers than
those of ``make.py``) to which one cause was done, as ``CAUSES`` lists them; its label is that
cause, whatever the judge says. The set was written before the rules were changed for it.

``python -m tests.verdicts.second`` trains each case (outside CI: two minutes) and prints those that
do not behave as their label says: a network with a cause must end better once the cause is taken
away, a sound one must come to a loss that is better than guessing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.spec import Spec

DATA = Path(__file__).with_name("data")
Value = str | int | float | bool
Changes = Mapping[str, Value]

WITHIN = 400
"""Updates after which a case is compared with the same network without its cause."""
EARLY = 5
"""The same for a start that is sure and wrong, which costs the first updates."""
BETTER = 0.9
"""Share of the loss with the cause below which the loss without it must lie."""


def fields_in(text: str) -> dict[str, Value]:
    """Fields of "section.field=value …"; numbers and true/false as themselves."""
    found: dict[str, Value] = {}
    for part in text.split():
        path, _, value = part.partition("=")
        found[path] = _value(value)
    return found


def _value(text: str) -> Value:
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    if text.endswith(".csv"):
        return str(DATA / text)
    return text


def net(data: str, shape: str, weights: str, training: str) -> dict[str, Value]:
    """Fields of a feed-forward network: ``shape`` is "activation depth width"."""
    activation, depth, width = shape.split()
    optimizer, rate, batch, precision = training.split()
    return {
        "data.dataset": data, "network.kind": "layers", "network.activation": activation,
        "network.depth": int(depth), "network.width": int(width), "init.weights": weights,
        "training.optimizer": optimizer, "training.learning_rate": float(rate),
        "training.batch": int(batch), "training.precision": precision,
    }  # fmt: skip


BASES: dict[str, dict[str, Value]] = {
    "digits": net("digits", "relu 3 48", "he_normal", "adam 0.002 64 float32"),
    "moons": net("moons", "tanh 4 20", "xavier_normal", "sgd 0.2 20 float64"),
    "circles": net("circles", "leaky_relu 5 40", "he_uniform", "momentum 0.02 50 float32"),
    "penguins": net("penguins", "selu 4 28", "lecun_normal", "rmsprop 0.001 16 float64"),
    "gaussians": net("gaussians", "elu 6 12", "he_normal", "sgd 0.1 25 float32"),
    "wide": net("digits", "gelu 2 96", "he_normal", "adam 0.001 128 float32"),
    "plain": net("digits", "relu 5 28", "he_normal", "sgd 0.1 40 float64"),
    "line": net("csv", "tanh 2 24", "xavier_normal", "adam 0.01 32 float64")
    | fields_in("data.path=noise_floor.csv training.loss=mse"),
}
"""Sound networks, each of which learns its data."""


class Cause(NamedTuple):
    """A label, its reason, the fields that bring it about, the bases it is done to, what takes it
    away, and the updates after which it is judged."""

    label: str
    why: str
    fields: str
    bases: str
    cure: str = ""
    updates: tuple[int, ...] = (0, 20, 150)


CAUSES = (
    Cause("healthy", "nothing was done to it", "",
          "digits moons circles penguins gaussians wide plain line", "", (0, 40, 200)),
    Cause("healthy", "a little decay and dropout do no harm",
          "training.weight_decay=0.0005 network.dropout=0.1", "digits wide plain"),
    Cause("healthy", "a norm over a whole batch", "network.norm=batch", "digits plain penguins"),
    Cause("healthy", "a cosine that has hardly begun",
          "training.schedule=cosine training.decay_steps=2000", "digits moons circles"),
    Cause("healthy", "He's weights through thirty stages, held against what training does",
          "network.depth=20 network.width=64 training.optimizer=momentum"
          " training.learning_rate=0.003", "plain", "", (0, 50, 100)),
    Cause("weight_decay", "decay takes more from the weights than the gradient gives",
          "training.weight_decay=1.0", "moons gaussians plain", "training.weight_decay=0.0",
          (30, 100, 200)),
    Cause("weight_decay", "decay that the momentum multiplies", "training.weight_decay=0.3",
          "circles", "training.weight_decay=0.0", (60, 120, 240)),
    Cause("clipping", "all updates are clipped to nothing",
          "training.clip=norm training.clip_at=1e-5", "moons gaussians plain circles",
          "training.clip=none"),
    Cause("clipping", "every entry of the gradient is clipped to nothing",
          "training.clip=value training.clip_at=1e-7", "moons plain", "training.clip=none"),
    Cause("schedule", "the schedule has ended at a rate of 0",
          "training.schedule=cosine training.decay_steps=10 training.final_rate=0.0",
          "digits moons circles plain wide", "training.schedule=constant", (15, 60, 150)),
    Cause("schedule", "the rate is divided by ten every five updates",
          "training.schedule=step training.decay_steps=5 training.decay_factor=0.1",
          "moons plain penguins", "training.schedule=constant", (40, 60, 150)),
    Cause("dropout", "nine of ten units are gone at every stage", "network.dropout=0.9",
          "digits moons plain circles gaussians", "network.dropout=0.0"),
    Cause("dropout", "nearly all units are gone", "network.dropout=0.95", "plain wide",
          "network.dropout=0.0"),
    Cause("norm_of_few", "a norm over one sample is 0 whatever comes in",
          "network.norm=batch training.batch=1", "digits moons plain gaussians",
          "training.batch=32"),
    Cause("data_scale", "inputs of five figures",
          "data.path=one_big_column.csv data.dataset=csv data.standardize=false",
          "plain gaussians moons", "data.standardize=true", (0, 5, 40)),
    Cause("target_scale", "prices of hundred thousands beside weights of size one",
          "data.dataset=csv data.path=price_raw.csv data.standardize=false training.loss=mse"
          " training.optimizer=adam training.learning_rate=0.001", "plain moons circles wide",
          "data.standardize=true", (0, 50, 300)),
    Cause("start_too_large", "weights of size one make the first guess sure and wrong",
          "init.weights=normal init.std=1.0 network.depth=1 network.width=160", "plain moons",
          "init.weights=xavier_normal", (0, 5)),
    Cause("start_too_large", "a wide stage of weights of size one",
          "init.weights=normal init.std=1.0 network.depth=1 network.width=240"
          " network.activation=tanh training.optimizer=sgd training.learning_rate=0.1",
          "digits plain wide", "init.weights=xavier_normal", (0, 5, 20)),
    Cause("symmetric", "every weight starts at 0", "init.weights=zeros",
          "moons circles plain", "init.weights=xavier_normal"),
    Cause("zero_weights", "every weight starts at 0, though the biases differ",
          "init.weights=zeros init.bias=normal init.bias_value=1.0", "moons plain gaussians",
          "init.weights=xavier_normal", (0,)),
    Cause("flat_biases", "biases hold every unit where it is flat",
          "init.bias=constant init.bias_value=-12.0", "gaussians wide", "init.bias=zero",
          (0, 20, 60)),
    Cause("flat_biases", "biases hold every unit where it is flat",
          "init.bias=constant init.bias_value=-12.0 network.activation=silu", "plain moons",
          "init.bias=zero", (0, 20, 60)),
    Cause("dead_relus", "biases keep every ReLU shut",
          "init.bias=constant init.bias_value=-14.0", "digits plain", "init.bias=zero"),
    Cause("vanishing_saturated", "biases push every unit to where it is flat",
          "init.bias=constant init.bias_value=6.0", "moons", "init.bias=zero"),
    Cause("vanishing_weights", "weights of a twentieth of what keeps the signal",
          "init.weights=normal init.std=0.01 network.depth=6", "plain gaussians circles moons",
          "init.weights=he_normal"),
    Cause("vanishing_capped", "ten sigmoid layers",
          "network.activation=sigmoid network.depth=10 init.weights=xavier_normal",
          "plain moons gaussians circles", "network.activation=tanh"),
    Cause("underflow_forward", "weights so small that activations underflow to 0",
          "init.weights=normal init.std=0.005 network.depth=40 training.precision=float32",
          "plain digits circles", "init.weights=he_normal network.depth=4", (0, 20)),
    Cause("overflow_forward", "weights so large that activations overflow",
          "init.weights=normal init.std=6.0 network.depth=60 training.precision=float32",
          "plain circles digits", "init.weights=he_normal", (0,)),
    Cause("exploding_weights", "weights of three times the size that keeps the signal",
          "init.weights=normal init.std=0.8 network.depth=8", "plain circles",
          "init.weights=he_normal", (0,)),
    Cause("rate_too_small", "the rate is a hundred-thousandth of what it was",
          "training.learning_rate=1e-7", "digits moons circles penguins plain wide",
          "training.learning_rate=0.003"),
    Cause("rate_too_large", "a rate a thousand times too large", "training.learning_rate=50.0",
          "moons plain circles gaussians", "training.learning_rate=0.05", (0, 10, 40)),
    Cause("rate_too_large", "Adam at a rate of 0.5, which jumps and stays",
          "training.learning_rate=0.5 training.optimizer=adam", "digits plain wide",
          "training.learning_rate=0.002", (0, 20, 150)),
    Cause("momentum", "a momentum of 0.995 adds up two hundred updates",
          "training.optimizer=momentum training.momentum=0.995 training.learning_rate=0.05",
          "plain circles moons", "training.momentum=0.9", (0, 40, 150)),
    Cause("minimum", "fitted as well as the noise lets it",
          "training.optimizer=sgd training.learning_rate=0.1 training.batch=0 data.held_out=0.0",
          "line", "", (400, 800, 1500)),
    Cause("minimum", "a linear fit of noisy numbers, at its end",
          "network.activation=identity network.depth=1 training.optimizer=sgd"
          " training.learning_rate=0.1 training.batch=0 data.held_out=0.0", "line", "",
          (200, 400, 1000)),
    Cause("converged", "easy data, learned", "data.noise=0.0 training.optimizer=adam"
          " training.learning_rate=0.005 network.depth=2", "moons circles", "", (500, 800)),
    Cause("overfitting", "forty samples of noise by heart",
          "data.dataset=moons data.samples=40 data.noise=1.2 data.held_out=0.5 network.width=64"
          " network.depth=3 training.optimizer=adam training.learning_rate=0.005 training.batch=0",
          "plain wide moons", "", (300, 500)),
    Cause("underflow", "a hundred sigmoid layers in float32",
          "network.activation=sigmoid network.depth=90 init.weights=xavier_normal"
          " training.precision=float32", "plain gaussians",
          "network.activation=tanh network.depth=3", (0, 10)),
    Cause("imbalance", "three of a hundred are ones, and all guesses are zeros",
          "data.dataset=csv data.path=imbalanced.csv training.loss=binary_cross_entropy"
          " training.optimizer=sgd training.learning_rate=0.1", "plain moons", "", (60, 150, 200)),
)  # fmt: skip


class Case(NamedTuple):
    """One experiment with its label."""

    name: str
    cause: Cause
    spec: Spec
    updates: int


def cases(
    causes: tuple[Cause, ...] = CAUSES,
    bases: Mapping[str, dict[str, Value]] = BASES,
    seed: int = 100,
) -> Iterator[Case]:
    """Each cause done to its bases, each case at a seed of its own, the first after ``seed``."""
    for number, cause in enumerate(causes):
        for base in cause.bases.split():
            for updates in cause.updates:
                seed += 1
                fields = bases[base] | fields_in(cause.fields) | {"training.seed": seed}
                name = f"{number:02d}-{cause.label}-{base}-{updates}"
                yield Case(name, cause, Spec().replace(fields), updates)


def subset(share: int = 6) -> list[Case]:
    """Every ``share``-th case, for tests that are to be fast."""
    return list(cases())[::share]


def at_the_judged_moment(case: Case) -> Experiment:
    """The experiment after the updates before it is judged."""
    experiment = Experiment(case.spec)
    experiment.run(case.updates)
    return experiment


def _fares(spec: Spec, within: int = WITHIN) -> float:
    """Median loss over chance (or over the first loss) of the last tenth of the updates."""
    experiment = Experiment(spec)
    losses: list[float] = []
    while experiment.step < within:
        if experiment.advance().phase is Phase.LOSS:
            losses.append(experiment.value)
    against = experiment.chance if experiment.chance > 0 else losses[0]
    last = float(np.median(losses[-max(within // 10, 1) :]))
    return last / against if math.isfinite(last) else math.inf


def behaves(case: Case) -> str:
    """What training says against the label; empty where it agrees."""
    within = WITHIN
    if case.cause.label == "start_too_large":
        within = EARLY
    ends = _fares(case.spec, within)
    if case.cause.label == "healthy":
        return "" if ends < 1 else f"no better than guessing: {ends:.2g}"
    if not case.cause.cure:
        return ""
    changes = fields_in(case.cause.cure)
    changes |= {"training.seed": case.spec.training.seed}
    cured = _fares(case.spec.replace(changes), within)
    if not cured < BETTER * ends and not (math.isinf(ends) and math.isfinite(cured)):
        return f"{ends:.3g} with the cause, {cured:.3g} without"
    return ""


def check(every: list[Case]) -> None:
    """Print the cases that do not behave as their label says."""
    for one in every:
        said = behaves(one)
        if said:
            print(one.name, said, flush=True)
    print(len(every), "cases")


if __name__ == "__main__":
    check(list(cases()))
