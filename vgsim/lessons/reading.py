"""Reading a lesson: ``lesson.toml`` and its Markdown, from a folder or from a zip.

A folder may be anybody's. Only regular files directly in it are read, within bounds; a zip is read
in memory and never unpacked onto the disk.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from vgsim.core import toml, untrusted
from vgsim.core.atomic import expanded
from vgsim.core.errors import SpecError
from vgsim.lessons import markdown
from vgsim.lessons.lesson import (
    Block,
    Choice,
    ChoiceQuestion,
    CurveQuestion,
    Inline,
    Lesson,
    LessonPage,
    LessonScene,
    NumberQuestion,
    PageAction,
    Question,
)
from vgsim.lessons.lines import Place, TomlLines, spoken
from vgsim.lessons.problems import LessonError, LessonProblem
from vgsim.nn.presets import load_preset, preset_names
from vgsim.nn.spec import Spec, loads

SCRIPT = "lesson.toml"
MOST_PAGES = 40
MOST_FILES = 500
MOST_PACKED = 2**23
"""Bytes of a zip."""
MOST_UNPACKED = 2**25
"""Bytes of all files in a zip together."""
MOST_STEPS = 5_000
"""Updates that a scene or an action may ask for."""


class Files(Protocol):
    """The files of a lesson, by their plain names."""

    def read(self, name: str) -> bytes:
        """All of one file; OSError when there is none or it cannot be read."""


class FolderFiles:
    """Files in a folder, and nothing outside of it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, name: str) -> bytes:
        """All of one file; OSError when it is no regular file, or leads out of the folder."""
        file = self._path / name
        if file.resolve().parent != self._path.resolve():
            raise OSError(0, "it leads out of the lesson's folder")
        return untrusted.contents(file, toml.MOST_BYTES)


