"""One frozen, validated description of an experiment: what the form, CLI and presets all speak."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from vgsim.core import toml
from vgsim.core.errors import Problem, SpecError, Unknown, Unread, joined, refuse, shorten
from vgsim.core.fields import FieldInfo, Value, setting
from vgsim.nn.widths import widths_of


@dataclass(frozen=True, slots=True)
class DataSpec:
    """What the network learns from."""

    dataset: str = setting("digits", "Dataset", "Where the samples come from.", choices="dataset")
    path: str = setting("", "File", "The file with the samples.", optional=True)
    labels: str = setting("", "Label file", "IDX or NPY file with the labels.", optional=True)
    x_array: str = setting(
        "", "Samples array", "Array with the samples; empty goes by the names.", optional=True
    )
    y_array: str = setting(
        "", "Labels array", "Array with the labels; empty goes by the names.", optional=True
    )
    label: str = setting(
        "", "Label column", "Column to predict, or several with commas; empty goes by the names, "
        "else takes the last one.",
        optional=True,
    )  # fmt: skip
    columns: str = setting(
        "", "Features", "Columns that are features, by name or number with commas; empty leaves "
        "out row numbers, ids, dates and constants.",
        optional=True,
    )  # fmt: skip
    categories: str = setting(
        "", "Categories", "Columns taken as categories, by name or number with commas; empty takes "
        "those of few words.",
        optional=True,
    )  # fmt: skip
    task: str = setting(
        "auto", "Labels are", "Whether labels are classes or numbers to predict.",
        choices=("auto", "classes", "numbers"), optional=True,
    )  # fmt: skip
    missing: str = setting(
        "fill", "Missing", "Filled with the median, or the most frequent category, of the "
        "training part; also marked in a column; or their rows dropped, or refused.",
        choices=("fill", "fill and mark", "drop", "refuse"), optional=True,
    )  # fmt: skip
    missing_values: str = setting(
        "", "Also missing", "Words and numbers that stand for no value, with commas: -999.",
        optional=True,
    )  # fmt: skip
    delimiter: str = setting(
        "auto", "Delimiter", "What separates the cells of a line.",
        choices=("auto", "comma", "semicolon", "tab", "bar", "blanks"), optional=True,
    )  # fmt: skip
    decimal: str = setting(
        "auto", "Decimal mark", "What separates the decimals of a number.",
        choices=("auto", "dot", "comma"), optional=True,
    )  # fmt: skip
    thousands: str = setting(
        "auto", "Thousands", "What separates the thousands of a number.",
        choices=("auto", "none", "comma", "dot", "blank", "apostrophe"), optional=True,
    )  # fmt: skip
    header: str = setting(
        "auto", "Header", "Whether the first line names the columns.",
        choices=("auto", "yes", "no"), optional=True,
    )  # fmt: skip
    comment: str = setting(
        "auto", "Comments", "What lines begin with that are passed over; none for no such lines.",
        optional=True,
    )  # fmt: skip
    footer: int = setting(
        -1, "Footer", "Lines at the end that are left out; −1 finds them.", unit="lines",
        low=-1, high=1000, optional=True,
    )  # fmt: skip
    skip: int = setting(
        -1, "Skip", "Lines before the table that are left out; −1 finds them.", unit="lines",
        low=-1, high=1000, optional=True,
    )  # fmt: skip
    max_categories: int = setting(
        20, "Category limit", "Different words of a column up to which they are categories.",
        low=2, high=200, optional=True,
    )  # fmt: skip
    encoding: str = setting(
        "auto", "Encoding", "How the bytes of the file are letters.",
        choices=("auto", "utf-8", "utf-16", "latin-1"), optional=True,
    )  # fmt: skip
    group: str = setting(
        "", "Group column", "Column that tells sequences apart; empty for none.", optional=True
    )
    samples: int = setting(
        400, "Samples", "How many samples are drawn.", low=8, high=100_000, log=True, optional=True
    )
    noise: float = setting(
        0.1, "Noise", "Standard deviation of the noise.", low=0.0, high=2.0, optional=True
    )
    length: int = setting(
        40, "Length", "Timesteps of a sequence.", unit="steps", low=5, high=1000, log=True,
        optional=True,
    )  # fmt: skip
    horizon: int = setting(
        1, "Horizon", "Rows from a timestep of a series to what is predicted.", unit="steps",
        low=1, high=1000, log=True, optional=True,
    )  # fmt: skip
    unequal: str = setting(
        "pad", "Short ones", "Short sequences are padded, or long ones cut, at their start.",
        choices=("pad", "cut"), optional=True,
    )  # fmt: skip
    held_out: float = setting(
        0.2, "Held out", "Fraction of the samples kept for testing.", low=0.0, high=0.9
    )
    standardize: bool = setting(
        True, "Standardize", "Shift and scale features and number targets to mean 0, variance 1."
    )
    standardize_targets: str = setting(
        "as features", "Targets", "Whether numbers to predict are standardized apart from the "
        "features.",
        choices=("as features", "yes", "no"), optional=True,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """The stages a signal crosses."""

    kind: str = setting("layers", "Kind", "What one stage is.", choices="kind")
    depth: int = setting(
        6,
        "Depth",
        "Stages before the output; 0 for the output alone.",
        low=0,
        high=1000,
        log=True,
        optional=True,
        needed_by=(
            "network.width",
            "network.activation",
            "network.activations",
            "network.norm",
            "network.skip",
            "network.dropout",
            "init.scales",
        ),
    )
    width: int = setting(8, "Width", "Units in a stage.", low=1, high=4096, log=True, optional=True)
    widths: str = setting(
        "", "Widths", "Units of every stage before the output from the first up: 500,250,10 or "
        "500-250-10, 4x128,64 for four of 128 and one of 64; empty for one width in all.",
        optional=True, settles=("network.depth", "network.width"),
    )  # fmt: skip
    activation: str = setting(
        "sigmoid", "Activation", "f in h = f(z).", choices="activation", optional=True
    )
    activations: str = setting(
        "", "By stage", "Activations from the first stage up, with commas; empty for one in all.",
        optional=True, names="activation",
    )  # fmt: skip
    slope: float = setting(
        0.01, "Slope", "Slope of leaky ReLU left of zero.", low=0.0, high=1.0, optional=True
    )
    alpha: float = setting(
        1.0, "ELU α", "ELU ends at −α on the left.", low=0.0, high=100.0, optional=True
    )
    norm: str = setting(
        "none",
        "Normalization",
        "What brings a stage to one scale; in a cell x Wₓ and h Wₕ, each over all gates.",
        choices="normalization",
        optional=True,
    )  # fmt: skip
    norm_position: str = setting(
        "before", "Norm position", "Before or after the activation.",
        choices=("before", "after"), optional=True,
    )  # fmt: skip
    norm_momentum: float = setting(
        0.1, "Norm momentum", "Share of a batch in the running statistics.", low=0.0, high=1.0,
        optional=True,
    )  # fmt: skip
    norm_epsilon: float = setting(
        1e-5, "Norm ε", "Added to the variance, or mean square, under the root.", low=1e-30,
        high=1.0, log=True, optional=True,
    )  # fmt: skip
    norm_state: bool = setting(
        False, "Norm of c", "c is normalized, too, on its way to h: h = o ⊙ tanh(LN(c)).",
        optional=True,
    )  # fmt: skip
    skip: str = setting(
        "none",
        "Skip path",
        "A way around the stages, or around cells of a stack.",
        choices="skip path",
        optional=True,
    )
    skip_every: int = setting(
        1, "Skip every", "Stages that one skip path goes around.", low=1, high=1000, log=True,
        optional=True,
    )  # fmt: skip
    skip_scale: float = setting(
        1.0, "Skip scale", "α of the skipped signal.", low=-10.0, high=10.0, optional=True
    )
    projection: str = setting(
        "none", "Projection", "Whether a trained matrix W_P leads from where a path begins to its "
        "sum: nowhere, where the widths differ, or on every path (He et al. 2016).",
        choices=("none", "unequal", "all"), optional=True,
    )  # fmt: skip
    multiplier: bool = setting(
        False, "Multiplier", "A trained factor κ on what a skip path goes around, as SkipInit and "
        "Fixup have it.",
        optional=True, needed_by=("init.multiplier",),
    )  # fmt: skip
    highway_bias: float = setting(
        -1.0, "Gate bias", "Start of the highway gate's bias; negative carries.", low=-20.0,
        high=20.0, optional=True,
    )  # fmt: skip
    dropout: float = setting(
        0.0, "Dropout", "Chance that a unit is silenced in a step.", low=0.0, high=0.95,
        optional=True,
    )  # fmt: skip
    dropout_at: str = setting(
        "cells", "Dropout at",
        "Between stacked cells, anew each timestep; or into Wₓ and Wₕ, the same at all timesteps.",
        choices=("cells", "timesteps"), optional=True,
    )  # fmt: skip
    two_biases: bool = setting(
        False, "Two biases", "One b for x and one for h, as PyTorch trains them.", optional=True
    )
    output: str = setting(
        "identity", "Output", "f of the output stage, before the loss; a loss for classes has a "
        "sigmoid or softmax of its own.",
        choices="output", optional=True,
    )  # fmt: skip
    cells: int = setting(
        1, "Cells", "Recurrent cells on top of each other.", low=1, high=8, optional=True
    )
    factor: float = setting(
        0.25, "Factor", "Fixed local derivative of one stage.", low=-10.0, high=10.0, optional=True
    )


@dataclass(frozen=True, slots=True)
class InitSpec:
    """Where the parameters start."""

    weights: str = setting(
        "xavier_normal", "Initializer", "Initial weights.", choices="initializer", optional=True
    )
    std: float = setting(
        0.1, "Weight std", "Standard deviation of the weights.", low=0.0, high=100.0, optional=True
    )
    recurrent: str = setting(
        "orthogonal", "Wₕ start", "Initial recurrent weights, gate by gate.", choices="initializer",
        optional=True,
    )  # fmt: skip
    forget_bias: float = setting(
        1.0, "Forget bias", "Start of the forget gate's bias; 1 keeps the state at first.",
        low=-20.0, high=20.0, optional=True,
    )  # fmt: skip
    range: float = setting(
        0.1, "Weight range", "r in U(−r, r).", low=0.0, high=100.0, optional=True
    )
    gain_by: str = setting(
        "number", "Gain", "What multiplies the initializer's weights.", choices="gain",
        optional=True,
    )  # fmt: skip
    gain: float = setting(
        1.0, "Gain value", "Factor on the initial weights.", low=0.0, high=100.0, optional=True
    )
    scales: str = setting(
        "", "Start scales", "Factors on the initial weights of the stages before the output, "
        "from the first up, with commas; begins anew when too short, empty for 1 in all.",
        optional=True,
    )  # fmt: skip
    zero_gamma: bool = setting(
        False, "Zero γ", "γ starts at 0 in stages where a skip path arrives: at first only the "
        "path is open.",
        optional=True,
    )  # fmt: skip
    multiplier: float = setting(
        0.0, "Start of κ", "0 lets the paths alone through at first (SkipInit), 1 is Fixup's.",
        low=-10.0, high=10.0, optional=True,
    )  # fmt: skip
    bias: str = setting("zero", "Bias", "Initial biases.", choices="bias", optional=True)
    longest: int = setting(
        0, "Longest memory", "T_max of the chrono start; 0 takes the length of the sequences.",
        unit="steps", low=0, high=1_000_000, log=True, optional=True,
    )  # fmt: skip
    bias_value: float = setting(
        0.0, "Bias value", "The constant, or the standard deviation.", low=-100.0, high=100.0,
        optional=True,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrainingSpec:
    """How the parameters change."""

    loss: str = setting("cross_entropy", "Loss", "J, the mean over the batch.", choices="loss")
    start: float = setting(
        1.0, "Start gradient", "∂J/∂h at the last stage.", low=-1e6, high=1e6, optional=True
    )
    loss_at: str = setting(
        "last", "Loss at", "The last timestep, or every one.", choices=("last", "every"),
        optional=True,
    )  # fmt: skip
    truncate: int = setting(
        0, "Truncate", "Timesteps a gradient goes back together; 0 for all.",
        low=0, high=100_000, log=True, optional=True,
    )  # fmt: skip
    delta: float = setting(
        1.0, "Huber δ", "Error beyond which the loss grows linearly.", low=1e-6, high=1e6,
        log=True, optional=True,
    )  # fmt: skip
    label_smoothing: float = setting(
        0.0, "Smoothing", "Label smoothing ε: targets are (1 − ε) one-hot + ε / classes.",
        low=0.0, high=1.0, optional=True,
    )  # fmt: skip
    class_weights: str = setting(
        "", "Class weights", "Weight of each class in J, with commas, in the order of the classes; "
        "balanced for n / (k nᵢ) of the training part, empty for 1 each.",
        optional=True,
    )  # fmt: skip
    optimizer: str = setting("sgd", "Optimizer", "The update rule.", choices="optimizer")
    learning_rate: float = setting(
        0.1, "Learning rate", "η in w ← w − η ∂J/∂w.", low=0.0, high=1000.0, log=True
    )
    momentum: float = setting(
        0.9, "Momentum", "Share of the last update that is kept.", low=0.0, high=0.9999,
        optional=True,
    )  # fmt: skip
    beta1: float = setting(
        0.9, "β₁", "Share of the mean gradient that is kept.", low=0.0, high=0.9999, optional=True
    )
    beta2: float = setting(
        0.999, "β₂", "Share of the mean squared gradient that is kept.", low=0.0, high=0.999999,
        optional=True,
    )  # fmt: skip
    rho: float = setting(
        0.99, "ρ", "Share of the mean squared gradient that is kept.", low=0.0, high=0.999999,
        optional=True,
    )  # fmt: skip
    epsilon: float = setting(
        1e-8, "ε", "Added to the root of the mean squared gradient.", low=1e-30, high=1.0,
        log=True, optional=True,
    )  # fmt: skip
    weight_decay: float = setting(
        0.0, "Weight decay", "λ in ∂J/∂w + λ w.", low=0.0, high=1.0, log=True
    )
    decay_biases: bool = setting(
        True, "Decay biases", "Whether weight decay shrinks biases, γ, β and learned slopes, too, "
        "as PyTorch's optimizers do by default; off, matrices alone.",
    )  # fmt: skip
    schedule: str = setting(
        "constant", "Schedule", "How the learning rate changes.", choices="schedule"
    )
    warmup: int = setting(
        100, "Warm-up", "Updates over which the learning rate rises from 0.", unit="steps", low=1,
        high=10_000_000, log=True, optional=True,
    )  # fmt: skip
    decay_steps: int = setting(
        500, "Decay steps", "Updates to the next drop, or to the end of the cosine.", unit="steps",
        low=1, high=10_000_000, log=True, optional=True,
    )  # fmt: skip
    decay_factor: float = setting(
        0.5, "Decay factor", "What every drop multiplies the learning rate by.", low=0.0, high=1.0,
        optional=True,
    )  # fmt: skip
    final_rate: float = setting(
        0.0, "Final rate", "Learning rate where the cosine ends.", low=0.0, high=1000.0, log=True,
        optional=True,
    )  # fmt: skip
    clip: str = setting("none", "Clipping", "How large gradients are cut.", choices="clipping")
    clip_at: float = setting(
        1.0, "Clip at", "Largest norm, or largest size of one entry.", low=1e-12, high=1e12,
        log=True, optional=True,
    )  # fmt: skip
    batch: int = setting(
        64, "Batch", "Samples in one step; 0 takes them all.", unit="samples", low=0, high=100_000,
        log=True,
    )  # fmt: skip
    steps: int = setting(
        500, "Steps", "Updates that vgsim run makes.", unit="steps", low=0, high=10_000_000,
        log=True, headless=True,
    )  # fmt: skip
    precision: str = setting(
        "float64", "Precision", "Number type of every array.", choices="precision"
    )
    master_weights: bool = setting(
        True, "Master weights", "Weights and the optimizer's state in float32, rounded for each "
        "pass, as automatic mixed precision has it; off, everything is rounded.", optional=True,
    )  # fmt: skip
    loss_scaling: str = setting(
        "none", "Loss scaling", "What the loss is multiplied by, so that its gradient does not "
        "underflow; undone before the update.", choices="loss scaling", optional=True,
    )  # fmt: skip
    loss_scale_log2: int = setting(
        16, "Scale 2ⁿ", "n, where the loss is multiplied by 2ⁿ at first.", low=-40, high=40,
        optional=True,
    )  # fmt: skip
    growth_every: int = setting(
        2000, "Growth every", "Good updates in a row after which the scale doubles.",
        unit="steps", low=1, high=1_000_000, log=True, optional=True,
    )  # fmt: skip
    seed: int = setting(7, "Seed", "Start of every random stream.", low=0, high=2**32 - 1)


@dataclass(frozen=True, slots=True)
class Spec:
    """A whole experiment. Make one with :func:`parse`, :func:`loads` or :meth:`replace`."""

    name: str = ""
    description: str = ""
    data: DataSpec = DataSpec()
    network: NetworkSpec = NetworkSpec()
    init: InitSpec = InitSpec()
    training: TrainingSpec = TrainingSpec()

    def __getitem__(self, path: str) -> Value:
        """Value of the field at a dotted ``path``; SpecError when there is no such field."""
        found = field_at(path)
        if found.section:
            owner = getattr(self, found.section)
        else:
            owner = self
        value: Value = getattr(owner, found.name)
        return value

    def replace(self, changes: Mapping[str, object]) -> Spec:
        """A validated copy with the fields at the dotted paths changed; SpecError if bad.

        Only what is changed is looked at, for maps make thousands.
        """
        wanted = {field_at(path, value): value for path, value in changes.items()}
        parts: dict[str, dict[str, Value]] = {}
        problems: list[Problem] = []
        for info in sorted(wanted, key=_position):
            try:
                parts.setdefault(info.section, {})[info.name] = info.check(wanted[info])
            except SpecError as error:
                problems += error.problems
        if problems:
            raise SpecError(*problems)
        top: dict[str, object] = dict(parts.pop("", {}))
        for section, given in parts.items():
            top[section] = dataclasses.replace(getattr(self, section), **given)
        return dataclasses.replace(self, **top)  # type: ignore[arg-type]  # its own fields, checked

    def with_text(self, assignments: Mapping[str, str]) -> Spec:
        """Like :meth:`replace`, from text such as ``{"network.depth": "20"}``.

        SpecError, too, where nothing in the changed spec reads a field.
        """
        values = {path: field_at(path, text).from_text(text) for path, text in assignments.items()}
        return reading(self.replace(values), values)

    def applies(self, path: str) -> bool:
        """Whether anything chosen in this spec reads the field."""
        return path in _read_by(self)

    @property
    def read(self) -> frozenset[str]:
        """Paths of the fields that something chosen in this spec reads."""
        return _read_by(self)


SECTIONS: dict[str, type] = {
    "data": DataSpec, "network": NetworkSpec, "init": InitSpec, "training": TrainingSpec,
}  # fmt: skip


@cache
def fields() -> tuple[FieldInfo, ...]:
    """Every field of a spec, in the order of the form and the TOML."""
    about = [FieldInfo("", "name", str, ""), FieldInfo("", "description", str, "")]
    for section, owner in SECTIONS.items():
        for found in dataclasses.fields(owner):
            default = found.default
            about.append(FieldInfo(section, found.name, type(default), default, **found.metadata))  # type: ignore[arg-type]
    return tuple(about)


@cache
def _by_path() -> dict[str, FieldInfo]:
    return {info.path: info for info in fields()}


@cache
def _positions() -> dict[str, int]:
    return {info.path: at for at, info in enumerate(fields())}


def _position(info: FieldInfo) -> int:
    """Where a field stands among all of them."""
    return _positions()[info.path]


def field_at(path: str, value: object = "…") -> FieldInfo:
    """The field at a dotted path, which is to become ``value``.

    SpecError naming the fields one may have meant when there is none.
    """
    try:
        return _by_path()[path]
    except KeyError:
        raise SpecError(_unknown(path, value)) from None


@lru_cache(maxsize=64)
def _read_by(spec: Spec) -> frozenset[str]:
    """Paths of the fields that something chosen in ``spec`` reads, followed from the kind down.

    They are kept by what decides them too, for the specs of a map are many and differ in numbers.
    """
    deciding = tuple(
        spec[info.path] if decides else bool(spec[info.path]) for info, decides in _deciding()
    )
    known = _read.get(deciding)
    if known is None:
        known = _read[deciding] = _follow(spec)
    return known


_read: dict[tuple[Value, ...], frozenset[str]] = {}


@cache
def _deciding() -> tuple[tuple[FieldInfo, bool], ...]:
    """Fields on which it depends what is read: by the names they have (True), or by having any."""
    return tuple(
        (info, info.registered or bool(info.listed))
        for info in fields()
        if info.registered or info.listed or info.settles or info.needed_by
    )


def _follow(spec: Spec) -> frozenset[str]:
    # a choice that another one settles brings nothing along, so that the rest is followed again
    settled = _settled(spec, _followed(spec, frozenset()))
    return frozenset(_followed(spec, settled) - settled)


def _followed(spec: Spec, settled: frozenset[str]) -> set[str]:
    """Paths of the fields that choices read, but for those choices that are ``settled``."""
    read = {info.path for info in fields() if not info.optional}
    while True:
        more = set(read)
        for info in fields():
            if info.path in read - settled:
                for entry in info.chosen(spec[info.path]):
                    more |= entry.uses
        if more == read:
            return read
        read = more


def _settled(spec: Spec, read: set[str]) -> frozenset[str]:
    """Paths of the fields whose part is taken by what one of the ``read`` fields says."""
    settled: set[str] = set()
    for info in fields():
        if info.settles and info.path in read and spec[info.path]:
            settled.update(info.settles)
        if info.registered and info.path in read:
            settled |= info.entry(str(spec[info.path])).settles
    for info in fields():
        if info.needed_by and info.path in read - settled and not spec[info.path]:
            settled.update(info.needed_by)
    return frozenset(settled)


def _build(values: Mapping[str, object]) -> Spec:
    """A spec from values by path, every one checked; SpecError lists all that is wrong."""
    problems: list[Problem] = []
    sections: dict[str, dict[str, Value]] = {"": {}, **{name: {} for name in SECTIONS}}
    for info in fields():
        try:
            sections[info.section][info.name] = info.check(values.get(info.path, info.default))
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(*problems)
    parts = {name: owner(**sections[name]) for name, owner in SECTIONS.items()}
    return Spec(**sections[""], **parts)  # type: ignore[arg-type]  # built from its own fields


def parse(document: Mapping[str, object]) -> Spec:
    """A spec from nested tables as TOML gives them; SpecError lists every problem.

    One is a field that nothing in the spec reads.
    """
    given = _flat(document)
    unknown = [path for path in given if path not in _by_path()]
    if unknown:
        raise SpecError(*_all_unknown(given, unknown))
    if _written_by_first(given):
        return _build(_as_first_read(given))
    return reading(_build(given), given)


FIRST_WRITTEN = frozenset({
    "name", "description", "data.dataset", "data.held_out", "data.standardize", "network.kind",
    "training.loss", "training.optimizer", "training.learning_rate", "training.weight_decay",
    "training.schedule", "training.clip", "training.batch", "training.steps",
    "training.precision", "training.seed",
})  # fmt: skip
"""What is in every file that vgsim 0.1 wrote."""


def _written_by_first(given: Mapping[str, object]) -> bool:
    """Whether vgsim 0.1 wrote it: such files keep what had been chosen and is read no more."""
    later = {info.path for info in fields() if not info.optional} - FIRST_WRITTEN
    return given.keys() >= FIRST_WRITTEN and not given.keys() & later


UNREAD_AT_FIRST = ("network.norm", "network.skip", "network.dropout")
"""What cells have read since; vgsim 0.1 kept what had been chosen for layers and passed it over."""


def _as_first_read(given: Mapping[str, object]) -> dict[str, object]:
    """What vgsim 0.1 wrote, without what it did not read, so that it is the same experiment."""
    kinds = field_at("network.kind")
    kind = given["network.kind"]
    in_time = kind in kinds.names() and "network.cells" in kinds.entry(str(kind)).uses
    return {path: v for path, v in given.items() if not (in_time and path in UNREAD_AT_FIRST)}


def reading(spec: Spec, given: Mapping[str, object]) -> Spec:
    """``spec`` itself; SpecError naming those of the ``given`` fields that nothing in it reads."""
    problems: list[Problem] = []
    for path, value in given.items():
        if not spec.applies(path) and not _agrees(spec, path, value):
            problems.append(Unread(path, value, _readers(spec, path)))
    if problems:
        raise SpecError(*problems)
    return spec


def _agrees(spec: Spec, path: str, value: object) -> bool:
    """Whether it says no more than the widths by stage: that there are so many."""
    if path != "network.depth" or not spec.applies("network.widths"):
        return False
    try:
        return value == len(widths_of(spec.network.widths))
    except ValueError:
        return False


def _readers(spec: Spec, path: str) -> str:
    """What reads a field, or what of ``spec`` decides instead of it, as the end of a sentence."""
    choices: list[str] = []
    chosen = False
    for info in fields():
        if path in info.settles and spec.applies(info.path) and spec[info.path]:
            return f"{info.path} decides it"
        if path in info.needed_by and spec.applies(info.path) and not spec[info.path]:
            return f"{info.path} = {spec[info.path]} decides it"
        if not info.registered:
            continue
        if spec.applies(info.path) and path in info.entry(str(spec[info.path])).settles:
            return f"{info.path} = {spec[info.path]} decides it"
        names = [entry.name for entry in info.entries() if path in entry.uses]
        if names:
            choices.append(f"{info.path} = {', '.join(names)}")
            chosen = chosen or spec[info.path] in names
    told = f"it is read with {'; or with '.join(choices)}"
    if chosen and len(choices) == 1:  # that is chosen already, and not read either
        reader = choices[0].partition(" ")[0]
        return f"{told}, where that is read: {_readers(spec, reader).removeprefix('it is read ')}"
    return told


def _all_unknown(given: Mapping[str, object], unknown: list[str]) -> list[Problem]:
    """One problem for every section in which unknown fields are given."""
    by_section: dict[str, list[str]] = {}
    for path in unknown:
        section = path.partition(".")[0]
        by_section.setdefault(section if section in SECTIONS else "", []).append(path)
    problems: list[Problem] = []
    for paths in by_section.values():
        problem = _unknown(paths[0], given[paths[0]])
        if len(paths) > 1:
            names = joined(paths)
            problem = Unknown(names, names, problem.allowed)
        problems.append(problem)
    return problems


def _flat(document: Mapping[str, object]) -> dict[str, object]:
    """Values by dotted path; a section that is not a table stays under its own name."""
    flat: dict[str, object] = {}
    for key, value in document.items():
        if key in SECTIONS and isinstance(value, Mapping):
            flat |= {f"{key}.{name}": inner for name, inner in value.items()}
        else:
            flat[key] = value
    return flat


def _unknown(path: str, value: object) -> Problem:
    """What is wrong with a path that is no field's, and the fields one may have meant."""
    if path in SECTIONS:
        return Problem(path, value, "a table")
    section = path.partition(".")[0]
    meant = [info.path for info in fields() if info.section and info.section == section]
    known = ", ".join(meant or ["name", "description", *SECTIONS])
    return Problem(path, value, f"a known field: {known}")


