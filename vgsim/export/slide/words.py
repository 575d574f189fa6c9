"""What a slide says as text: title, caption, alternative text and speaker notes. No Qt.

The same moment says the same alone and in a deck, and is the title of a document by itself.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from vgsim.core.numbers import magnitude, plain
from vgsim.diagnosis.verdict import Verdict
from vgsim.export.picture import PictureRequest
from vgsim.export.slide.content import NAMELESS, moment_words, settings_of, settings_words
from vgsim.measure.frame import Frame
from vgsim.nn.spec import Spec
from vgsim.text.chain_rule import chain_rule
from vgsim.text.moments import pass_of
from vgsim.text.specs import SAME, difference
from vgsim.text.stages import place_name
from vgsim.text.verdicts import verdict_text

_TAGS = re.compile(r"<[^>]*>")
_LOWERED = re.compile(r"<sub>(.*?)</sub>")
_RAISED = re.compile(r"<sup>(.*?)</sup>")
_SMALL = str.maketrans("0123456789+−-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_HIGH = str.maketrans("0123456789+−-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")


@dataclass(frozen=True, slots=True)
class SlideText:
    """All that is said of one moment. ``alt`` is for those who cannot see the picture."""

    title: str
    caption: str
    alt: str
    notes: str


def slide_text(
    frame: Frame, picture: PictureRequest, view_title: str, verdict: Verdict | None
) -> SlideText:
    """What is said of ``frame``, drawn as ``picture``, whose view is called ``view_title``."""
    return SlideText(
        title_of(frame, picture),
        _caption(frame, picture, verdict) if picture.caption else "",
        _alt_text(frame, view_title),
        _notes(frame, picture, verdict),
    )


def title_of(frame: Frame, picture: PictureRequest) -> str:
    """The user's own title, or the experiment and the moment: "…: Backward pass, stage 3 of 7"."""
    return picture.title or f"{frame.subject.name or NAMELESS}: {moment_words(frame)}"


def _caption(frame: Frame, picture: PictureRequest, verdict: Verdict | None) -> str:
    """The user's own sentences, or the numbers of the moment, and the verdict if there is one."""
    if picture.sentences:
        return "\n".join(picture.sentences)
    rule = chain_rule(frame)
    if frame.loss != frame.loss:
        loss = ""
    else:
        loss = f"J = {plain(frame.loss)}"
    said = filter(None, (pass_of(frame), loss, plain_text(rule.numbers)))
    facts = " · ".join(dict.fromkeys(said))  # at the loss both are J
    if verdict:
        return f"{facts}\n{verdict.title}"
    return facts


def _alt_text(frame: Frame, view_title: str) -> str:
    """What a screen reader says in place of the picture."""
    reached = [k for k in range(1, frame.stages + 1) if frame.dh_rms[k - 1] == frame.dh_rms[k - 1]]
    shown = f"{view_title} of {frame.subject.name or NAMELESS}: {moment_words(frame)}"
    text = f"{shown}, {pass_of(frame)}."
    if not reached:
        return f"{text} No gradient has come back yet."
    ends = [
        f"{magnitude(float(frame.dh_rms[k - 1]))} at {place_name(k, frame.stages, frame.subject)}"
        for k in dict.fromkeys((reached[-1], reached[0]))
    ]
    return f"{text} RMS of ∂J/∂h: {', '.join(ends)}."


def _notes(frame: Frame, picture: PictureRequest, verdict: Verdict | None) -> str:
    """The speaker's notes: what the slide says, the chain rule, the verdict, and the settings."""
    rule = chain_rule(frame)
    parts = [rule.title, rule.formula, rule.numbers, rule.note]
    explained = "\n".join(plain_text(part) for part in parts if part)
    said = verdict_text(verdict) if verdict else ""
    own = "\n".join(picture.sentences)
    if frame.spec is not None:
        told = settings_text(frame.spec)
    else:
        told = f"Settings: {settings_of(frame)}."
    return "\n\n".join(filter(None, (own, explained, said, told)))


def settings_text(spec: Spec) -> str:
    """What one needs to make it again: the settings that matter, all unusual ones, and the seed."""
    unusual = difference(Spec(), spec)
    if unusual != SAME:
        more = f"\nNot the default: {unusual}."
    else:
        more = ""
    return f"Settings: {settings_words(spec)} · seed {spec.training.seed}.{more}"


def plain_text(rich: str) -> str:
    """Rich text without its tags: sub- and superscripts of digits stay, others get _ and ^."""
    text = _LOWERED.sub(lambda found: _moved(found[1], _SMALL, "_"), rich)
    text = _RAISED.sub(lambda found: _moved(found[1], _HIGH, "^"), text)
    return " ".join(html.unescape(_TAGS.sub("", text)).split())


def _moved(rich: str, digits: dict[int, int], mark: str) -> str:
    """A sub- or superscript in characters of its own where there are, else after ``mark``."""
    text = _TAGS.sub("", rich)
    if all(ord(letter) in digits for letter in text):
        return text.translate(digits)
    if text in "⊤*′":
        return text
    if len(text) == 1:
        return f"{mark}{text}"
    return f"{mark}({text})"
