"""What should help against an outcome: changes of the spec, best first.

An outcome names candidates. Of a candidate only those changes stay that the changed spec reads and
that differ from it now; a candidate without any, or that makes no valid spec, goes. Here is also
what several outcomes offer. None names a choice: it asks for the role that one has to play.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from vgsim.core.errors import SpecError
from vgsim.core.numbers import typed
from vgsim.core.registry import Entry, Registry, registry
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.offering import contradicts
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Changes
from vgsim.diagnosis.verdict import Remedy, Value
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.architectures import KINDS
from vgsim.nn.cells import CELLS, Cell
from vgsim.nn.initializers import BIASES, INITIALIZERS
from vgsim.nn.layers.parts import NORMS
from vgsim.nn.roles import Role
from vgsim.nn.spec import Spec, field_at

MOST = 4
"""Remedies that a verdict offers."""
VERY_DEEP = 30
"""Hops beyond which only a way around the stages carries a gradient through all of them. Ours."""

OF_THE_MODEL = "model."
"""How the paths of changes begin that are of a recorded network's own modules."""

GAIN_OF_ONE: Changes = {"init.gain_by": Role.AS_SET, "init.gain": 1.0}
RECTIFIER: Changes = {
    "network.activation": Role.RECTIFIES,
    "network.activations": "",
    "init.weights": Role.MAKES_UP,
}
ZERO_CENTERED: Changes = {
    "network.activation": Role.ZERO_CENTERED,
    "network.activations": "",
    "init.weights": Role.KEEPS_VARIANCE,
    **GAIN_OF_ONE,
}
NO_BIAS: Changes = {"init.bias": Role.NO_OFFSET}
AROUND: Changes = {"network.skip": Role.WAY_AROUND, "network.skip_scale": 1.0}
SAME_SCALE: Changes = {"network.norm": Role.SAME_SCALE}
RESIDUAL: Changes = {
    "network.skip": Role.WAY_AROUND,
    "network.norm": Role.SAME_SCALE,
    "network.skip_scale": 1.0,
}
ROTATION: Changes = {"init.recurrent": Role.ROTATES, **GAIN_OF_ONE}
IRNN: Changes = {
    "network.activation": Role.RECTIFIES,
    "init.recurrent": Role.COPIES,
    "init.weights": Role.OF_A_SIZE,
    "init.std": 0.05,
    **GAIN_OF_ONE,
}

SLOWER = "Every update is that much smaller: training takes longer, and may stop on a plateau."
MORE_PER_STEP = "Several times the parameters and the time of a plain cell."
"""Catches that several have."""

NO_OFFSET = Candidate(
    "Biases of 0", NO_BIAS, "What the offset was there for is lost: all units start alike in it."
)
BY_ROTATION = Candidate(
    "A rotation for Wₕ: every singular value 1",
    ROTATION,
    "It is only a start: training changes Wₕ, and an activation that cuts still takes its part.",
)
BY_WAY_AROUND = Candidate(
    "A skip path around every stage",
    AROUND,
    "What the stages add up to grows with depth, so that very deep networks need a smaller rate.",
)


def remedies(outcome: str, findings: Findings) -> tuple[Remedy, ...]:
    """What to try against ``outcome``, at most MOST; empty where nothing is wrong."""
    found: list[Remedy] = []
    for candidate in OUTCOMES[outcome].remedies(findings):
        if all(path.startswith(OF_THE_MODEL) for path in candidate.changes):
            kept = tuple(candidate.changes.items())  # of modules, which no spec has
        else:
            kept = _kept(findings.spec, candidate.changes)
        if contradicts(OUTCOMES[outcome], findings.spec, dict(kept)):
            continue
        if kept and all(kept != remedy.changes for remedy in found):
            found.append(Remedy(candidate.title, kept, candidate.catch))
    return tuple(found[:MOST])


def gentler(spec: Spec, remedy: Remedy, outcome: str, by: float) -> Remedy | None:
    """``remedy`` at a learning rate of ``by`` times the present one, for where it diverges.

    None where it says a rate itself, or where ``outcome``, empty for none, is that the rate is
    too small.
    """
    path = "training.learning_rate"
    changed = rounded(spec.training.learning_rate * by)
    if path in dict(remedy.changes) or changed <= 0:
        return None
    if outcome and contradicts(OUTCOMES[outcome], spec, {path: changed}):
        return None
    title = f"{remedy.title}, at a learning rate of {typed(changed)}"
    catch = f"At the present learning rate it goes astray. {remedy.catch}"
    return Remedy(title, (*remedy.changes, (path, changed)), catch)


def _kept(spec: Spec, changes: Changes) -> tuple[tuple[str, Value], ...]:
    """The changes that are any, and that the changed spec reads."""
    if KINDS[spec.network.kind].recurrent and changes.get("network.skip") is Role.WAY_AROUND:
        return ()  # in a stack of cells it goes around cells, and hops are timesteps
    named = {path: _named(spec, path, value) for path, value in changes.items()}
    try:
        changed = spec.replace(named)
    except SpecError:
        return ()
    kept = [(path, value) for path, value in named.items() if changed.applies(path)]
    return tuple((path, value) for path, value in kept if spec[path] != value)


def _named(spec: Spec, path: str, value: Value) -> Value:
    """The name of a choice that plays the role, the present one if it does; others unchanged."""
    if isinstance(value, Role):
        return registry(str(field_at(path).choices)).cast(value, str(spec[path]))
    return value