CARD = "card"
"""The table of a preset's file that says how a gallery shows it; it is no part of the spec."""


def loads(text: str, file: str = "") -> Spec:
    """A spec from TOML text; SpecError when it is not TOML or holds something not allowed.

    ``file`` is where the text is from; an error names it. A ``[card]`` table is passed over, so
    that the file of a preset is an experiment as it is.
    """
    try:
        document = toml.parse(text)
    except ValueError as error:
        allowed = f"TOML ({shorten(str(error), 200)})"
        if file:
            raise refuse("file", file, allowed) from None
        raise refuse("the spec", shorten(text), allowed) from None
    if isinstance(document.get(CARD), Mapping):
        del document[CARD]
    return parse(document)


def dumps(spec: Spec) -> str:
    """TOML text of ``spec``: every field that applies, so that it reads back the same run."""
    lines: list[str] = []
    section = ""
    read = spec.read
    for info in fields():
        if info.section != section:
            section = info.section
            lines += ["", f"[{section}]"]
        if info.path in read:
            lines.append(f"{info.name} = {_toml(spec[info.path])}")
    return "\n".join(lines).lstrip("\n") + "\n"


def _toml(value: Value) -> str:
    if isinstance(value, str):  # a JSON string is a TOML basic string, but for DEL
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return repr(value).lower()
    return repr(value)
