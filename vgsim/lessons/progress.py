"""How far one has come in each lesson, and what one answered; kept between two starts."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from vgsim.lessons.answers import Answer

MOST_LETTERS = 200_000
"""Letters of a kept text that are read."""


@dataclass(frozen=True, slots=True)
class LessonProgress:
    """The page one is on and those one has seen, both from 0, and answers by page."""

    page: int = 0
    seen: frozenset[int] = frozenset()
    answers: Mapping[int, Answer] = field(default_factory=dict)

    def done(self, pages: int) -> bool:
        """Whether every one of so many pages has been seen."""
        return self.seen >= set(range(pages))

    def at(self, page: int) -> LessonProgress:
        """The same on another page, which is seen from now on."""
        return replace(self, page=page, seen=self.seen | {page})

    def answered(self, page: int, answer: Answer | None) -> LessonProgress:
        """The same with another answer on a page, or with none."""
        answers = {key: kept for key, kept in self.answers.items() if key != page}
        if answer is not None:
            answers[page] = answer
        return replace(self, answers=answers)


def to_text(progress: Mapping[str, LessonProgress]) -> str:
    """Progress by the name of the lesson, as text."""
    return json.dumps({name: _plain(kept) for name, kept in progress.items()})


def _plain(progress: LessonProgress) -> dict[str, object]:
    answers = {str(page): dataclasses.asdict(it) for page, it in progress.answers.items()}
    return {"page": progress.page, "seen": sorted(progress.seen), "answers": answers}


def from_text(text: str) -> dict[str, LessonProgress]:
    """What :func:`to_text` wrote; what cannot be understood of it is left out."""
    try:
        found = json.loads(text[:MOST_LETTERS]) if text else {}
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    kept = {}
    for name, entry in found.items():
        try:
            kept[str(name)] = _read(entry)
        except (TypeError, ValueError, KeyError):
            continue
    return kept


def _read(entry: Mapping[str, object]) -> LessonProgress:
    page = entry["page"]
    seen = entry["seen"]
    answers = entry["answers"]
    if not isinstance(page, int) or not isinstance(seen, list) or not isinstance(answers, dict):
        raise ValueError("no progress")
    read = {int(key): _answer(answer) for key, answer in answers.items()}
    return LessonProgress(page, frozenset(int(each) for each in seen), read)


def _answer(entry: Mapping[str, object]) -> Answer:
    known = {name: entry[name] for name in Answer.__slots__ if name in entry}
    curve = known.get("curve", ())
    if not isinstance(curve, list):
        raise ValueError("no curve")
    known["curve"] = tuple(float(each) for each in curve)
    return Answer(**known)  # type: ignore[arg-type]  # its own fields
