"""A verdict as plain text, and a remedy as what one types to apply it."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.fields import Value
from vgsim.core.numbers import percent
from vgsim.diagnosis.verdict import Evidence, Remedy, Verdict
from vgsim.text.verdicts import effect_words

WIDTH = 96
"""Characters in a line."""


def verdict_text(verdict: Verdict) -> str:
    """Title with confidence, sentences, evidence, and each remedy with its ``--set`` arguments.

    Where the remedies were measured, what each does stands below it.
    """
    return "\n".join(
        [
            f"{verdict.title} ({confidence_text(verdict)})",
            *(line for sentence in verdict.sentences for line in _wrapped(sentence, "  ")),
            "Evidence",
            *(line for fact in verdict.evidence for line in _fact(fact)),
            *_remedies(verdict),
        ]
    )


def confidence_text(verdict: Verdict) -> str:
    """How sure it is: "confidence 85 %"."""
    return f"confidence {percent(verdict.confidence)}"


def set_arguments(remedy: Remedy) -> str:
    """The changes as arguments of the command line: "--set network.depth=2 …"."""
    return " ".join(f"--set {path}={value_text(value)}" for path, value in remedy.changes)


def value_text(value: Value) -> str:
    """A field's value as ``--set`` reads it: true, 0.1, relu."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fact(fact: Evidence) -> Iterator[str]:
    shown = f" [{fact.plot}]" if fact.plot else ""
    yield from _wrapped(fact.text + shown, "  - ")


def _remedies(verdict: Verdict) -> Iterator[str]:
    effects = {effect.remedy: effect for effect in verdict.effects}
    if verdict.remedies:
        yield "Try"
    for remedy in verdict.remedies:
        yield from _wrapped(remedy.title, "  - ")
        yield f"      {set_arguments(remedy)}"
        if remedy in effects:
            yield from _wrapped(effect_words(effects[remedy]), "      ")


def _wrapped(text: str, indent: str) -> list[str]:
    """``text`` in lines of WIDTH, the first after ``indent``, the others below its text."""
    lines, line = [], indent
    for word in text.split(" "):
        if len(line) + len(word) > WIDTH and line.strip(" -"):
            lines.append(line.rstrip())
            line = " " * len(indent)
        line += word + " "
    return [*lines, line.rstrip()]
