r"""LaTeX in which every symbol of the glossary is marked: ``\symbol{gradient:3}{…}``. No Qt.

What is typeset from it knows where each of them stands. Who writes a formula may mark it by hand;
then it is left as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from vgsim.text.glossary import mentions
from vgsim.text.latex import plain_symbol
from vgsim.text.pointed import Pointed

MARK = re.compile(r"\\symbol\{([^{}]*)\}\s*(?=\{)")
"""A mark, up to the group that is marked."""
_ARGUMENTS = {
    "frac": 2, "tfrac": 2, "dfrac": 2, "sqrt": 1, "mathrm": 1, "text": 1, "operatorname": 1,
    "mathit": 1, "mathbf": 1, "textrm": 1, "bar": 1, "hat": 1, "tilde": 1,
}  # fmt: skip
_NUMBER = re.compile(r"[\d.,]+")
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)
_LEVEL = re.compile(r"\\partial\s*[A-Za-z]\s*/\s*\\partial\s*")
"""The beginning of a derivative on one line: ∂J/∂, before what it is by."""


@lru_cache(maxsize=512)
def marked(tex: str) -> str:
    """``tex`` with its symbols marked, the largest that is one; as it is if any is marked."""
    if MARK.search(tex):
        return tex
    return _marked(tex)


def unmarked(tex: str) -> str:
    """``tex`` without its marks, and without the braces that they put around what is marked."""
    while (found := MARK.search(tex)) is not None:
        end = _group_end(tex, found.end())
        inside = tex[found.end() + 1 : end - 1]
        rest = tex[end:]
        if re.search(r"\\[A-Za-z]+$", inside) and rest[:1].isalpha():
            rest = f" {rest}"  # else the letter would be one of the command
        tex = tex[: found.start()] + inside + rest
    return tex


def _marked(tex: str) -> str:
    parts = []
    at = 0
    while at < len(tex):
        number = _NUMBER.match(tex, at)
        if number is not None:
            parts.append(number.group())
            at = number.end()
            continue
        end = _atom_end(tex, at)
        atom = tex[at:end]
        pointed = _whole(atom)
        if pointed is not None and atom[0] not in "_^":
            parts.append(rf"\symbol{{{mark_of(pointed)}}}{{{atom}}}")
        elif "{" in atom:
            parts.append(_within(atom))
        else:
            parts.append(atom)
        at = end
    return "".join(parts)


def _whole(atom: str) -> Pointed | None:
    """What an atom is, if it is one symbol and nothing beside it."""
    plain = plain_symbol(atom).strip()
    found = mentions(plain)
    if len(found) == 1 and found[0].start == 0 and found[0].end == len(plain):
        return found[0].pointed
    return None


def _within(atom: str) -> str:
    """An atom that is no symbol, with those in its groups marked; not in names and subscripts."""
    if re.match(r"\\(?:mathrm|text|operatorname|textrm|begin|end)(?![A-Za-z])", atom):
        return atom
    parts = []
    at = 0
    while at < len(atom):
        if atom[at] == "{" and (at == 0 or atom[at - 1] not in "_^"):
            end = _group_end(atom, at)
            inside = atom[at + 1 : end - 1] if atom[end - 1] == "}" else ""
            parts.append("{" + _marked(inside) + "}" if inside else atom[at:end])
        else:
            end = _group_end(atom, at)
            parts.append(atom[at:end])
        at = end
    return "".join(parts)


def _atom_end(tex: str, at: int) -> int:
    """Where that ends which stands at ``at``: a letter, command or group, with its scripts."""
    level = _LEVEL.match(tex, at)
    if level is not None:
        return max(_atom_end(tex, level.end()), level.end())
    command = _COMMAND.match(tex, at)
    if tex[at : at + 1] in ("_", "^"):
        end = at
    elif command is None:
        end = _group_end(tex, at)
    else:
        end = command.end()
        name = command.group()[1:]
        if name in ("left", "right"):
            return _scripts_end(tex, _group_end(tex, end))
        for _ in range(_ARGUMENTS.get(name, 0)):
            end = _group_end(tex, _spaces_end(tex, end))
    return _scripts_end(tex, end)


def _scripts_end(tex: str, at: int) -> int:
    """Where the primes, subscripts and superscripts that follow end."""
    while at < len(tex) and tex[at] in "'_^":
        if tex[at] == "'":
            at += 1
        else:
            at = _group_end(tex, _spaces_end(tex, at + 1))
    return at


def _spaces_end(tex: str, at: int) -> int:
    while at < len(tex) and tex[at].isspace():
        at += 1
    return at


def _group_end(tex: str, at: int) -> int:
    """Where a group in braces, a command or a single character ends."""
    command = _COMMAND.match(tex, at)
    if command is not None:
        return command.end()
    if tex[at : at + 1] != "{":
        return min(at + 1, len(tex))
    depth = 0
    while at < len(tex):
        if tex[at] == "\\":
            at += 1
        elif tex[at] == "{":
            depth += 1
        elif tex[at] == "}":
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    return len(tex)


def mark_of(pointed: Pointed) -> str:
    """The name in a mark: "gradient", "gradient:3" of stage 3, "factor:hop4" of hop 4."""
    if pointed.hop:
        return f"{pointed.symbol}:hop{pointed.hop}"
    if pointed.stage:
        return f"{pointed.symbol}:{pointed.stage}"
    return pointed.symbol


def of_mark(mark: str) -> Pointed:
    """What the name in a mark means; a number that is none is left open."""
    symbol, _, place = mark.partition(":")
    number = place.removeprefix("hop")
    if not number.isdecimal():
        return Pointed(symbol)
    if place.startswith("hop"):
        return Pointed(symbol, hop=int(number))
    return Pointed(symbol, stage=int(number))
