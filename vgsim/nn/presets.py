"""The shipped experiments with their cards, and specs from files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vgsim.core import toml, untrusted
from vgsim.core.errors import LONGEST_QUOTE, refuse
from vgsim.core.resources import resource, resource_names
from vgsim.nn.spec import CARD, Spec, loads, parse

FIRST = "sigmoid-stack"
"""The preset a window opens with."""
LONGEST_EXPECTATION = 46
"""Letters of what to expect: it is one line of a card."""
TAGS = {
    "vanishes": "the first stage gets a small part of what the last one got",
    "explodes": "the first stage gets a multiple of what the last one got",
    "cure": "the gradient arrives because of what was chosen here",
    "time": "the stages are timesteps",
    "worked": "every number can be followed by hand",
    "good": "it learns",
    "bad": "it does not learn",
    "elsewhere": "whatever is wrong here, the gradient does not vanish",
}
"""What a card may be tagged with, and what each tag claims."""


@dataclass(frozen=True, slots=True)
class PresetCard:
    """How a gallery shows a shipped experiment.

    ``expect`` is one line of what there is to see; the first of ``tags`` stands on the card.
    """

    name: str
    title: str
    description: str
    expect: str
    tags: tuple[str, ...]


@cache
def preset_names() -> tuple[str, ...]:
    """Names of the shipped presets, the worked example and the classic first."""
    first = ("worked-example", FIRST)
    return first + tuple(name for name in resource_names("presets", ".toml") if name not in first)


def load_preset(name: str) -> Spec:
    """The shipped preset of that name; SpecError when there is none."""
    if name not in preset_names():
        raise refuse("preset", name, "one of " + ", ".join(preset_names()))
    return _shipped(name)


@cache
def _shipped(name: str) -> Spec:
    return parse({key: value for key, value in _document(name).items() if key != CARD})


@cache
def _document(name: str) -> dict[str, object]:
    """The tables of a shipped preset's file, which nobody changes."""
    return toml.parse(resource("presets", f"{name}.toml").read_text("utf-8"))


@cache
def preset_card(name: str) -> PresetCard:
    """The card of a shipped preset; SpecError when there is no such preset, or no such card."""
    spec = load_preset(name)
    card = _document(name).get(CARD)
    if not isinstance(card, dict):
        raise refuse(f"{name}: {CARD}", card, "a table with expect and tags")
    expect, tags = card.get("expect"), card.get("tags")
    if not isinstance(expect, str) or not 0 < len(expect) <= LONGEST_EXPECTATION:
        raise refuse(f"{name}: expect", expect, f"1 to {LONGEST_EXPECTATION} letters")
    if not isinstance(tags, list) or not tags or not all(tag in TAGS for tag in tags):
        raise refuse(f"{name}: tags", tags, "some of " + ", ".join(TAGS))
    return PresetCard(name, spec.name, spec.description, expect, tuple(tags))


def preset_cards() -> tuple[PresetCard, ...]:
    """The cards of all shipped presets."""
    return tuple(preset_card(name) for name in preset_names())


def load_file(path: str | Path) -> Spec:
    """The spec in a TOML file; SpecError when it cannot be read or is not a spec.

    A relative path of data in it starts from the folder of the file, where there is such data.
    """
    return with_data_beside(loads(text_of_file(path), _with_its_end(str(path))), path)


def with_data_beside(spec: Spec, path: str | Path) -> Spec:
    """``spec`` with data files by their place where they lie in the folder of the file ``path``."""
    folder = Path(path).expanduser().parent
    beside: dict[str, str] = {}
    for field in ("data.path", "data.labels"):
        given = str(spec[field])
        if spec.applies(field) and given.strip() and "\0" not in given:
            found = folder / given
            if not given.startswith("~") and found.is_file():
                beside[field] = str(found)
    if beside:
        return spec.replace(beside)
    return spec


def text_of_file(path: str | Path) -> str:
    """The text in a TOML file; SpecError when it cannot be read or is empty."""
    shown = _with_its_end(str(path))
    try:
        text = untrusted.contents(path, toml.MOST_BYTES).decode("utf-8")
    except OSError as error:
        raise refuse("file", shown, f"a readable TOML file ({error.strerror})") from None
    except UnicodeDecodeError:
        raise refuse("file", shown, "a TOML file in UTF-8") from None
    if not text.strip():
        raise refuse("file", shown, "a TOML file that says something; the file is empty")
    return text


def _with_its_end(path: str) -> str:
    """A path short enough to be quoted, cut at its start: the name is what tells files apart."""
    if len(path) <= LONGEST_QUOTE:
        return path
    return "…" + path[1 - LONGEST_QUOTE :]


def load(name_or_path: str) -> Spec:
    """A preset by its name, or the spec in a file."""
    if name_or_path in preset_names():
        return load_preset(name_or_path)
    if name_or_path and (Path(name_or_path).suffix or Path(name_or_path).exists()):
        return load_file(name_or_path)
    allowed = "one of " + ", ".join(preset_names()) + "; or the path of a file, and there is none"
    raise refuse("preset or file", name_or_path, allowed)


def preset_choices() -> list[tuple[str, str, str]]:
    """(name, title, description) of every shipped preset."""
    specs = [(name, load_preset(name)) for name in preset_names()]
    return [(name, spec.name, spec.description) for name, spec in specs]


def preset_of(spec: Spec) -> str:
    """Name of the shipped preset that equals ``spec``; empty when there is none."""
    return next((name for name in preset_names() if load_preset(name) == spec), "")


def baseline_of(spec: Spec) -> tuple[str, Spec]:
    """(name, spec) of the shipped preset with the title of ``spec``; ("", spec) if none has."""
    for name in preset_names():
        preset = load_preset(name)
        if preset.name == spec.name:
            return name, preset
    return "", spec
