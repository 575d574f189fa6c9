"""What a lesson is: pages of text with a scene, something to point at, a question and an action.

Everything here is plain data. A lesson can name what the program has (experiments, panels, symbols,
figures, commands); it can run nothing and load nothing from outside of its folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from vgsim.lessons.lines import TomlLines
from vgsim.nn.spec import Spec


@dataclass(frozen=True, slots=True)
class Prose:
    """Text of one style."""

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class InlineFormula:
    """LaTeX within a line, without dollar signs."""

    tex: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """A figure of the text: an expression that the engine computes when it is shown.

    ``form`` says how it is written ("magnitude" if empty).
    """

    expression: str
    form: str = ""
    line: int = field(default=0, compare=False)
    file: str = field(default="", compare=False)


class Target(StrEnum):
    """What a link leads to, by the word before the colon of its address."""

    SYMBOL = "symbol"
    PANEL = "panel"
    LESSON = "lesson"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class LessonLink:
    """Prose that lead to something in the window: ``[the product](symbol:product)``."""

    target: Target
    name: str
    words: tuple[Prose | InlineFormula | Quoted, ...]
    line: int = field(default=0, compare=False)
    file: str = field(default="", compare=False)


Inline = Prose | InlineFormula | Quoted | LessonLink


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    parts: tuple[Inline, ...]
    line: int = field(default=0, compare=False)
    file: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class SubHeading:
    """A heading within a page."""

    parts: tuple[Inline, ...]
    line: int = field(default=0, compare=False)
    file: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class DisplayFormula:
    """A formula in a line of its own."""

    tex: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; each item has paragraphs and lists of its own."""

    items: tuple[tuple[Block, ...], ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table; the first row is its heading."""

    rows: tuple[tuple[tuple[Inline, ...], ...], ...]
    line: int = field(default=0, compare=False)
    file: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class LessonFigure:
    """A live view of the network in the text: the name of a kind of figure, and its settings."""

    name: str
    settings: Mapping[str, object] = field(default_factory=dict)
    line: int = field(default=0, compare=False)
    file: str = field(default="", compare=False)


Block = Paragraph | SubHeading | DisplayFormula | Bullets | TextTable | LessonFigure


@dataclass(frozen=True, slots=True)
class LessonScene:
    """What the window shows while a page is read; what is None stays as it is.

    ``steps`` updates are made before the pass, which then goes on to ``moment`` ("loss",
    "backward:3"). ``other`` runs beside. ``panels`` are brought into sight, ``hidden`` are closed
    and stay so until the question has been answered.
    """

    spec: Spec | None = None
    other: Spec | None = None
    steps: int = 0
    moment: str = "start"
    panels: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose. It is right if ``right``, an expression or "yes" and "no", tells so."""

    words: tuple[Inline, ...]
    note: tuple[Inline, ...] = ()
    right: str = "no"


@dataclass(frozen=True, slots=True)
class ChoiceQuestion:
    """Choose one of several answers."""

    ask: tuple[Inline, ...]
    choices: tuple[Choice, ...]
    explain: tuple[Block, ...] = ()
    """Shown once it has been answered."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class NumberQuestion:
    """Say a number. Right is what is within ``factor`` times, or ``tolerance`` of, the ``answer``.

    ``answer`` is an expression; one of ``factor`` and ``tolerance`` is given.
    """

    ask: tuple[Inline, ...]
    answer: str
    factor: float | None = None
    tolerance: float | None = None
    unit: str = ""
    explain: tuple[Block, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class CurveQuestion:
    """Draw the expected curve into a plot with the mouse; the true one then runs over it.

    ``answer`` is an expression with one number for each stage. Right is a curve whose points are
    within ``decades`` of the true ones on average.
    """

    ask: tuple[Inline, ...]
    answer: str
    plot: str = "gradient"
    decades: float = 0.5
    explain: tuple[Block, ...] = ()
    line: int = 0


Question = ChoiceQuestion | NumberQuestion | CurveQuestion


@dataclass(frozen=True, slots=True)
class PageAction:
    """What the one button of a page does.

    ``do`` is a command of the window ("step", "play", "export", …), or "train" with ``steps`` that
    training stops at, or "goto" with a ``moment``.
    """

    do: str
    label: str
    steps: int | None = None
    moment: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class LessonPage:
    """One page.

    ``points`` are framed meanwhile: "stage:3", "hop:4", "panel:loss", "symbol:product". ``file`` is
    the name of its Markdown.
    """

    title: str
    blocks: tuple[Block, ...]
    scene: LessonScene = LessonScene()
    points: tuple[str, ...] = ()
    question: Question | None = None
    action: PageAction | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A whole lesson. ``name`` is its folder's; shipped ones come in the order of ``number``.

    ``lines`` tells at which line of the script a setting stands, for what is found wrong later.
    """

    name: str
    title: str
    about: str
    minutes: int
    pages: tuple[LessonPage, ...]
    number: int = 0
    lines: TomlLines = field(default_factory=lambda: TomlLines(""), compare=False, repr=False)
