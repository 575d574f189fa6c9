"""Writes ``cases.toml``: experiments labelled by how they were constructed, from textbooks alone.

No label comes from the judge that it is to test, and none was changed after the judge had spoken.
Constructions of which two textbooks would say different things (ten tanh layers of slightly small
weights, a sigmoid with three layers) are left out. Every construction comes with three seeds; the
thresholds of the judge were set on seeds 1 and 2, seed 3 (``held = true``) was kept for the report.

Run ``python -m tests.verdicts.make`` from the root of a checkout to write the file anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("cases.toml")
SEEDS = (1, 2, 3)
HELD_OUT = 3

Value = str | int | float | bool


class Construction(NamedTuple):
    """A label, why it holds, the fields that make it hold, and the updates before judging."""

    label: str
    how: str
    fields: Mapping[str, Value]
    updates: int = 0


def layers(activation: str, weights: str, depth: int, width: int = 16, **more: Value) -> dict:
    """Fields of a feed-forward network; ``data__dataset="moons"`` sets any other field."""
    fields: dict[str, Value] = {
        "data.dataset": "digits", "network.kind": "layers", "network.depth": depth,
        "network.width": width, "network.activation": activation, "init.weights": weights,
        "training.learning_rate": 0.05, "training.batch": 32,
    }  # fmt: skip
    return fields | _paths(more)


def cells(kind: str, length: int, recurrent: str, width: int = 16, **more: Value) -> dict:
    """Fields of a recurrent network on the adding problem."""
    fields: dict[str, Value] = {
        "data.dataset": "adding", "data.length": length, "network.kind": kind,
        "network.width": width, "init.weights": "xavier_normal", "init.recurrent": recurrent,
        "training.loss": "mse", "training.optimizer": "adam", "training.learning_rate": 0.005,
        "training.batch": 16,
    }  # fmt: skip
    fields |= _paths(more)
    if fields["data.dataset"] == "digit_rows":  # whose sequences are eight rows long
        del fields["data.length"]
    return fields


def _paths(fields: Mapping[str, Value]) -> dict[str, Value]:
    return {path.replace("__", "."): value for path, value in fields.items()}


def healthy() -> Iterator[Construction]:
    """Initializer and activation belong together, or a path carries the gradient."""
    he = "He's weights make up for the half that ReLU cuts (He et al. 2015)"
    yield _fine(he, layers("relu", "he_normal", 6))
    yield _fine(he, layers("relu", "he_uniform", 10, 32))
    yield _fine(he, layers("leaky_relu", "he_normal", 8, 24, data__dataset="spirals",
                           training__precision="float32"))  # fmt: skip
    xavier = "tanh has slope 1 at 0 and Xavier keeps the variance (Glorot and Bengio 2010)"
    yield _fine(xavier, layers("tanh", "xavier_normal", 5))
    yield _fine(xavier, layers("tanh", "xavier_uniform", 7, 12, data__dataset="moons"))
    around = "a sum around every normalized stage hands the gradient on (He et al. 2016)"
    skip = {"network__skip": "preactivation"}
    yield _fine(around, layers("relu", "he_normal", 40, network__norm="layer", **skip))
    yield _fine(around, layers("relu", "he_normal", 30, network__norm="batch", **skip))
    yield _fine("SELU with LeCun weights normalizes itself (Klambauer et al. 2017)",
                layers("selu", "lecun_normal", 15, 32))  # fmt: skip
    yield _fine("rotations keep every length (Saxe et al. 2014)",
                layers("identity", "orthogonal", 30, training__learning_rate=0.01))  # fmt: skip
    yield _fine("highway gates start open for what passes by (Srivastava et al. 2015)",
                layers("tanh", "xavier_normal", 20, network__skip="highway",
                       network__highway_bias=-3.0))  # fmt: skip
    yield _fine("LSUV brings every stage to variance 1 (Mishkin and Matas 2016)",
                layers("relu", "lsuv", 8))  # fmt: skip
    yield _fine("layer norm takes the scale of the weights out (Ba et al. 2016)",
                layers("relu", "xavier_normal", 6, network__norm="layer"))  # fmt: skip
    one = "one or two hidden layers: nothing to vanish on the way"
    yield _fine(one, layers("sigmoid", "xavier_normal", 1, 24, training__learning_rate=0.5))
    yield _fine(one, layers("sigmoid", "xavier_normal", 2, 8, data__dataset="moons",
                            training__learning_rate=0.5))  # fmt: skip
    yield _fine(one, layers("tanh", "xavier_normal", 1, 32, data__dataset="penguins"))
    part = "part of the way through a training that goes well"
    yield _fine(part, layers("relu", "he_normal", 6), 80)
    yield _fine(part, layers("tanh", "xavier_normal", 5, training__learning_rate=0.1), 150)
    yield _fine(part, layers("relu", "he_normal", 4, 12, data__dataset="spirals",
                             training__optimizer="momentum"), 100)  # fmt: skip
    yield from _healthy_in_time()


def _healthy_in_time() -> Iterator[Construction]:
    yield _fine("a linear rotation in time keeps every length (Arjovsky et al. 2016)",
                cells("rnn", 30, "orthogonal", network__activation="identity",
                      training__learning_rate=0.001))  # fmt: skip
    yield _fine("IRNN: ReLU around an identity (Le et al. 2015)",
                cells("rnn", 40, "identity", network__activation="relu", init__weights="normal",
                      init__std=0.05, training__learning_rate=0.001))  # fmt: skip
    yield _fine("tanh around a rotation, only eight timesteps",
                cells("rnn", 8, "orthogonal", network__activation="tanh", **_ROWS))  # fmt: skip
    yield _fine("only eight timesteps, the forget gates begin at σ(1)",
                cells("lstm", 8, "orthogonal", **_ROWS))  # fmt: skip
    yield _fine("forget gates begin at σ(5) = 0.993: the state is kept (Gers et al. 2000)",
                cells("lstm", 40, "orthogonal", init__forget_bias=5.0))  # fmt: skip
    yield _fine("part of the way through a training that goes well",
                cells("lstm", 8, "orthogonal", training__learning_rate=0.01, **_ROWS), 60,
                )  # fmt: skip


_ROWS: dict[str, Value] = {"data__dataset": "digit_rows", "training__loss": "cross_entropy"}


def _fine(how: str, fields: dict, updates: int = 0) -> Construction:
    return Construction("healthy", how, fields, updates)


def vanishing() -> Iterator[Construction]:
    """The four reasons for which a gradient fades in layers or time."""
    for activation, weights, depth, width, more in (
        ("sigmoid", "xavier_normal", 8, 8, {}),
        ("sigmoid", "xavier_uniform", 12, 32, {"data__dataset": "moons"}),
        ("sigmoid", "orthogonal", 16, 16, {"data__dataset": "penguins"}),
        ("sigmoid", "lecun_normal", 20, 12, {"training__optimizer": "adam"}),
    ):
        how = f"{depth} sigmoid layers, every derivative at most 1/4 (Hochreiter 1991)"
        yield Construction(
            "vanishing_capped", how, layers(activation, weights, depth, width, **more)
        )
    yield Construction(
        "vanishing_capped", "ten sigmoid layers that training moves little",
        layers("sigmoid", "xavier_normal", 10, training__learning_rate=0.5), 30,
    )  # fmt: skip
    yield Construction(
        "vanishing_capped", "a sigmoid in a loop: γ = 1/4 (Pascanu et al. 2013)",
        cells("rnn", 30, "orthogonal", network__activation="sigmoid"),
    )  # fmt: skip
    yield from _saturated()
    yield from _small_weights()
    yield from _small_radius()


def _saturated() -> Iterator[Construction]:
    def case(activation: str, bias: float, derivative: str, **more: Value) -> Construction:
        how = f"biases of {bias:g} push every unit to where {activation}′ is {derivative}"
        fields = {"init__bias": "constant", "init__bias_value": bias, **more}
        return Construction("vanishing_saturated", how,
                            layers(activation, "xavier_normal", 6, **fields))  # fmt: skip

    yield case("sigmoid", 6.0, "0.0025")
    yield case("sigmoid", -7.0, "0.0009", data__dataset="moons")
    yield case("tanh", 4.0, "0.0013")
    yield case("tanh", -5.0, "0.0002", data__dataset="penguins")
    yield case("hard_tanh", 4.0, "0")
    yield Construction(
        "vanishing_saturated", "a bias of 4 holds every tanh of the loop flat",
        cells("rnn", 12, "orthogonal", network__activation="tanh", init__bias="constant",
              init__bias_value=4.0),
    )  # fmt: skip


def _small_weights() -> Iterator[Construction]:
    def case(how: str, fields: dict) -> Construction:
        return Construction("vanishing_weights", how, fields)

    small = "weights of standard deviation {} where 1/√fan_in would keep the signal"
    yield case(small.format(0.03), layers("relu", "normal", 6, init__std=0.03))
    yield case(small.format(0.05), layers("tanh", "normal", 8, init__std=0.05))
    yield case(small.format(0.04), layers("identity", "truncated_normal", 6, init__std=0.04,
                                          data__dataset="moons"))  # fmt: skip
    old = "variance 1 / (3 fan_in): a third is left at every layer (Glorot and Bengio 2010)"
    yield case(old, layers("tanh", "standard", 14))
    yield case(old + ", and ReLU takes half of that", layers("relu", "standard", 12, 24))


def _small_radius() -> Iterator[Construction]:
    def case(how: str, fields: dict) -> Construction:
        return Construction("vanishing_recurrent", how, fields)

    by_chance = "spectral radius about 0.1 √16 = 0.4 over {} timesteps (Pascanu et al. 2013)"
    tanh, relu = {"network__activation": "tanh"}, {"network__activation": "relu"}
    yield case(by_chance.format(40), cells("rnn", 40, "normal", init__std=0.1, **tanh))
    yield case(by_chance.format(30), cells("rnn", 30, "normal", init__std=0.1, **relu))
    yield case("W_h = 0.7 I: spectral radius 0.7 over 40 timesteps",
               cells("rnn", 40, "identity", init__gain=0.7, network__activation="identity"),
               )  # fmt: skip
    yield case("spectral radius about 0.4; every timestep has a loss, what comes back does not",
               cells("rnn", 30, "normal", init__std=0.1, data__dataset="sine",
                     training__loss_at="every", **tanh))  # fmt: skip


def forgetting() -> Iterator[Construction]:
    """Gates that start by forgetting."""
    for bias, gate in ((-2.0, "0.12"), (-4.0, "0.018")):
        yield Construction(
            "forgetting", f"forget gates begin at σ({bias:g}) = {gate}, 40 timesteps long",
            cells("lstm", 40, "orthogonal", init__forget_bias=bias),
        )  # fmt: skip
    yield Construction(
        "forgetting", "a GRU's gate begins at σ(0) = 0.5 (Jozefowicz et al. 2015), 50 timesteps",
        cells("gru", 50, "orthogonal"),
    )  # fmt: skip


def exploding() -> Iterator[Construction]:
    """Growth by weights, by batch normalization, by sums, in time."""
    big = "weights of standard deviation {} on 16 inputs multiply by more than 2 a layer"
    yield Construction("exploding_weights", big.format(1),
                       layers("relu", "normal", 10, init__std=1.0))  # fmt: skip
    yield Construction("exploding_weights", big.format(0.8),
                       layers("leaky_relu", "normal", 12, init__std=0.8, data__dataset="moons"),
                       )  # fmt: skip
    yield Construction("exploding_weights", "rotations times 2: twice as much at every layer",
                       layers("identity", "orthogonal", 12, init__gain=2.0,
                              data__dataset="penguins"))  # fmt: skip
    for depth, width in ((40, 16), (50, 32)):
        yield Construction(
            "exploding_batch_norm",
            f"{depth} ReLU layers, batch norm, no skips: 1.21 times a layer (Yang et al. 2019)",
            layers("relu", "he_normal", depth, width, network__norm="batch"),
        )  # fmt: skip
    yield Construction(
        "exploding_skips", "residual stages without a norm double the variance (Zhang et al. 2019)",
        layers("relu", "he_normal", 30, network__skip="residual"),
    )  # fmt: skip
    relu, line = {"network__activation": "relu"}, {"network__activation": "identity"}
    for how, fields in (
        ("spectral radius about 0.6 √16 = 2.4 over 20 timesteps",
         cells("rnn", 20, "normal", init__std=0.6, **relu)),
        ("W_h = 1.5 I over 30 timesteps", cells("rnn", 30, "identity", init__gain=1.5, **line)),
        ("a rotation times 1.4 over 40 timesteps",
         cells("rnn", 40, "orthogonal", init__gain=1.4, **line)),
    ):  # fmt: skip
        yield Construction("exploding_recurrent", how, fields)


def dead_or_alike() -> Iterator[Construction]:
    """Units that are shut for every sample, and units that cannot become different."""
    for bias, depth, data in ((-8.0, 4, "digits"), (-10.0, 6, "moons")):
        yield Construction(
            "dead_relus", f"biases of {bias:g} keep every ReLU shut for every sample",
            layers("relu", "he_normal", depth, init__bias="constant", init__bias_value=bias,
                   data__dataset=data),
        )  # fmt: skip
    yield Construction(
        "dead_relus", "a bias of −8 keeps every ReLU of the loop shut",
        cells("rnn", 15, "identity", network__activation="relu", init__bias="constant",
              init__bias_value=-8.0),
    )  # fmt: skip
    alike = "every weight starts at 0, so the units of a layer are one unit"
    for activation, more in (
        ("tanh", {}), ("sigmoid", {"data__dataset": "moons"}), ("relu", {}),
    ):  # fmt: skip
        yield Construction("symmetric", alike, layers(activation, "zeros", 5, **more))
    yield Construction("symmetric", alike + ", and 10 updates do not part them",
                       layers("sigmoid", "zeros", 2, training__learning_rate=0.5), 10)  # fmt: skip


def learning_rates() -> Iterator[Construction]:
    """Sound networks, moved far too little or far too much."""
    slow = "a sound network with a learning rate of {:g}"
    for fields, updates in (
        (layers("relu", "he_normal", 5, training__learning_rate=1e-7), 0),
        (layers("tanh", "xavier_normal", 4, training__learning_rate=1e-6), 40),
        (layers("relu", "he_normal", 4, training__optimizer="adam",
                training__learning_rate=1e-8, data__dataset="moons"), 0),
        (cells("lstm", 8, "orthogonal", **_ROWS) | {"training.learning_rate": 1e-8}, 0),
    ):  # fmt: skip
        how = slow.format(fields["training.learning_rate"])
        yield Construction("rate_too_small", how, fields, updates)
    for fields, updates in (
        (layers("relu", "he_normal", 4, training__learning_rate=50.0), 0),
        (layers("tanh", "xavier_normal", 4, training__learning_rate=60.0), 0),
        (layers("tanh", "xavier_normal", 1, 32, training__learning_rate=80.0), 0),
        (layers("relu", "he_normal", 4, training__learning_rate=10.0,
                training__optimizer="momentum", data__dataset="penguins"), 0),
        (layers("relu", "he_normal", 4, training__learning_rate=40.0), 15),
        (layers("tanh", "xavier_normal", 3, training__learning_rate=60.0), 20),
        (cells("rnn", 15, "orthogonal", network__activation="identity",
               training__optimizer="sgd") | {"training.learning_rate": 20.0}, 0),
    ):  # fmt: skip
        how = slow.format(fields["training.learning_rate"])
        yield Construction("rate_too_large", how, fields, updates)


def numbers() -> Iterator[Construction]:
    """What the number type, the depth and the data do."""
    short = {"training__precision": "float32"}
    for how, fields in (
        ("100 sigmoid layers: less than 4⁻⁹⁹, float32 ends at 1e−45",
         layers("sigmoid", "xavier_normal", 100, 8, **short)),
        ("weights of 0.001 over 25 layers: 0.004²⁴, float32 ends at 1e−45",
         layers("tanh", "normal", 25, init__std=0.001, **short)),
        ("W_h of 0.01 over 60 timesteps: 0.04⁵⁹, float32 ends at 1e−45",
         cells("rnn", 60, "normal", init__std=0.01, network__activation="tanh", **short)),
    ):  # fmt: skip
        yield Construction("underflow", how, fields)
    for depth, width in ((16, 16), (18, 32)):
        yield Construction(
            "shattered",
            f"{depth} batch normalized ReLU layers halve the gradients' correlation each "
            "(Balduzzi et al. 2017), while their size has grown only tenfold",
            layers("relu", "he_normal", depth, width, network__norm="batch"),
        )  # fmt: skip
    for activation, weights, data, depth in (
        ("relu", "he_normal", "penguins", 4), ("tanh", "xavier_normal", "penguins", 3),
        ("sigmoid", "xavier_normal", "penguins", 1),
    ):  # fmt: skip
        yield Construction(
            "data_scale", "body mass in grams beside bill depth in millimeters, as measured",
            layers(activation, weights, depth, data__dataset=data, data__standardize=False),
        )  # fmt: skip
    yield Construction(
        "data_scale", "sunspot numbers up to 190 as they are, for input and target",
        layers("relu", "he_normal", 3, data__dataset="sunspots_yearly", data__length=12,
               data__standardize=False, training__loss="mse", training__learning_rate=0.01),
    )  # fmt: skip


def converged() -> Iterator[Construction]:
    """Easy, separable data, learned to the end."""
    for activation, weights, data, more, updates in (
        ("tanh", "xavier_normal", "gaussians", {"data__noise": 0.0}, 500),
        ("relu", "he_normal", "penguins", {"training__optimizer": "adam"}, 400),
        ("tanh", "xavier_normal", "circles", {"data__noise": 0.0}, 500),
        ("relu", "he_normal", "moons", {"data__noise": 0.0}, 500),
    ):
        fields = {"training__optimizer": "adam", "training__learning_rate": 0.01, **more}
        yield Construction(
            "converged", f"{updates} updates of Adam on data that two hidden layers separate",
            layers(activation, weights, 2, data__dataset=data, **fields), updates,
        )  # fmt: skip


def on_purpose() -> Iterator[Construction]:
    """What somebody asked for: truncation, a start gradient of 0, a fixed factor."""
    cut = "a network that would carry the gradient, cut every {} timesteps"
    yield Construction(
        "truncated", cut.format(10),
        cells("rnn", 40, "orthogonal", network__activation="identity", training__truncate=10,
              training__learning_rate=0.001),
    )  # fmt: skip
    yield Construction(
        "truncated", cut.format(5),
        cells("rnn", 30, "identity", network__activation="relu", init__weights="normal",
              init__std=0.05, training__truncate=5, training__learning_rate=0.001),
    )  # fmt: skip
    silent = {"training__loss": "linear", "training__start": 0.0}
    yield Construction("no_error", "the loss starts with a gradient of 0",
                       layers("tanh", "xavier_normal", 3, **silent))  # fmt: skip
    for label, factor in (("vanishing_factor", 0.25), ("exploding_factor", 2.0)):
        yield Construction(
            label, f"eleven stages with the local derivative {factor:g}",
            {"data.dataset": "one", "data.held_out": 0.0, "data.standardize": False,
             "network.kind": "chain", "network.depth": 11, "network.factor": factor,
             "training.loss": "linear", "training.start": 1.0, "training.learning_rate": 0.01,
             "training.batch": 0},
        )  # fmt: skip


FAMILIES = (
    healthy, vanishing, forgetting, exploding, dead_or_alike, learning_rates, numbers, converged,
    on_purpose,
)  # fmt: skip


def text() -> str:
    """All cases as TOML, one table each, its sections those of a spec."""
    parts = ["# Written by tests/verdicts/make.py; labels come from the constructions there.\n"]
    number = 0
    for family in FAMILIES:
        for found in family():
            number += 1
            parts += [_table(f"{number:03d}", found, seed) for seed in SEEDS]
    return "\n".join(parts)


def _table(name: str, found: Construction, seed: int) -> str:
    lines = [
        "[[case]]",
        f'name = "{name}-{seed}"',
        f'label = "{found.label}"',
        f"how = {json.dumps(found.how, ensure_ascii=False)}",
        f"updates = {found.updates}",
        f"held = {'true' if seed == HELD_OUT else 'false'}",
    ]
    fields = {**found.fields, "training.seed": seed}
    for section in ("data", "network", "init", "training"):
        own = {p.partition(".")[2]: v for p, v in fields.items() if p.startswith(section + ".")}
        if own:
            lines += [f"[case.spec.{section}]", *(f"{k} = {json.dumps(v)}" for k, v in own.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
