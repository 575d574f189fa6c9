"""Verdicts, remedies and their measured effects as words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vgsim.core.errors import SpecError
from vgsim.core.fields import FieldInfo, Value
from vgsim.core.numbers import about, factor, percent, plain, short
from vgsim.diagnosis.offering import units
from vgsim.diagnosis.verdict import (
    Course,
    Effect,
    Evidence,
    FromHere,
    Remedy,
    Ruling,
    Undecided,
    Verdict,
)
from vgsim.measure.forecast import FieldPhase
from vgsim.nn.spec import field_at
from vgsim.text.empty import EmptyState
from vgsim.text.moments import pass_name
from vgsim.text.specs import lowered, value_words

NOTHING_YET = EmptyState("No verdict yet", "Step or train: it comes with the first whole pass.")
JUDGING = "judging…"
MEASURING = "measuring…"
NOT_MEASURED = "not measured yet"
FIRST_MEASURED = "It can be tried as soon as its effect is measured"
EVIDENCE = "EVIDENCE"
REMEDIES = "WHAT WOULD HELP"
CHANGES = "WHAT TO CHANGE"
IN_VAIN = "TRIED, WOULD NOT HELP"
UNDECIDED = "UNDECIDED HERE"
UNDECIDED_WORDS = "Undecided: what was not recorded would have to tell"
EXACT = "Exact: it follows by arithmetic"
FAILED = "No verdict"

_SURE = ((90, "Very sure"), (75, "Quite sure"), (50, "Likely"), (0, "A guess"))

_SHORT = 26
"""Letters of a change that do not fill a line of the narrowest panel."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure without and with a remedy: "∂J/∂h a hop", "×0.22", "×0.92"."""

    name: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.name}: {self.before} → {self.after}"


def confidence_words(confidence: float) -> str:
    """How sure a verdict is: "Quite sure · 82 %"; nothing but certainty is 100 %."""
    share = min(max(confidence, 0.0), 1.0)
    if share == 1.0:
        percent = 100
    else:
        percent = min(round(100 * share), 99)
    words = next(words for least, words in _SURE if percent >= least)
    return f"{words} · {percent} %"


def sureness(verdict: Verdict) -> str:
    """How sure a verdict is; of what is arithmetic that it is exact."""
    if verdict.exact:
        return EXACT
    return confidence_words(verdict.confidence)


def sureness_of_pass(verdict: Verdict) -> str:
    """How sure, and of which pass."""
    return f"{sureness(verdict)} · {judged_pass(verdict)}"


def judged_pass(verdict: Verdict) -> str:
    """The pass that was judged: "pass 401", of a recording "step 400"."""
    if verdict.recorded:
        return f"step {verdict.step:,}"
    return pass_name(verdict.step)


def changes_words(changes: Iterable[tuple[str, Value]]) -> str:
    """What a remedy changes: "activation ReLU · initializer He normal"."""
    words = (f"{_field_words(path)} {_value_words(path, new)}" for path, new in changes)
    return " · ".join(map(_together, words))


def _together(words: str) -> str:
    """Short ``words`` kept on one line."""
    if len(words) <= _SHORT:
        return words.replace(" ", "\u00a0")
    return words


def _field_words(path: str) -> str:
    """The label of a field within a sentence; the path of what is no field."""
    info = _field(path)
    if info is None:
        return path
    return lowered(info.label)


def _value_words(path: str, value: Value) -> str:
    words = value_words(_field(path), value)
    if isinstance(value, str):
        return lowered(words)
    return words


def _field(path: str) -> FieldInfo | None:
    try:
        return field_at(path)
    except SpecError:
        return None


def comparisons(effect: Effect) -> tuple[Comparison, ...]:
    """The figures that a remedy is judged by: the factor a hop, and J in both ways to measure it.

    J from here stands only where the present state is not the start; where it cannot be measured
    from there, the reason takes the place of the figures.
    """
    before, after = effect.before, effect.after
    name, without, present = _losses(before, after, effect.held_out)
    found = [
        Comparison("∂J/∂h a hop", _factor(before.hop), _factor(after.hop)),
        Comparison(f"{name} trained anew", without, present),
    ]
    if effect.here is not None and effect.here_before is not None:
        found.append(
            Comparison(
                f"{name} from here", *_losses(effect.here_before, effect.here, effect.held_out)[1:]
            )
        )
    return tuple(found)


def not_from_here(effect: Effect) -> str:
    """Why there are no figures from the present state, or of what part of the remedy they are."""
    if effect.here is not None and effect.from_here is not FromHere.PART:
        return ""
    if effect.here is None and effect.from_here in (FromHere.MEASURED, FromHere.PART):
        return "from here: not measured, as it diverges"
    return _NOT_FROM_HERE.get(effect.from_here, "")


_NOT_FROM_HERE = {
    FromHere.START: "only anew: it acts at the start",
    FromHere.OTHER: "only anew: another network",
    FromHere.NOT_YET: "from here: not measured yet",
    FromHere.PART: "from here with the weights as they are",
}


