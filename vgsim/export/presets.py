"""What a user chose to export, by a name of their own, as TOML text for the settings. No Qt."""

from __future__ import annotations

import json
from collections.abc import Mapping

from vgsim.core import toml
from vgsim.core.errors import refuse

Entries = Mapping[str, object]
"""What is entered in the Export dialog: text, numbers, truths and lists of text, by field."""
LONGEST_NAME = 40
MOST = 50
SHIPPED: Mapping[str, Entries] = {
    "Lecture slide": {"view": "slide", "size": "16:9", "format": "png", "scale": 2},
    "Editable slide": {"view": "slide", "size": "16:9", "format": "pptx", "scale": 2},
    "Figure for print": {
        "view": "gradient", "size": "16x10cm", "format": "pdf", "theme": "print", "dpi": 300,
        "caption": False,
    },
    "Film of the pass": {"view": "slide", "size": "1280x720", "format": "mp4", "kind": "pass"},
}  # fmt: skip
"""Presets that are always there. What a preset does not say is as it is by default."""
MAP_SHIPPED: Mapping[str, Entries] = {
    "Lecture slide": SHIPPED["Lecture slide"],
    "Editable slide": SHIPPED["Editable slide"],
    "Figure for print": {**SHIPPED["Figure for print"], "view": "map"},
}
"""Those for a map."""


def loads(text: str) -> dict[str, dict[str, object]]:
    """The presets in ``text``, by name; what is damaged or of another kind is left out."""
    return {
        name: entries_of(table)
        for name, table in _document(text).items()
        if isinstance(table, dict) and _is_name(name)
    }


def dumps(presets: Mapping[str, Entries]) -> str:
    """TOML text, a table for each preset."""
    return "\n".join(f"[{_text(name)}]\n{dump_entries(presets[name])}" for name in presets)


def load_entries(text: str) -> dict[str, object]:
    """The entries that :func:`dump_entries` wrote; none when ``text`` is damaged."""
    return entries_of(_document(text))


def dump_entries(entries: Entries) -> str:
    """TOML text of one set of entries, a line for each."""
    return "".join(f"{name} = {_toml(value)}\n" for name, value in entries_of(entries).items())


def entries_of(table: Entries) -> dict[str, object]:
    """What of ``table`` can be an entry."""
    return {name: value for name, value in table.items() if _is_entry(value)}


def kept(
    presets: Mapping[str, Entries], name: str, entries: Entries
) -> dict[str, dict[str, object]]:
    """``presets`` and one more, in place of any of that name; SpecError when it cannot be."""
    name = " ".join(name.split())
    if not _is_name(name) or name in SHIPPED:
        allowed = f"up to {LONGEST_NAME} letters, and no name of a shipped preset"
        raise refuse("preset", name, allowed)
    if len(presets) >= MOST and name not in presets:
        raise refuse("preset", name, f"at most {MOST} presets; delete one first")
    return {**{key: dict(value) for key, value in presets.items()}, name: entries_of(entries)}


def without(presets: Mapping[str, Entries], name: str) -> dict[str, dict[str, object]]:
    """``presets`` less one."""
    return {key: dict(value) for key, value in presets.items() if key != name}


def _document(text: str) -> dict[str, object]:
    try:
        return toml.parse(text)
    except ValueError:
        return {}


def _is_name(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and name.isprintable() and name == name.strip()


def _is_entry(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return all(isinstance(part, str) for part in value)
    return isinstance(value, (str, bool, int, float))


def _toml(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_text(part) for part in value) + "]"
    if isinstance(value, str):
        return _text(value)
    return repr(value).lower()  # true, and inf and nan too, as TOML has them


def _text(text: str) -> str:
    """A JSON string is a TOML basic string, but for DEL; lone surrogates are no text at all."""
    whole = text.encode("utf-8", "replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")
