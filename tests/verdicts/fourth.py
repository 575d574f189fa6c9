"""A fourth labelled set: variants of the reported kinds, labelled before any was judged.

Other widths, depths, data, optimizers and steps than the reports have, each with a cause that is
known by construction. ``python -m tests.verdicts.fourth`` trains it as the second set is trained
and prints what does not behave as its label says. ``FIRST_LOOK`` is how the judge fared before
anything was mended for it.
"""

from __future__ import annotations

from tests.verdicts.second import Case, Cause, Value, cases, check, net

FIRST_LOOK = (118, 127)
"""Right, and judged, before the rules were mended. Two cases went since: training showed that what
had been done to them did no harm."""

BASES: dict[str, dict[str, Value]] = {
    "h": net("digits", "relu 4 40", "he_uniform", "adam 0.002 50 float32"),
    "i": net("moons", "leaky_relu 3 24", "he_normal", "momentum 0.03 32 float64"),
    "j": net("gaussians", "tanh 4 30", "xavier_uniform", "sgd 0.1 20 float64"),
    "k": net("penguins", "elu 3 20", "he_normal", "rmsprop 0.002 24 float32"),
    "l": net("spirals", "relu 5 48", "he_normal", "adam 0.003 64 float64"),
    "m": net("digits", "silu 3 28", "he_normal", "nesterov 0.03 80 float32"),
}
"""Sound networks."""

LINE = "data.dataset=csv data.path=noise_floor.csv training.loss=mse data.held_out=0.0"

CAUSES = (
    Cause("healthy", "nothing was done to it", "", "h i j k l m", "", (0, 25, 90)),
    Cause("healthy", "He through twenty-five stages at a small rate",
          "network.depth=25 network.width=56 network.activation=relu init.weights=he_normal"
          " training.optimizer=momentum training.learning_rate=0.004", "h", "", (0, 60)),
    Cause("vanishing_weights", "the uniform default of old through many ReLU stages",
          "init.weights=standard network.depth=18 network.activation=relu", "h j", "", (0, 12)),
    Cause("vanishing_weights", "weights of 0.003", "init.weights=normal init.std=0.003"
          " network.depth=4", "i k m", "init.weights=he_normal", (0, 15)),
    Cause("target_scale", "raw prices", "data.dataset=csv data.path=price_raw.csv"
          " data.standardize=false training.loss=mse training.learning_rate=0.003", "h k",
          "data.standardize=true", (0, 120)),
    Cause("data_scale", "one column of five figures", "data.dataset=csv"
          " data.path=one_big_column.csv data.standardize=false", "i m",
          "data.standardize=true", (0, 30)),
    Cause("minimum", "a line fitted as well as noise lets it", LINE
          + " network.depth=1 network.width=6 network.activation=identity training.optimizer=sgd"
          " training.learning_rate=0.05 training.batch=0", "j", "", (500, 1200)),
    Cause("minimum", "a noisy line by tanh", LINE
          + " network.depth=1 network.width=3 network.activation=tanh training.optimizer=sgd"
          " training.learning_rate=0.2 training.batch=0", "j", "", (600, 2000)),
    Cause("weight_decay", "decay of a half", "training.weight_decay=0.5", "i j",
          "training.weight_decay=0.0", (60, 180)),
    Cause("clipping", "clipped to nothing", "training.clip=norm training.clip_at=2e-5", "i j m",
          "training.clip=none", (0, 50)),
    Cause("dropout", "nineteen of twenty units are gone", "network.dropout=0.95", "h j l",
          "network.dropout=0.0", (0, 80)),
    Cause("start_too_large", "one wide stage of weights of size one", "network.depth=1"
          " network.width=220 network.activation=tanh init.weights=normal init.std=1.0", "h m",
          "init.weights=xavier_normal", (0, 6)),
    Cause("vanishing_capped", "five to nine sigmoid stages", "network.activation=sigmoid"
          " network.depth=6 network.width=120 init.weights=xavier_uniform", "h j m",
          "network.activation=tanh", (0, 30)),
    Cause("vanishing_weights", "two activations, weights of 0.02", "network.depth=4"
          " network.activations=sigmoid,elu init.weights=normal init.std=0.02", "i k", "", (0,)),
    Cause("overflow_forward", "linear stages of N(0, 1)", "network.depth=90 network.width=128"
          " network.activation=identity init.weights=normal init.std=1.0"
          " training.precision=float32", "h j", "init.weights=orthogonal", (0,)),
    Cause("underflow_forward", "weights of 0.006 through forty-five stages", "network.depth=45"
          " init.weights=normal init.std=0.006 training.precision=float32", "h l", "", (0, 8)),
    Cause("rate_too_small", "a rate of 0", "training.learning_rate=0.0", "h i j",
          "training.learning_rate=0.01", (0, 40)),
    Cause("rate_too_large", "Adam at 0.4", "training.optimizer=adam training.learning_rate=0.4"
          " network.depth=5", "h i l", "training.learning_rate=0.002", (0, 60, 200)),
    Cause("rate_too_large", "SELU stages at a rate of one", "network.depth=30 network.width=40"
          " network.activation=selu init.weights=lecun_normal training.optimizer=sgd"
          " training.learning_rate=1.0", "h m", "training.learning_rate=0.003", (0,)),
    Cause("imbalance", "three of a hundred are ones", "data.dataset=csv data.path=imbalanced.csv"
          " training.loss=binary_cross_entropy training.optimizer=sgd"
          " training.learning_rate=0.05", "i k", "", (80, 160)),
    Cause("exploding_skips", "forty plain residual blocks", "network.depth=40"
          " network.skip=residual network.activation=relu init.weights=he_normal", "h l", "",
          (0, 10)),
    Cause("flat_biases", "biases of minus nine", "init.bias=constant init.bias_value=-9.0"
          " network.depth=5", "k m", "init.bias=zero", (0, 25)),
    Cause("norm_of_few", "batch norm over one sample", "network.norm=batch training.batch=1",
          "h i j", "training.batch=32", (0, 40)),
    Cause("momentum", "a momentum of 0.99 at a usual rate", "training.optimizer=momentum"
          " training.momentum=0.99 training.learning_rate=0.1", "h", "training.momentum=0.9",
          (0, 30)),
    Cause("zero_weights", "no weights, though biases", "init.weights=zeros init.bias=normal"
          " init.bias_value=0.7", "i j", "init.weights=xavier_normal", (0,)),
    Cause("exploding_weights", "wide ReLU stages of weights of size one half",
          "network.depth=8 network.width=150 init.weights=truncated_normal init.std=0.5"
          " network.activation=relu", "h l", "init.weights=he_normal", (0, 30)),
    Cause("schedule", "halved at every update", "training.schedule=step training.decay_steps=1"
          " training.decay_factor=0.5", "h i m", "training.schedule=constant", (30, 90)),
)  # fmt: skip


def every_case() -> list[Case]:
    """All of them."""
    return list(cases(CAUSES, BASES, seed=9000))


if __name__ == "__main__":
    check(every_case())
