"""How the code of a remedy comes together, and what its writers have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from keyword import iskeyword

from vgsim.core.registry import Registry
from vgsim.diagnosis.recorded_form import RecordedForm, WeightedModule
from vgsim.diagnosis.verdict import Value
from vgsim.nn.spec import Spec

FEW = 6
"""Patterns of names that are listed one by one."""
LONG = 66
"""Letters of names in the head of a loop."""
WIDE = 88
"""Letters of a line."""
MOST_LETTERS = 20_000
"""Letters of code beyond which nobody reads what they paste."""
Lines = list[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The changes of a remedy, for a recorded network whose nearest spec is ``spec``.

    ``form`` is the network's, and ``changes`` have their values by path.
    """

    form: RecordedForm
    spec: Spec
    changes: Mapping[str, Value]

    def __getitem__(self, path: str) -> Value:
        """The value of a field after the change."""
        if path in self.changes:
            return self.changes[path]
        return self.spec[path]

    def number(self, path: str) -> str:
        """The same as Python writes it."""
        return plain(float(self[path]))


@dataclass(frozen=True, slots=True)
class CodeWriter:
    """Writes some changes as code.

    ``paths`` are what it writes, ``also`` what it takes along where it writes; ``write`` gives no
    lines where the recorded network offers no place for them. ``order`` is that of execution: first
    what makes other modules, then what changes what they start from.
    """

    paths: tuple[str, ...]
    write: Callable[[Wanted], Lines]
    also: tuple[str, ...] = ()
    order: int = 9


CODE: Registry[CodeWriter] = Registry("code of a remedy")

SILENT = ("network.activations", "network.skip_scale")
"""Changes that only keep a simulated experiment consistent."""


def pytorch_code(form: RecordedForm, spec: Spec, changes: Iterable[tuple[str, Value]]) -> str:
    """The code that makes ``changes`` in the recorded network; empty where it cannot be told.

    ``spec`` is that of the nearest simulated experiment. In one of another framework there is none.
    """
    wanted = Wanted(form, spec, dict(changes))
    if not form.of_pytorch:
        return ""
    left = set(wanted.changes) - set(SILENT)
    blocks: list[Lines] = []
    for entry in sorted(CODE, key=lambda entry: entry.value.order):
        if not set(wanted.changes) & set(entry.value.paths):
            continue
        lines = entry.value.write(wanted)
        if lines:
            blocks.append(lines)
            left -= {*entry.value.paths, *entry.value.also}
    if left or not blocks:
        return ""
    code = _joined(blocks)
    return code if len(code) <= MOST_LETTERS else ""


def _joined(blocks: Sequence[Lines]) -> str:
    """One text; beside a diff, whole lines are such as come new."""
    mixed = any(is_diff(lines) for lines in blocks)
    texts = []
    said: set[str] = set()
    for lines in blocks:
        if lines[0] in said:
            lines = lines[1:]
        elif lines[0].startswith("#"):
            said.add(lines[0])
        if mixed and not is_diff(lines):
            lines = [f"+ {line}" if line else "+" for line in lines]
        texts.append("\n".join(lines))
    return ("\n  \n" if mixed else "\n\n").join(texts)


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line of code; ``sign`` is "+" for a new one, "-" for one that goes, else empty."""

    text: str
    sign: str = ""


def code_lines(code: str) -> tuple[CodeLine, ...]:
    """The lines of a remedy's code, without the marks of a diff."""
    lines = code.splitlines()
    if not is_diff(lines):
        return tuple(CodeLine(line) for line in lines)
    return tuple(CodeLine(line[2:], line[:1].strip()) for line in lines)


def pasted(code: str) -> str:
    """What goes to the clipboard: the lines as they are to be, without those that go."""
    return "".join(f"{line.text}\n" for line in code_lines(code) if line.sign != "-")


def is_diff(lines: Sequence[str]) -> bool:
    """Whether lines are marked as those of a diff are."""
    return any(line.startswith(("+ ", "- ")) for line in lines)


def plain(value: float) -> str:
    """A number as Python writes it."""
    return repr(float(value))


def is_plain(name: str) -> bool:
    """Whether a module's name can stand in code as it is: it may come from anybody's file."""
    parts = name.split(".")
    return all(
        (part.isidentifier() and not iskeyword(part)) or (part.isascii() and part.isdigit())
        for part in parts
    )


