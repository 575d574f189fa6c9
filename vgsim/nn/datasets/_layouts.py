"""Which arrays of a file are the samples and which the labels, by the names that are in use.

A name is a stem, for samples or for labels, and perhaps a part: ``x``, ``Y``, ``x_train``,
``test_labels``. Case and punctuation do not count. A training and a test part are the split that
the data bring with them; of a third, for validation, nothing is read. What the names leave open is
for the user to say: ``data.x_array`` and ``data.y_array`` name arrays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from vgsim.core.errors import first_told, refuse
from vgsim.nn.datasets._files import DataSource, quote

SAMPLES = frozenset(
    "x xs data image images img imgs input inputs feature features sample samples".split()  # noqa: SIM905
)
LABELS = frozenset(("y", "ys", "label", "labels", "target", "targets", "output", "outputs"))
TRAIN = ("training", "train")
HELD = ("testing", "test", "validation", "valid", "val")
"""Parts that can be held out, the first of a file's wins."""

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Names of the arrays to read; ``held`` are those of the part that is held out, if any."""

    x: str
    y: str
    held: tuple[str, str] | None = None


@dataclass(slots=True)
class _OnePart:
    """Names of one part of the data by what they hold."""

    x: list[str] = field(default_factory=list)
    y: list[str] = field(default_factory=list)

    def pair(self) -> tuple[str, str] | None:
        """Its samples and its labels, if there are one of each, or some plainly called x and y."""
        if "x" in self.x and "y" in self.y:
            return "x", "y"
        if len(self.x) == len(self.y) == 1:
            return self.x[0], self.y[0]
        return None


def choose(
    source: DataSource,
    names: Sequence[str],
    asked: tuple[str, str],
    shape_of: Callable[[str], Shape],
    told: Callable[[str], str],
) -> Layout:
    """The arrays to read out of ``names``; SpecError that names what is there when it is open.

    ``asked`` are ``data.x_array`` and ``data.y_array``, empty where the user leaves it open.
    ``shape_of`` and ``told`` give the shape of one array, and its name with that for a sentence.
    """
    parts = _parts(names)
    if any(asked):
        return _asked(names, asked, parts, told)
    plain = parts[""].pair()
    if plain:
        return Layout(*plain)
    train = parts["train"].pair()
    if train:
        others = (parts[part].pair() for part in HELD if part in parts)
        return Layout(*train, next((pair for pair in others if pair), None))
    positional = _positional(names, shape_of)
    if positional:
        return Layout(*positional)
    raise source.bad(
        "whose arrays are called x and y, or x_train and y_train; "
        f"{_there(names, told)}: say which are which in data.x_array and data.y_array"
    )


def _asked(
    names: Sequence[str],
    asked: tuple[str, str],
    parts: Mapping[str, _OnePart],
    told: Callable[[str], str],
) -> Layout:
    """The arrays that the user names; what is left open is the only one that can be meant."""
    x, y = asked
    for path, name in (("data.x_array", x), ("data.y_array", y)):
        if name and name not in names:
            raise refuse(path, name, f"the name of an array; {_there(names, told)}")
    for part in parts.values():
        if not x and y in part.y and len(part.x) == 1:
            x = part.x[0]
        if not y and x in part.x and len(part.y) == 1:
            y = part.y[0]
    for path, name in (("data.x_array", x), ("data.y_array", y)):
        if not name:
            raise refuse(path, name, f"the name of an array; {_there(names, told)}")
    return Layout(x, y)


def _there(names: Sequence[str], told: Callable[[str], str]) -> str:
    """ "the file holds a (4 × 2 float64), b (4 int64)"."""
    if not names:
        return "the file holds no array"
    return "the file holds " + ", ".join(first_told([told(name) for name in names], 8))


def _parts(names: Sequence[str]) -> dict[str, _OnePart]:
    """What the names say, by part: "" where they name none, "train" for training."""
    parts = {"": _OnePart(), "train": _OnePart()}
    for name in names:
        part, stem = _split(re.sub("[^a-z0-9]", "", name.lower()))
        if stem in SAMPLES:
            parts.setdefault(part, _OnePart()).x.append(name)
        elif stem in LABELS:
            parts.setdefault(part, _OnePart()).y.append(name)
    return parts


def _split(word: str) -> tuple[str, str]:
    """("train", "x") of "xtrain" or "trainx"; the part is "" where there is none."""
    for part in (*TRAIN, *HELD):
        called = "train" if part in TRAIN else part
        if word.startswith(part):
            return called, word.removeprefix(part)
        if word.endswith(part):
            return called, word.removesuffix(part)
    return "", word


def _positional(names: Sequence[str], shape_of: Callable[[str], Shape]) -> tuple[str, str] | None:
    """Samples and labels of a pair without names, where only one of them can be labels."""
    if set(names) != {"arr_0", "arr_1"}:
        return None
    columns = [name for name in names if _is_column(shape_of(name))]
    tables = [name for name in names if name not in columns]
    if len(columns) == len(tables) == 1:
        return tables[0], columns[0]
    return None


def _is_column(shape: Shape) -> bool:
    """Whether there is one value a sample."""
    return len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)


def column_of(label: str, source: DataSource, columns: int) -> list[int]:
    """Indices of the columns that ``data.label`` counts, from 1: "2", or "1, 3"; SpecError else."""
    found = [int(word) - 1 for word in re.findall(r"\d{1,9}", label)]
    plain = re.fullmatch(r"\s*\d{1,9}\s*(,\s*\d{1,9}\s*)*", label)
    if not plain or any(not 0 <= at < columns for at in found):
        raise refuse(
            "data.label", label, f"column numbers from 1 to {columns} of {quote(source.given)}"
        )
    return found