def _losses(before: Course, after: Course, held_out: bool) -> tuple[str, str, str]:
    """What J is called, and J without and with a remedy; over chance where its unit changes."""
    if held_out:
        return "J held out", plain(before.held), plain(after.held)
    unit_before, unit = units(before, after)
    if unit == unit_before:
        return "J", plain(before.loss), plain(after.loss)
    return "J / chance", plain(before.loss / unit_before), plain(after.loss / unit)


def updates_words(effect: Effect) -> str:
    """Over how many updates: "after 300 updates", "after 120 of 300 updates so far"."""
    if effect.done:
        return f"after {effect.wanted:,} updates"
    return f"after {effect.through:,} of {effect.wanted:,} updates so far"


def _factor(value: float) -> str:
    """A ratio, "·" where there is none."""
    return factor(value) or "·"


def spike_words(effect: Effect) -> str:
    """How high the loss rose again on the way: "up to 3.1 at step 210"; empty where it did not."""
    if math.isnan(effect.after.spike):
        return ""
    return f"up to {about(effect.after.spike)} at step {effect.after.spike_step:,}"


def offered(verdict: Verdict) -> tuple[tuple[Remedy, ...], tuple[Remedy, ...]]:
    """Remedies that help or are not measured yet, and those measured to be of no help.

    Those that help come first, the lowest loss from a fresh start before the others: that is what
    one gets who applies it.
    """
    vain = [effect.remedy for effect in verdict.effects if effect.done and not effect.helps]
    ends = {effect.remedy: _end(effect) for effect in verdict.effects}
    helping = [remedy for remedy in verdict.remedies if remedy not in vain]
    helping.sort(key=lambda remedy: ends.get(remedy, math.inf))
    return tuple(helping), tuple(remedy for remedy in verdict.remedies if remedy in vain)


def _end(effect: Effect) -> float:
    """J at the end, as a share of guessing where it is known: remedies may change its unit."""
    after = effect.after
    if math.isnan(after.loss):
        return math.inf
    if effect.held_out:
        return after.held
    return after.loss / after.chance if after.chance > 0 else after.loss


def refusal_words(effect: Effect) -> str:
    """Why a remedy cannot be; empty when it can."""
    if effect.refused:
        return f"Not possible: {effect.refused}"
    return ""


_RULINGS = {
    Ruling.HELPS: "",
    Ruling.CHANGES_NOTHING: "changes nothing beyond the noise of the batches",
    Ruling.WORSE: "ends higher than without it",
    Ruling.DIVERGES: "diverges",
    Ruling.LEARNS_NOTHING: "learns nothing: it ends where guessing is",
    Ruling.REFUSED: "not possible",
}


def ruling_words(effect: Effect) -> str:
    """Why a remedy is not offered; empty where it is."""
    if effect.ruling is Ruling.DIVERGES and math.isfinite(effect.after.loss):
        return "runs away on the way"
    return _RULINGS[effect.ruling]


def effect_note(effect: Effect) -> str:
    """The line below the figures: what speaks against it, and over how many updates."""
    against = "" if effect.helps else str(effect.ruling)
    over = f"{effect.wanted:,} updates"
    if not effect.done:
        over = f"{effect.through:,} of {over}"
    return " · ".join(filter(None, (against or spike_words(effect), over)))


def effect_tip(effect: Effect) -> tuple[str, ...]:
    """What was measured and how, paragraph by paragraph."""
    if effect.refused:
        return (refusal_words(effect),)
    hop, *losses = comparisons(effect)
    whole = f"{_factor(effect.before.end)} → {_factor(effect.after.end)}"
    return (
        f"RMS ∂J/∂h {hop.before} → {hop.after} a hop, "
        f"{whole} from the last hidden stage to the first, in the first pass.",
        *(f"{loss}." for loss in losses),
        _sentence(not_from_here(effect)),
        _sentence(", ".join(filter(None, (updates_words(effect), spike_words(effect))))),
        _sentence(ruling_words(effect)),
        "J is the median of the last tenth of the updates. Trained anew is what Try and Apply do; "
        "from here, both go on from the present weights. Same seed, data and batches.",
    )


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}." if words else ""


def effect_words(effect: Effect | None) -> str:
    """An effect in one line of plain text."""
    if effect is None:
        return MEASURING
    said = [
        *map(str, comparisons(effect)),
        not_from_here(effect),
        updates_words(effect),
        spike_words(effect),
        ruling_words(effect),
    ]
    return refusal_words(effect) or ", ".join(filter(None, said))


def remedy_tips(remedy: Remedy) -> tuple[str, str]:
    """What the two buttons of a remedy do: try it, apply it."""
    what = changes_words(remedy.changes)
    return (
        f"Run it beside the present experiment, as B: {what}",
        f"Change this experiment, which begins anew: {what}",
    )


def catch_words(remedy: Remedy) -> str:
    """What a remedy costs, or what may go wrong: "The catch: …"; empty where none is known."""
    if not remedy.catch:
        return ""
    return f"The catch: {lowered(remedy.catch)}"