def access(name: str, root: str = "model") -> str:
    """The module of that name within ``root``: "model.layers[0].mlp"."""
    if not is_plain(name):
        return f"{root}.get_submodule({quoted(name)})"
    text = root
    for part in name.split("."):
        text += f"[{part}]" if part.isdigit() else f".{part}"
    return text


def classes(kinds: Iterable[str]) -> str:
    """Kinds of modules as ``isinstance`` takes them."""
    found = [f"nn.{kind}" for kind in dict.fromkeys(kinds)]
    return found[0] if len(found) == 1 else f"({', '.join(found)})"


def of_pytorch_alone(kinds: Iterable[str]) -> bool:
    """Whether kinds are PyTorch's own by their names, such as ``nn`` has."""
    return all(re.fullmatch(r"Linear|LazyLinear|Bilinear|Conv[A-Za-z]*[123]d", it) for it in kinds)


def chosen(form: RecordedForm, names: Sequence[str]) -> tuple[Lines, str]:
    """Lines to come first, and an expression for the names of modules to go through.

    Modules of blocks that repeat are named by a pattern, where it matches no others.
    """
    short = f"({', '.join(map(quoted, names))},)" if len(names) == 1 else ""
    if len(names) > 1 and len(", ".join(map(quoted, names))) <= LONG:
        short = f"({', '.join(map(quoted, names))})"
    if short:
        return [], short
    patterns, single, but = _patterns(form, names)
    if patterns and len(patterns) + len(single) <= FEW:
        tests = [f"fnmatch(name, {quoted(it)})" for it in patterns]
        tests += [f"name == {quoted(it)}" for it in single]
        lines = ["from fnmatch import fnmatch", "", "names = [", "    name"]
        lines += ["    for name, module in model.named_modules()"]
        if but:
            lines += [f"    if name not in ({', '.join(map(quoted, but))},)", "    if " + tests[0]]
        else:
            lines += [f"    if {tests[0]}"]
        lines += [f"    or {test}" for test in tests[1:]]
        return [*lines, "]"], "names"
    lines = ["names = ["]
    line = "   "
    for name in names:
        if len(line) + len(name) + 4 > WIDE:
            lines.append(line)
            line = "   "
        line += f" {quoted(name)},"
    return [*lines, line, "]"], "names"


def _patterns(form: RecordedForm, names: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Patterns with "*" for numbers, the names that none matches, and those that one should not."""
    patterns = []
    single = []
    but: list[str] = []
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(re.sub(r"\d+", "*", name), []).append(name)
    wanted = set(names)
    for own in found.values():
        pattern = _pattern(own)
        beyond = [name for name in form.names if fnmatchcase(name, pattern) and name not in wanted]
        if len(own) > 1 and len(beyond) + len(but) <= 2:
            patterns.append(pattern)
            but += beyond
        else:
            single += own
    covered = [name for name in single if not any(fnmatchcase(name, it) for it in patterns)]
    return patterns, covered, sorted(but)


def _pattern(names: Sequence[str]) -> str:
    """ "*" for the parts in which names of as many parts differ."""
    parts = []
    for each in zip(*(name.split(".") for name in names), strict=False):
        skeletons = {re.sub(r"\d+", "*", part) for part in each}
        if len(set(each)) == 1:
            parts.append(each[0])
        else:
            parts.append(skeletons.pop() if len(skeletons) == 1 else "*")
    return ".".join(parts)


def quoted(name: str) -> str:
    """A name as Python writes it, in one line whatever is in it."""
    if is_plain(name) or re.fullmatch(r"[\w.*-]+", name):
        return f'"{name}"'
    return ascii(name)


def among(form: RecordedForm, wanted: Sequence[WeightedModule]) -> str:
    """A condition on ``name`` and ``module`` that these modules alone fulfil; "" if none is short.

    Modules that the recording does not know may fulfil it, too, where it is by their kind.
    """
    kinds = list(dict.fromkeys(it.kind for it in wanted))
    if not of_pytorch_alone(kinds):
        return ""
    names = {it.name for it in wanted}
    others = [it.name for it in form.weights if it.kind in kinds and it.name not in names]
    text = f"isinstance(module, {classes(kinds)})"
    if not others:
        return text
    if len(others) == 1:
        return f"{text} and name != {quoted(others[0])}"
    if len(others) <= 3:
        return f"{text} and name not in ({', '.join(map(quoted, others))})"
    return ""
