"""The text of a page: CommonMark with formulas, tables, values and figures, as blocks.

Parsed by markdown-it-py with dollarmath of mdit-py-plugins (both MIT). A lesson's text can run
nothing and load nothing: HTML, pictures and links to elsewhere are refused, with their line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from vgsim.core import toml
from vgsim.lessons.lesson import (
    Block,
    Bullets,
    DisplayFormula,
    Inline,
    InlineFormula,
    LessonFigure,
    LessonLink,
    Paragraph,
    Prose,
    Quoted,
    SubHeading,
    Target,
    TextTable,
)
from vgsim.lessons.problems import LessonError, LessonProblem

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

T = TypeVar("T", bound=Inline)

MOST_BYTES = 2**16
"""Bytes of one Markdown file."""
MOST_NESTING = 12
"""How deep lists and emphasis may be in each other."""
_TARGETS = ", ".join(f"{target}:NAME" for target in Target)
_QUOTED = re.compile(r"\{\{(\s*[^{}\s][^{}]*)\}\}")
_BAR = re.compile(r"(?<!\\)\|")
"""The bar before a form, as it is written; in a table it would be the end of a cell."""
_FORM = re.compile(r"(.*\S)\s*\|\s*([a-z0-9]+)\s*", re.DOTALL)


def blocks(text: str, file: str, first_line: int = 1) -> tuple[Block, ...]:
    """The blocks of a text; LessonError names every line of ``file`` that is not allowed.

    ``first_line`` is the line at which the text begins in its file.
    """
    reader = _Reader(file, first_line)
    text = _QUOTED.sub(lambda value: _BAR.sub(r"\|", value[0]), text)
    found = reader.read(_parser().parse(text))
    if reader.problems:
        raise LessonError(*reader.problems)
    return found


def inline(text: str, file: str, line: int) -> tuple[Inline, ...]:
    """One line of text, in which nothing begins a list or a heading; LessonError as above."""
    reader = _Reader(file, line)
    found = reader.read_line(_parser().parseInline(text)[0])
    if reader.problems:
        raise LessonError(*reader.problems)
    return found


@cache
def _parser() -> MarkdownIt:
    """Made at first use: importing it takes longer than a window may."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 20}).enable("table")
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False)
    parser.inline.ruler.before("escape", "quoted", _quoted)
    return parser


def _quoted(state: StateInline, silent: bool) -> bool:
    """A rule of the parser: ``{{ expression | form }}`` is one token."""
    found = _QUOTED.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("quoted", "", 0).content = found[1].strip()
    state.pos = found.end()
    return True