def played_by(choices: Registry[Any], role: Role) -> str:
    """The label of the choice that plays ``role``."""
    return choices.entry(choices.cast(role)).label


def matching(f: Findings) -> Candidate:
    """The initializer that belongs to the activation."""
    activation = ACTIVATIONS.entry(f.activation)
    suits = activation.value.suits
    entry = INITIALIZERS.entry(INITIALIZERS.cast(suits))
    virtue = entry.value.virtue.format(activation=activation.label)
    changes: Changes = {"init.weights": suits}
    if "init.gain_by" in entry.uses:
        changes |= GAIN_OF_ONE
    catch = "It fits the start alone: too large a rate takes the weights to another size again."
    return Candidate(f"{entry.value.whose}, {virtue}", changes, catch)


def rectifier() -> Candidate:
    """Another activation, which nowhere takes anything from what it lets through."""
    catch = "What it lets through has no bound, so it bears a smaller rate; units can die for good."
    return Candidate(_with_weights(RECTIFIER), RECTIFIER | NO_BIAS, catch)


def zero_centered() -> Candidate:
    """Another activation, of derivative 1 at 0."""
    catch = "It saturates where z grows large, and over very many stages it still fades."
    return Candidate(_with_weights(ZERO_CENTERED), ZERO_CENTERED | NO_BIAS, catch)


def _with_weights(changes: Changes) -> str:
    """What another activation and its initializer are called: "ReLU with He's weights"."""
    activation = played_by(ACTIVATIONS, Role(str(changes["network.activation"])))
    weights = INITIALIZERS[INITIALIZERS.cast(Role(str(changes["init.weights"])))]
    return f"{activation} with {weights.whose}"


def same_scale(why: str = "") -> Candidate:
    """A normalization, and what it is good for here: "Layer norm, which …"."""
    catch = "Two more parameters a unit and a slower update; it hides the scale from later stages."
    return Candidate(played_by(NORMS, Role.SAME_SCALE) + why, SAME_SCALE, catch)


def unit_variance() -> Candidate:
    """Weights that are fitted to the data."""
    label = played_by(INITIALIZERS, Role.TO_UNIT_VARIANCE)
    changes: Changes = {"init.weights": Role.TO_UNIT_VARIANCE}
    title = f"{label}: weights scaled until every stage has variance 1"
    catch = "It fits the first batch only, and needs a pass for every stage before training."
    return Candidate(title, changes, catch)


def residual() -> Candidate:
    """A way around every stage that keeps the signal at one scale."""
    norm = played_by(NORMS, Role.SAME_SCALE).lower()
    title = f"A skip path around every stage, with {norm}"
    catch = "Another network: more parameters, a slower update, and stages that may stay idle."
    return Candidate(title, RESIDUAL, catch)


def residual_if_very_deep(f: Findings) -> Iterator[Candidate]:
    """Only a way around carries a gradient through so many stages."""
    if len(f.way.hops) > VERY_DEEP:
        yield residual()


def fewer_layers(depth: int) -> Candidate:
    """A network of ``depth`` hidden stages."""
    catch = "Fewer stages can represent less; a task that needs the depth is then out of reach."
    return Candidate("Fewer layers", {"network.depth": depth}, catch)


def tenth_of_the_rate(f: Findings) -> Candidate:
    """A smaller learning rate."""
    return Candidate("A tenth of the learning rate", rate(f, 0.1), SLOWER)


def rate(f: Findings, by: float) -> Changes:
    """The learning rate times ``by``."""
    return {"training.learning_rate": rounded(f.spec.training.learning_rate * by)}


def rounded(value: float) -> float:
    """One significant digit."""
    return float(f"{value:.0e}")


def added_only(f: Findings) -> Candidate:
    """A cell whose state is only added to, with gates that start open."""
    title = f"{keeping(f).label}, whose state is only added to"
    return Candidate(title, remembering(f), MORE_PER_STEP)


def keeping(f: Findings) -> Entry[type[Cell]]:
    """The cell to try where others forget."""
    return CELLS.entry(CELLS.cast(Role.REMEMBERS, f.spec.network.kind))


def remembering(f: Findings) -> Changes:
    """Such a cell."""
    return {
        "network.kind": Role.REMEMBERS,
        "init.recurrent": Role.ROTATES,
        **open_gates(keeping(f).value, f),
        **NO_BIAS,
        **GAIN_OF_ONE,
    }


def open_gates(cell: type[Cell], f: Findings) -> Changes:
    """Gates that start open for as long as the sequence: b = ln T, as chrono initialization
    has it for the longest dependency (Tallec and Ollivier 2018)."""
    if not cell.opened_by:
        return {}
    bias = round(math.log(max(f.way.last, 3)), 1)
    kept = cell.kept()
    return {cell.opened_by: -bias if kept and kept.complement else bias}


def has_biases(f: Findings) -> bool:
    """Whether biases do not start at 0."""
    return BIASES.entry(f.spec.init.bias).role != Role.NO_OFFSET


def fading_in_time(f: Findings) -> Iterator[Candidate]:
    """What helps where a gradient fades over the timesteps."""
    yield added_only(f)
    rectified = played_by(ACTIVATIONS, Role.RECTIFIES)
    catch = "Nothing bounds its state: a large rate, or a long sequence, makes it explode."
    yield Candidate(f"IRNN: {rectified} around an identity", IRNN, catch)
    yield BY_ROTATION
