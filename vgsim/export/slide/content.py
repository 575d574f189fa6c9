"""What stands on a slide: title, where the pass is, the answer, the settings that matter. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from vgsim.core.numbers import factor, magnitude, plain, short
from vgsim.diagnosis.verdict import Tone, Verdict
from vgsim.measure.frame import Frame
from vgsim.nn.architectures import KINDS
from vgsim.nn.moments import Phase
from vgsim.nn.spec import Spec, field_at
from vgsim.text.moments import place_of, seed_words
from vgsim.text.specs import SAME, compared_names, difference, layers_words
from vgsim.text.stages import place_among, quantity, stage_name
from vgsim.text.verdicts import judged_pass, paragraphs

NAMELESS = "Experiment"


class Origin(NamedTuple):
    """The shipped experiment that a spec comes from: its name and spec; ("", None) for none."""

    name: str = ""
    spec: Spec | None = None


@dataclass(frozen=True, slots=True)
class Caption:
    """What is said of the picture; each part is empty where there is nothing to say.

    ``sentences`` are the user's own.
    """

    sentences: tuple[str, ...] = ()
    heading: str = ""
    sentence: str = ""
    more: str = ""
    settings: str = ""
    changed: str = ""
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class SlideWords:
    """The words of a slide or of a single picture."""

    title: str
    subtitle: str
    source: str
    caption: Caption


def slide_words(
    frame: Frame,
    origin: Origin,
    verdict: Verdict | None = None,
    title: str = "",
    sentences: tuple[str, ...] = (),
) -> SlideWords:
    """The words for ``frame``.

    ``title`` takes the place of the experiment's own name, ``sentences`` that of the verdict.
    """
    if sentences:
        verdict = None
    return SlideWords(
        title=title or frame.subject.name or NAMELESS,
        subtitle=" · ".join(filter(None, (moment_words(frame), progress_words(frame)))),
        source=source_words(frame, origin),
        caption=replace(caption(frame, origin, verdict), sentences=sentences),
    )


def shortened(text: str, room: float, width: Callable[[str], float], between: str) -> str:
    """As many of the parts of ``text``, from the first on, as ``width`` lets into ``room``."""
    while text and width(text) > room:
        text = text.rpartition(between)[0]
    return text


def moment_words(frame: Frame) -> str:
    """Where in its pass the network is: "Backward pass, stage 3 of 6"."""
    moment = frame.moment
    stages = frame.stages
    if moment.phase is Phase.LOSS:
        return "Forward pass done"
    if moment.stage:
        return (
            f"{moment.phase.capitalize()} pass, {place_among(moment.stage, stages, frame.subject)}"
        )
    if moment.phase is Phase.START:
        return "Before the pass"
    return "After the update"


def progress_words(frame: Frame) -> str:
    """How far training is: "untrained", "after 500 updates"; with J where it is known."""
    count = f"after {frame.step:,} update" + ("" if frame.step == 1 else "s")
    if frame.loss != frame.loss:
        loss = ""
    else:
        loss = f"J = {plain(frame.loss)}"
    return " · ".join(filter(None, (count if frame.step else "untrained", loss)))


def source_words(frame: Frame, origin: Origin) -> str:
    """Where the picture comes from: "vgsim · sigmoid-stack · seed 7 · step 0 · backward h₃"."""
    return " · ".join(filter(None, _source_parts(frame, origin)))


def _source_parts(frame: Frame, origin: Origin) -> tuple[str, ...]:
    """vgsim, the name, the seed, the step, the moment; empty where one is not known."""
    name = origin.name or frame.subject.name
    if origin.spec is not None and origin.spec != frame.spec:
        name += ", changed"
    seed = seed_words(frame.subject)
    step = f"step {frame.step:,}"
    moment = str(frame.moment.phase)
    if frame.moment.stage:
        moment += f" {stage_name(frame.moment.stage, frame.subject)}"
    return "vgsim", name, seed, step, moment


def caption(frame: Frame, origin: Origin, verdict: Verdict | None) -> Caption:
    """The verdict in a sentence, and only the settings that matter."""
    changed = ""
    if origin.spec is not None and frame.spec is not None:
        changed = difference(origin.spec, frame.spec)
        if changed != SAME:
            changed = f"Differs from the preset: {changed}"
        else:
            changed = ""
    if frame.other is not None:
        beside = f"Compared with {compared_names(frame).b}"
    else:
        beside = ""
    changed = " · ".join(filter(None, (changed, beside)))
    said = Caption(settings=settings_of(frame), changed=changed)
    if verdict is None:
        return said
    first, more = paragraphs(verdict)
    heading = verdict.title
    if verdict.step != place_of(frame)[0]:
        heading += f" ({judged_pass(verdict)})"
    return replace(said, heading=heading, sentence=first, more=more, tone=verdict.tone)


def compared_words(
    frame: Frame, other: Frame, origins: tuple[Origin, Origin], title: str = ""
) -> SlideWords:
    """The words for two compared experiments: what holds of both, or of each by its letter."""
    names = dict.fromkeys(shown.subject.name or NAMELESS for shown in (frame, other))
    both = (frame, "A"), (other, "B")
    losses = [f"{plain(each.loss)} in {name}" for each, name in both if each.loss == each.loss]
    count, *_ = progress_words(frame).partition(" · ")
    facts = (moment_words(frame), count, f"J = {', '.join(losses)}" if losses else "")
    a, b = (_source_parts(*each) for each in zip((frame, other), origins, strict=True))
    source = [" and ".join(dict.fromkeys(filter(None, pair))) for pair in zip(a, b, strict=True)]
    return SlideWords(
        title or " and ".join(names),
        " · ".join(filter(None, facts)),
        " · ".join(filter(None, source)),
        compared_caption(frame, other),
    )


def compared_caption(frame: Frame, other: Frame) -> Caption:
    """How much of the gradient each has where it is, how much each kept, and what both share."""
    shared = set(settings_of(other).split(" · "))
    both = " · ".join(part for part in settings_of(frame).split(" · ") if part in shared)
    said = Caption(settings=both and f"Both: {both}")
    first = max(frame.backward_from, other.backward_from)
    alike = [stage.name for stage in frame.subject.named] == [
        stage.name for stage in other.subject.named
    ]
    if first > min(frame.stages, other.stages) or not alike:
        return said
    a, b = (float(shown.dh_rms[first - 1]) for shown in (frame, other))
    here = f"RMS {quantity('∂J/∂h', first, frame.subject)}"
    heading = f"{here} is {magnitude(a)} in A, {magnitude(b)} in B"
    ends = [float(shown.dh_rms[-1]) for shown in (frame, other)]
    if not (min(ends) > 0 and frame.stages == other.stages > first):
        return replace(said, heading=heading)
    kept = [factor(size / end) for size, end in zip((a, b), ends, strict=True)]
    top = stage_name(frame.stages, frame.subject)
    way = f"From {top} back to {stage_name(first, frame.subject)}"
    sentence = f"{way} the gradient changes by {kept[0]} in A, by {kept[1]} in B."
    return replace(said, heading=heading, sentence=sentence)


def settings_of(frame: Frame) -> str:
    """What a listener must know of what ``frame`` shows, as far as it is known."""
    if frame.spec is not None:
        return settings_words(frame.spec)
    subject = frame.subject
    eta = ""
    if subject.learning_rate == subject.learning_rate:
        eta = f"η = {short(subject.learning_rate)}"
    trained = ", ".join(filter(None, (subject.optimizer, eta)))
    batch = f"batch {subject.batch}" if subject.batch else ""
    parts = (f"{frame.stages} stages", trained, batch, subject.precision)
    return " · ".join(part.replace(" ", "\u00a0") for part in parts if part)


def settings_words(spec: Spec, varied: Collection[str] = ()) -> str:
    """What a listener must know: "Sigmoid · Xavier normal · 6 × 8 · Digits · SGD, η = 0.5".

    Fields that are ``varied`` are not told.
    """
    parts = [*_cell(spec, varied), _size(spec, varied)]
    parts += _labels(spec, ("data.dataset",), varied)
    parts.append(", ".join(_trained(spec, varied)))
    return " · ".join(part.replace(" ", "\u00a0") for part in parts if part)


def _cell(spec: Spec, varied: Collection[str]) -> list[str]:
    """What a stage is, from its kind to its initializer; "Layers" goes without saying."""
    network = KINDS[spec.network.kind]
    kind = []
    if network.recurrent or network.fixed:
        kind = _labels(spec, ("network.kind",), varied)
    paths = ("network.activation", "network.norm", "network.skip", "init.weights")
    read = [path for path in paths if spec.applies(path)]
    return kind + [words for words in _labels(spec, read, varied) if words != "None"]


def _trained(spec: Spec, varied: Collection[str]) -> list[str]:
    """The optimizer and its learning rate."""
    told = _labels(spec, ("training.optimizer",), varied)
    if "training.learning_rate" not in varied:
        told.append(f"η\u00a0=\u00a0{short(spec.training.learning_rate)}")
    return told


def _size(spec: Spec, varied: Collection[str]) -> str:
    """Depth × width, timesteps × width, or what of them is not varied."""
    if spec.applies("network.factor"):
        return _listed(
            ("network.depth", f"{spec.network.depth} stages"),
            ("network.factor", f"factor {spec.network.factor:g}"),
            varied,
        )
    width = "network.width", f"width {spec.network.width}"
    if KINDS[spec.network.kind].recurrent:
        return _listed(width, width, varied)
    if not spec.applies("network.widths") or "network.widths" in varied:
        return ""
    if "network.depth" in varied or "network.width" in varied:
        return _listed(("network.depth", f"depth {spec.network.depth}"), width, varied)
    return layers_words(spec)


def _listed(first: tuple[str, str], second: tuple[str, str], varied: Collection[str]) -> str:
    """The words for two fields, each once, but for those that are varied."""
    told = dict.fromkeys((first, second))
    return ", ".join(words for path, words in told if path not in varied)


def _labels(spec: Spec, paths: Iterable[str], varied: Collection[str]) -> list[str]:
    """The labels of what is chosen at ``paths``, but for those that are varied."""
    return [_label(spec, path) for path in paths if path not in varied]


def _label(spec: Spec, path: str) -> str:
    info = field_at(path)
    value = str(spec[path])
    if info.registered:
        return info.entry(value).label
    return value