def evidence_tip(evidence: Evidence) -> str:
    """What a click on a piece of evidence does; empty when there is nothing to show."""
    if evidence.plot:
        return "Show the instrument that measured it"
    return ""


def paragraphs(verdict: Verdict) -> tuple[str, str]:
    """What was found, the first sentence of a verdict, and what the others add to it."""
    return "".join(verdict.sentences[:1]), " ".join(verdict.sentences[1:])


WIDTH = 96
"""Characters in a line."""


def verdict_text(verdict: Verdict) -> str:
    """Title with confidence, sentences, evidence, and each remedy with its ``--set`` arguments.

    Where the remedies were measured, what each does stands below it.
    """
    return "\n".join([answer_text(verdict), *_remedies(verdict)])


def answer_text(verdict: Verdict) -> str:
    """Title with confidence, sentences and evidence."""
    return "\n".join(
        [
            f"{verdict.title} ({confidence_text(verdict)}, {judged_pass(verdict)})",
            *(line for sentence in verdict.sentences for line in _wrapped(sentence, "  ")),
            "Evidence",
            *(line for fact in verdict.evidence for line in _fact(fact)),
        ]
    )


def remedies_text(verdict: Verdict) -> str:
    """Each remedy with its ``--set`` arguments, what it does as far as measured, its catch."""
    return "\n".join(_remedies(verdict))


def undecided_text(verdict: Verdict) -> str:
    """What could not be decided, with what it would need."""
    return "\n".join(
        [
            UNDECIDED_WORDS,
            *(
                line
                for open_one in verdict.undecided
                for line in _wrapped(undecided_words(open_one), "  - ")
            ),
        ]
    )


def undecided_words(undecided: Undecided) -> str:
    """One of them: "The momentum is too large: it needs the settings of the optimizer"."""
    return f"{undecided.title}: it needs {undecided.needs}"


def verdict_record(verdict: Verdict) -> dict[str, object]:
    """The verdict as plain values, for JSON."""
    return {
        "step": verdict.step,
        "outcome": verdict.outcome,
        "title": verdict.title,
        "sentences": list(verdict.sentences),
        "evidence": [fact.text for fact in verdict.evidence],
        "confidence": round(verdict.confidence, 4),
        "exact": verdict.exact,
        "remedies": [
            {
                "title": remedy.title,
                "changes": dict(remedy.changes),
                "catch": remedy.catch,
                "code": remedy.code,
            }
            for remedy in verdict.remedies
        ],
        "undecided": [{"title": it.title, "needs": it.needs} for it in verdict.undecided],
    }


def confidence_text(verdict: Verdict) -> str:
    """How sure it is: "confidence 85 %", or "exact"."""
    if verdict.exact:
        return "exact"
    return f"confidence {percent(verdict.confidence)}"


def set_arguments(remedy: Remedy) -> str:
    """The changes as arguments of the command line: "--set network.depth=2 …"."""
    return " ".join(f"--set {path}={value_text(value)}" for path, value in remedy.changes)


def value_text(value: Value) -> str:
    """A field's value as ``--set`` reads it: true, 0.1, relu."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _fact(fact: Evidence) -> Iterator[str]:
    shown = f" [{fact.plot}]" if fact.plot else ""
    yield from _wrapped(fact.text + shown, "  - ")


def _remedies(verdict: Verdict) -> Iterator[str]:
    effects = {effect.remedy: effect for effect in verdict.effects}
    for heading, remedies in zip(("Try", "Tried, would not help"), offered(verdict), strict=True):
        if remedies:
            yield heading
        for remedy in remedies:
            measured = effects.get(remedy)
            offer = measured.offer if measured else remedy
            yield from _wrapped(offer.title, "  - ")
            if offer.code:
                yield from (f"      {line}".rstrip() for line in offer.code.splitlines())
            else:
                yield f"      {set_arguments(offer)}"
            if measured:
                yield from _wrapped(effect_words(measured), "      ")
            if offer.catch:
                yield from _wrapped(catch_words(offer), "      ")


def _wrapped(text: str, indent: str) -> list[str]:
    """``text`` in lines of WIDTH, the first after ``indent``, the others below its text."""
    lines, line = [], indent
    for word in text.split(" "):
        if len(line) + len(word) > WIDTH and line.strip(" -"):
            lines.append(line.rstrip())
            line = " " * len(indent)
        line += word + " "
    return [*lines, line.rstrip()]


def phase_text(phase: FieldPhase) -> str:
    """What mean-field theory says of stages like these without end, for the command line."""
    settled = phase.settled
    critical = "no variance is critical"
    if not math.isnan(phase.critical):
        critical = f"critical at {short(phase.critical, 3)}"
    depth = "" if math.isnan(settled.depth) else f", ξ = {short(settled.depth, 2)} hops"
    return (
        f"Theory: σ_w² = {short(phase.variance, 3)} ({critical}), χ₁ = {short(settled.chi, 2)}: "
        f"{settled.phase}, ×{short(settled.factor, 2)} a hop{depth}"
    )