class MemoryFiles:
    """Files that were read already."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def read(self, name: str) -> bytes:
        """All of one file; OSError when there is none of that name."""
        if name not in self._files:
            raise OSError(0, "there is no such file")
        return self._files[name]


def is_lesson(path: str | Path) -> bool:
    """Whether what is at ``path`` looks like a lesson: a folder, its script, or a zip."""
    where = expanded(path)
    return where.name == SCRIPT or where.suffix.lower() == ".zip" or (where / SCRIPT).is_file()


def read_lesson(path: str | Path) -> Lesson:
    """The lesson in a folder (or of its script) or a zip; LessonError says all that is wrong."""
    where = expanded(path)
    if where.name == SCRIPT:
        where = where.parent
    if where.is_dir():
        return read(FolderFiles(where), where.resolve().name)
    return read(MemoryFiles(_unpacked(where)), where.stem)


def _unpacked(path: Path) -> dict[str, bytes]:
    """The files of a zip by their plain names, whether or not they are in one folder there."""
    try:
        data = untrusted.contents(path, MOST_PACKED)
    except OSError as error:
        raise _no_lesson(path, error.strerror) from None
    found: dict[str, bytes] = {}
    left = MOST_UNPACKED
    try:
        with untrusted.archive(io.BytesIO(data)) as package:
            infos = [info for info in package.infolist() if not _is_beside(info)]
            if len(infos) > MOST_FILES:
                raise untrusted.BadArchive(f"it has {len(infos):,} files and may have {MOST_FILES}")
            for info in infos:
                name = _plain_name(info)
                if name in found:
                    raise untrusted.BadArchive(f"it has two files {name}")
                found[name] = untrusted.member(package, info, left)
                left -= info.file_size
    except untrusted.BadArchive as error:
        raise _no_lesson(path, str(error)) from None
    return found


def _is_beside(info: zipfile.ZipInfo) -> bool:
    """Whether it is a folder, or what macOS adds to every file."""
    return info.is_dir() or info.filename.startswith("__MACOSX/")


def _plain_name(info: zipfile.ZipInfo) -> str:
    """The name of a file without its folder; BadArchive when that is not a plain one."""
    parts = info.filename.split("/")
    wrong = any(part in ("", ".", "..") or "\\" in part or ":" in part for part in parts)
    if wrong or len(parts) > 2:
        raise untrusted.BadArchive(f"{info.filename} lies outside of the lesson's folder")
    return parts[-1]


def _no_lesson(path: Path, why: str | None) -> LessonError:
    allowed = f"a folder with {SCRIPT}, or a zip of one ({why})"
    return LessonError(LessonProblem("", str(path), allowed, path.name))


def read(files: Files, name: str) -> Lesson:
    """The lesson in ``files``; LessonError with all that is wrong with it."""
    script = _Script(files)
    lesson = script.lesson(name)
    if script.problems:
        raise LessonError(*script.problems)
    return lesson


def heading(files: Files, name: str) -> Lesson:
    """The lesson without the contents of its pages: for a list of lessons; LessonError."""
    script = _Script(files)
    lesson = script.heading(name)
    if script.problems:
        raise LessonError(*script.problems)
    return lesson


_LESSON_KEYS = ("title", "about", "minutes", "number", "page")
_PAGE_KEYS = ("title", "text", "points", "scene", "question", "action")
_SCENE_KEYS = ("experiment", "set", "compare", "compare_set", "steps", "moment", "panels", "hidden")
_QUESTION_KEYS = {
    "choice": ("kind", "ask", "explain", "choice"),
    "number": ("kind", "ask", "explain", "answer", "factor", "tolerance", "unit"),
    "curve": ("kind", "ask", "explain", "answer", "plot", "decades"),
}
_CHOICE_KEYS = ("text", "note", "right")
_ACTION_KEYS = ("do", "label", "steps", "moment")
_HEADINGS = ("title", "about", "minutes")


class _Script:
    """One ``lesson.toml``, and what is wrong with it and with the files that it names."""

    def __init__(self, files: Files) -> None:
        self.problems: list[LessonProblem] = []
        self._files = files
        self._document: Mapping[str, object] = {}
        text = self._text(SCRIPT, (), toml.MOST_BYTES)
        try:
            self._document = toml.parse(text)
        except ValueError as error:
            line = _line_told(str(error))
            self.problems.append(
                LessonProblem("", _line_of(text, line), f"TOML ({error})", SCRIPT, line)
            )
        self._lines = TomlLines(text)

    def heading(self, name: str) -> Lesson:
        """Title and the like, and as many empty pages as there are."""
        top = self._document
        if self.problems:
            return Lesson(name, "", "", 0, ())
        self._known(top, (), _LESSON_KEYS)
        pages = self._tables(top, (), "page")
        blank = tuple(LessonPage(str(page.get("title", "")), ()) for page in pages)
        if not blank or len(blank) > MOST_PAGES:
            self._wrong(("page",), len(blank), f"1 to {MOST_PAGES} pages, each under [[page]]")
        return Lesson(
            name,
            self._string(top, (), "title"),
            self._string(top, (), "about"),
            self._whole(top, (), "minutes", 1, 600),
            blank,
            self._whole(top, (), "number", 0, 1_000, 0),
        )

    def lesson(self, name: str) -> Lesson:
        """The whole lesson."""
        head = self.heading(name)
        if not head.pages:
            return head
        tables = self._tables(self._document, (), "page")[:MOST_PAGES]
        pages = tuple(self._page(table, ("page", at)) for at, table in enumerate(tables))
        return Lesson(
            head.name, head.title, head.about, head.minutes, pages, head.number, self._lines
        )

    def _page(self, table: Mapping[str, object], at: Place) -> LessonPage:
        self._known(table, at, _PAGE_KEYS)
        file = self._string(table, at, "text")
        blocks: tuple[Block, ...] = ()
        if file:
            blocks = self._blocks(file, (*at, "text"))
        scene = LessonScene()
        question: Question | None = None
        action: PageAction | None = None
        if "scene" in table:
            scene = self._scene(self._table(table, at, "scene"), (*at, "scene"))
        if "question" in table:
            question = self._question(self._table(table, at, "question"), (*at, "question"))
        if "action" in table:
            action = self._action(self._table(table, at, "action"), (*at, "action"))
        return LessonPage(
            self._string(table, at, "title"), blocks, scene,
            self._names(table, at, "points"), question, action, file,
        )  # fmt: skip

    def _scene(self, table: Mapping[str, object], at: Place) -> LessonScene:
        self._known(table, at, _SCENE_KEYS)
        spec: Spec | None = None
        other: Spec | None = None
        if "experiment" in table:
            spec = self._experiment(table, at, "experiment")
        if "set" in table and spec is None:
            self._wrong((*at, "set"), table["set"], "changes of an experiment, which is named, too")
        elif spec is not None:
            spec = self._changed(spec, table, at, "set")
        if "compare" in table:
            other = self._experiment(table, at, "compare")
        elif "compare_set" in table:
            other = spec
        if other is not None:
            other = self._changed(other, table, at, "compare_set")
        elif "compare_set" in table:
            self._wrong((*at, "compare_set"), table["compare_set"], "changes of an experiment")
        return LessonScene(
            spec,
            other,
            self._whole(table, at, "steps", 0, MOST_STEPS, 0),
            self._string(table, at, "moment", "start"),
            self._names(table, at, "panels"),
            self._names(table, at, "hidden"),
        )

    def _experiment(self, table: Mapping[str, object], at: Place, key: str) -> Spec | None:
        """A preset, or a TOML file that lies beside the script."""
        name = self._string(table, at, key)
        if name in preset_names():
            return load_preset(name)
        if not name.endswith(".toml"):
            allowed = "one of " + ", ".join(preset_names()) + "; or a TOML file of the lesson"
            self._wrong((*at, key), name, allowed)
            return None
        text = self._text(name, (*at, key), toml.MOST_BYTES)
        try:
            return loads(text, name) if text else None
        except SpecError as error:
            self.problems += [
                LessonProblem(it.path, it.value, it.allowed, name, _line_told(it.allowed))
                for it in error.problems
            ]
            return None

    def _changed(self, spec: Spec, table: Mapping[str, object], at: Place, key: str) -> Spec | None:
        changes = self._table(table, at, key) if key in table else {}
        try:
            return spec.replace(_flat(changes))
        except SpecError as error:
            for it in error.problems:
                self._wrong((*at, key), f"{it.path} = {it.value}", it.allowed)
            return spec

    def _question(self, table: Mapping[str, object], at: Place) -> Question | None:
        kind = table.get("kind")
        if not isinstance(kind, str) or kind not in _QUESTION_KEYS:
            self._wrong((*at, "kind"), kind, "one of " + ", ".join(_QUESTION_KEYS))
            return None
        self._known(table, at, _QUESTION_KEYS[kind])
        ask = self._inline(table, at, "ask")
        explain: tuple[Block, ...] = ()
        if "explain" in table:
            explain = self._blocks(self._string(table, at, "explain"), (*at, "explain"))
        line = self._lines.line(*at)
        if kind == "choice":
            return ChoiceQuestion(ask, self._choices(table, at), explain, line)
        answer = self._string(table, at, "answer")
        if kind == "curve":
            plot = self._string(table, at, "plot", "gradient")
            decades = self._number(table, at, "decades")
            return CurveQuestion(ask, answer, plot, decades or 0.5, explain, line)
        factor = self._number(table, at, "factor")
        tolerance = self._number(table, at, "tolerance")
        if (factor is None) is (tolerance is None):
            self._wrong(at, kind, "either factor = 2.0 (right within ×2 and ÷2) or tolerance = 0.1")
        unit = self._string(table, at, "unit", "")
        return NumberQuestion(ask, answer, factor, tolerance, unit, explain, line)

    def _choices(self, table: Mapping[str, object], at: Place) -> tuple[Choice, ...]:
        tables = self._tables(table, at, "choice")
        if not 2 <= len(tables) <= 8:
            self._wrong((*at, "choice"), len(tables), "2 to 8 tables [[page.question.choice]]")
        found = []
        for number, choice in enumerate(tables):
            place = (*at, "choice", number)
            self._known(choice, place, _CHOICE_KEYS)
            note: tuple[Inline, ...] = ()
            if "note" in choice:
                note = self._inline(choice, place, "note")
            right = choice.get("right", "no")
            if isinstance(right, bool):
                right = "yes" if right else "no"
            if not isinstance(right, str):
                self._wrong((*place, "right"), right, "an expression, or true or false")
                right = "no"
            found.append(Choice(self._inline(choice, place, "text"), note, right))
        return tuple(found)

    def _action(self, table: Mapping[str, object], at: Place) -> PageAction:
        self._known(table, at, _ACTION_KEYS)
        do = self._string(table, at, "do")
        steps: int | None = None
        moment = ""
        if do == "train" or "steps" in table:
            steps = self._whole(table, at, "steps", 1, MOST_STEPS)
        if do == "goto" or "moment" in table:
            moment = self._string(table, at, "moment")
        label = self._string(table, at, "label")
        return PageAction(do, label, steps, moment, self._lines.line(*at))

    def _blocks(self, file: str, at: Place) -> tuple[Block, ...]:
        text = self._text(file, at, markdown.MOST_BYTES)
        return self._parsed(lambda: markdown.blocks(text, file))

    def _inline(self, table: Mapping[str, object], at: Place, key: str) -> tuple[Inline, ...]:
        text = self._string(table, at, key)
        line = self._lines.line(*at, key)
        return self._parsed(lambda: markdown.inline(text, SCRIPT, line))

    def _parsed(self, parse: Callable[[], tuple[object, ...]]) -> tuple:  # type: ignore[type-arg]
        try:
            return parse()
        except LessonError as error:
            self.problems += [it for it in error.problems if isinstance(it, LessonProblem)]
            return ()

    def _text(self, file: str, at: Place, most: int) -> str:
        """The text of a file; what keeps it from being read is a problem of whoever names it."""
        if not file or file != Path(file).name or "\\" in file:
            self._wrong(at, file, "the plain name of a file in the lesson's folder")
            return ""
        try:
            data = self._files.read(file)
            if len(data) > most:
                raise OSError(0, f"it may have {most:,} bytes")
            return data.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError:
            self._wrong(at, file, "a file in UTF-8")
        except OSError as error:
            self._wrong(at, file, f"a file of the lesson ({error.strerror})")
        return ""

    def _known(self, table: Mapping[str, object], at: Place, keys: tuple[str, ...]) -> None:
        for key in table:
            if key not in keys:
                self._wrong((*at, key), table[key], "one of the keys " + ", ".join(keys))

    def _table(self, table: Mapping[str, object], at: Place, key: str) -> Mapping[str, object]:
        found = table.get(key)
        if isinstance(found, Mapping):
            return found
        self._wrong((*at, key), found, "a table")
        return {}

    def _tables(
        self, table: Mapping[str, object], at: Place, key: str
    ) -> list[Mapping[str, object]]:
        found = table.get(key, [])
        if isinstance(found, list) and all(isinstance(each, Mapping) for each in found):
            return found
        self._wrong((*at, key), found, f"tables, each under [[{'.'.join(map(str, (*at, key)))}]]")
        return []

    def _string(
        self, table: Mapping[str, object], at: Place, key: str, default: str | None = None
    ) -> str:
        found = table.get(key, default)
        if isinstance(found, str) and (found.strip() or default is not None):
            return found
        self._wrong((*at, key), "nothing" if found is None else found, "a text")
        return ""

    def _names(self, table: Mapping[str, object], at: Place, key: str) -> tuple[str, ...]:
        found = table.get(key, [])
        if isinstance(found, list) and all(isinstance(each, str) for each in found):
            return tuple(found)
        self._wrong((*at, key), found, 'a list of names such as ["gradient"]')
        return ()

    def _whole(
        self,
        table: Mapping[str, object],
        at: Place,
        key: str,
        low: int,
        high: int,
        default: int | None = None,
    ) -> int:
        found = table.get(key, default)
        if isinstance(found, int) and not isinstance(found, bool) and low <= found <= high:
            return found
        allowed = f"a whole number from {low:,} to {high:,}"
        self._wrong((*at, key), "nothing" if found is None else found, allowed)
        return low

    def _number(self, table: Mapping[str, object], at: Place, key: str) -> float | None:
        """A positive number, or None if there is none."""
        found = table.get(key)
        if found is None:
            return None
        if isinstance(found, (int, float)) and not isinstance(found, bool) and 0 < found < 1e9:
            return float(found)
        self._wrong((*at, key), found, "a number above 0")
        return None

    def _wrong(self, at: Place, value: object, allowed: str) -> None:
        line = self._lines.line(*at) if hasattr(self, "_lines") else 0
        self.problems.append(LessonProblem(spoken(at), value, allowed, SCRIPT, line))


def _flat(changes: Mapping[str, object]) -> dict[str, object]:
    """Changes by dotted path, whether written as ``network.depth = 3`` or as a quoted key."""
    flat: dict[str, object] = {}
    for key, value in changes.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{name}": inner for name, inner in value.items()}
        else:
            flat[key] = value
    return flat


def _line_told(sentence: str) -> int:
    """The line that the parser of TOML names in ``sentence``; 0 if it names none."""
    _, found, rest = sentence.partition("at line ")
    digits = rest.split(",")[0].rstrip(")").split()[0] if found else ""
    return int(digits) if digits.isdigit() else 0


def _line_of(text: str, line: int) -> str:
    lines = text.split("\n")
    if 0 < line <= len(lines):
        return lines[line - 1].strip()
    return text