class _Reader:
    """Turns tokens into blocks and keeps what is wrong with them."""

    def __init__(self, file: str, first_line: int) -> None:
        self.problems: list[LessonProblem] = []
        self._file = file
        self._first = first_line
        self._line = first_line

    def read(self, tokens: Sequence[Token]) -> tuple[Block, ...]:
        """The blocks of ``tokens``, which open and close in pairs."""
        found: list[Block] = []
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token.map:
                self._line = self._first + token.map[0]
            end = _end(tokens, at)
            block = self._block(token, tokens[at + 1 : end])
            if block is not None:
                found.append(block)
            at = end + 1
        return tuple(found)

    def read_line(self, token: Token) -> tuple[Inline, ...]:
        """The parts of a line that stands alone."""
        return self._inlines(token)

    def _block(self, token: Token, inner: Sequence[Token]) -> Block | None:
        if token.type == "paragraph_open":
            return Paragraph(self._inlines(inner[0]), self._line, self._file)
        if token.type == "heading_open":
            if token.tag != "h2":
                self._refuse(
                    "#" * int(token.tag[1:]), "## for a heading; lesson.toml has the title"
                )
            return SubHeading(self._inlines(inner[0]), self._line, self._file)
        if token.type == "math_block":
            return DisplayFormula(" ".join(token.content.split()))
        if token.type in ("bullet_list_open", "ordered_list_open"):
            return self._list(inner, ordered=token.type.startswith("ordered"))
        if token.type == "table_open":
            return self._table(inner)
        if token.type == "fence":
            return self._figure(token)
        self._refuse(_BLOCKS.get(token.type, token.type), _ALLOWED)
        return None

    def _list(self, tokens: Sequence[Token], ordered: bool) -> Bullets | None:
        if tokens and tokens[0].level > MOST_NESTING:
            self._refuse("a list", f"at most {MOST_NESTING // 2} lists in each other")
            return None
        items = []
        at = 0
        while at < len(tokens):
            end = _end(tokens, at)
            items.append(self.read(tokens[at + 1 : end]))
            at = end + 1
        return Bullets(tuple(items), ordered)

    def _table(self, tokens: Sequence[Token]) -> TextTable:
        rows: list[tuple[tuple[Inline, ...], ...]] = []
        cells: list[tuple[Inline, ...]] = []
        first = self._line
        for token in tokens:
            if token.map:
                self._line = self._first + token.map[0]
            if token.type == "tr_open":
                cells = []
            elif token.type == "inline":
                cells.append(self._inlines(token))
            elif token.type == "tr_close":
                rows.append(tuple(cells))
        return TextTable(tuple(rows), first, self._file)

    def _figure(self, token: Token) -> LessonFigure | None:
        words = token.info.split()
        if len(words) != 2 or words[0] != "figure":
            self._refuse(f"```{token.info}", "```figure NAME")
            return None
        line = self._line
        try:
            settings = toml.parse(token.content)
        except ValueError as error:
            self._refuse(token.content, f"settings in TOML ({error})")
            settings = {}
        return LessonFigure(words[1], settings, line, self._file)

    def _inlines(self, token: Token) -> tuple[Inline, ...]:
        """The parts of a line of text, neighbors of one style as one."""
        found: list[Inline] = []
        strong = 0
        emphasis = 0
        link: tuple[Target, str] | None = None
        inside: list[Prose | InlineFormula | Quoted] = []
        start = self._line
        for child in token.children or []:
            kind = child.type
            part: Prose | InlineFormula | Quoted | None = None
            if kind in ("softbreak", "hardbreak"):
                self._line += 1
                part = Prose(" " if kind == "softbreak" else "\n", strong > 0, emphasis > 0)
            elif kind in ("text", "text_special"):
                if "{{" in child.content or "}}" in child.content:
                    self._refuse(child.content, "{{ expression }} or {{ expression | form }}")
                part = Prose(child.content, strong > 0, emphasis > 0)
            elif kind == "code_inline":
                part = Prose(child.content, code=True)
            elif kind == "math_inline":
                part = InlineFormula(child.content.strip())
            elif kind == "quoted":
                part = self._value(child.content)
            elif kind in ("strong_open", "strong_close"):
                strong += child.nesting
            elif kind in ("em_open", "em_close"):
                emphasis += child.nesting
            elif kind == "link_open":
                link = self._target(str(child.attrs.get("href", "")))
                inside = []
            elif kind == "link_close":
                if link is not None:
                    found.append(LessonLink(*link, _joined(inside), self._line, self._file))
                link = None
            else:
                self._refuse(_INLINES.get(kind, child.content or kind), _ALLOWED)
            if part is not None:
                if link is not None:
                    inside.append(part)
                else:
                    found.append(part)
        self._line = start
        return _joined(found)

    def _value(self, content: str) -> Quoted:
        """The value that stands between the braces."""
        line = self._line
        self._line += content.count("\n")
        content = " ".join(content.replace("\\|", "|").split())
        form = _FORM.fullmatch(content)
        if form is not None:
            return Quoted(form[1], form[2], line, self._file)
        return Quoted(content, "", line, self._file)

    def _target(self, address: str) -> tuple[Target, str] | None:
        kind, _, name = address.partition(":")
        if kind in list(Target) and name:
            return Target(kind), name
        self._refuse(address, f"a link to {_TARGETS}")
        return None

    def _refuse(self, value: object, allowed: str) -> None:
        problem = LessonProblem("", value, allowed, self._file, self._line)
        if problem not in self.problems:  # HTML has an end for every start
            self.problems.append(problem)


_ALLOWED = "paragraphs, ## headings, lists, tables, formulas, links inside vgsim and figures"
_BLOCKS = {
    "html_block": "HTML", "code_block": "an indented block of code", "hr": "a line across",
    "blockquote_open": "a quotation",
}  # fmt: skip
_INLINES = {"html_inline": "HTML", "image": "a picture"}


def _end(tokens: Sequence[Token], at: int) -> int:
    """Where the token that closes what ``tokens[at]`` opens is; ``at`` if it opens nothing."""
    depth = 0
    for position in range(at, len(tokens)):
        depth += tokens[position].nesting
        if depth == 0:
            return position
    return len(tokens)


def _joined(parts: Sequence[T]) -> tuple[T, ...]:
    """Neighboring words of one style as one."""
    found: list[T] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, Prose) and isinstance(last, Prose) and _style(part) == _style(last):
            found[-1] = Prose(last.text + part.text, *_style(part))  # type: ignore[assignment]
        else:
            found.append(part)
    return tuple(found)


def _style(part: Prose) -> tuple[bool, bool, bool]:
    return part.strong, part.emphasis, part.code
