"""The little LaTeX of figures' symbols as rich text, and as plain text. No Qt."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache

_THIN = "\u2009"
_COMMANDS = {
    "partial": "∂", "nabla": "∇", "Delta": "Δ", "delta": "δ", "alpha": "α", "beta": "β",
    "gamma": "γ", "kappa": "κ", "epsilon": "ε", "eta": "η", "theta": "θ", "lambda": "λ", "mu": "μ",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "top": "⊤", "prime": "′", "infty": "∞",
    "sum": "∑", "prod": "∏", "ell": "ℓ", "le": "≤", "ge": "≥", "approx": "≈", "dots": "…",
    "lVert": "‖", "rVert": "‖", "Vert": "‖", "|": "‖", "lvert": "|", "rvert": "|",
    "log": f"log{_THIN}", "ldots": "…", "langle": "⟨", "rangle": "⟩",
    "odot": f"{_THIN}⊙{_THIN}", "cdot": f"{_THIN}·{_THIN}", "times": f"{_THIN}×{_THIN}",
    "to": f"{_THIN}→{_THIN}", "rightarrow": f"{_THIN}→{_THIN}",
    "leftarrow": f"{_THIN}←{_THIN}", "left": "", "right": "", "!": "",
    ",": _THIN, ";": " ", ":": " ", " ": " ", "quad": " ",
}  # fmt: skip
_UPRIGHT = ("mathrm", "text", "operatorname", "mathit", "mathbf", "textrm")
_ACCENTS = {"bar": "\u0304", "hat": "\u0302", "tilde": "\u0303"}
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_SIGNS = {"'": "′", "-": "−", ",": f",{_THIN}", "=": f"{_THIN}={_THIN}", "~": "\u00a0"}
_LOOSE = re.compile(r"[+−±/]")
_TAGS = re.compile(r"<[^>]*>")


@lru_cache(maxsize=512)
def rich_symbol(tex: str) -> str:
    r"""Rich text of LaTeX without dollar signs: "\partial h_{3}" is "∂<i>h</i><sub>3</sub>".

    It knows what symbols of figures use: fractions, sub- and superscripts, Greek letters,
    primes, upright words. A command that it does not know shows its name.
    """
    text = _sequence(iter(_TOKEN.findall(tex)), "").strip()
    return text.replace(f"{_THIN}<sub>", "<sub>").replace(f"{_THIN}<sup>", "<sup>")


@lru_cache(maxsize=512)
def plain_symbol(tex: str) -> str:
    """The same without tags: "∂h_3", for a spreadsheet or a screen reader."""
    text = rich_symbol(tex).replace("<sub>", "_").replace("<sup>", "^")
    return html.unescape(_TAGS.sub("", text)).replace("^⊤", "ᵀ")


def _sequence(tokens: Iterator[str], until: str) -> str:
    """Everything up to the token ``until``, or to the end."""
    parts: list[str] = []
    for token in tokens:
        if token == until:
            break
        parts.append(_part(token, tokens))
    return "".join(parts)


def _part(token: str, tokens: Iterator[str]) -> str:
    if token == "{":
        return _sequence(tokens, "}")
    if token in "_^":
        tag = "sub" if token == "_" else "sup"
        return f"<{tag}>{_argument(tokens)}</{tag}>"
    if token.startswith("\\") and len(token) > 1:
        return _command(token[1:], tokens)
    if token.isascii() and token.isalpha():
        return f"<i>{token}</i>"
    if token.isspace():
        return ""
    return html.escape(_SIGNS.get(token, token), quote=False)


def _argument(tokens: Iterator[str]) -> str:
    """The next group or single token."""
    for token in tokens:
        if not token.isspace():
            return _part(token, tokens)
    return ""


def _command(name: str, tokens: Iterator[str]) -> str:
    if name in ("frac", "tfrac", "dfrac"):
        above = _argument(tokens)
        below = _argument(tokens)
        return f"{_closed(above)}/{_closed(below)}"
    if name == "sqrt":
        return f"√{_closed(_argument(tokens))}"
    if name == "symbol":  # a mark, then what is marked
        _upright(tokens)
        return _argument(tokens)
    if name in _UPRIGHT:
        return _upright(tokens)
    if name in _ACCENTS:
        return re.sub(r"(<i>.)", rf"\1{_ACCENTS[name]}", _argument(tokens), count=1)
    return html.escape(_COMMANDS.get(name, name), quote=False)


def _upright(tokens: Iterator[str]) -> str:
    """The next group as it stands, spaces too."""
    group = []
    for token in tokens:
        if token == "}":
            break
        group.append("" if token == "{" else _SIGNS.get(token, token))
    return html.escape("".join(group), quote=False)


def _closed(text: str) -> str:
    """In parentheses where a fraction needs them."""
    if _LOOSE.search(_TAGS.sub("", text)):
        return f"({text})"
    return text
