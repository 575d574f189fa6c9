"""What is to be exported: one frozen, validated request, read from one kind of table.

The arguments of ``vgsim render``, the tables of a batch, the entries of the Export dialog and the
presets in the settings all say it with the same fields:

* how a picture looks: those of :class:`vgsim.export.picture.PictureRequest`;
* as what: ``format`` by its name, or ``out``, whose suffix says it;
* which pictures follow one another, where a format holds several: ``pass`` for the moments of a
  pass ``from`` one ``to`` another, or ``every`` so many of ``steps`` updates, at a ``moment``;
* ``seconds`` that each picture of an animation stays.

Of a map there is one picture, and ``show``, ``layer`` and ``over`` say of what.

A problem names its field this way; a caller that has another name for it renames it
(:meth:`vgsim.core.errors.SpecError.renamed`).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vgsim.core.errors import Missing, Problem, SpecError, refuse, shorten
from vgsim.export.compose import MAP_VIEWS, panel_names, view_names
from vgsim.export.format import FileKind, Format
from vgsim.export.formats import FORMATS
from vgsim.export.picture import OF_MAP, PictureRequest, parse
from vgsim.export.provenance.record import MOST_STEPS
from vgsim.export.shots import ALL_THE_WAY_BACK, FIRST, LAST, OnePass, PictureSequence, Training

SECONDS = {OnePass: 0.6, Training: 0.1}
"""How long a picture of an animation stays, unless said otherwise."""
MOST_PICTURES = 10_000
SHORTEST, LONGEST = 0.02, 60.0
"""Seconds that a picture of an animation may stay."""
MOMENTS = "start, forward:2, loss, backward:3, update or the like"
_DEFAULTS = {field.name: field.default for field in dataclasses.fields(PictureRequest)}
PICTURE_FIELDS = tuple(_DEFAULTS)
SEQUENCE_FIELDS = ("pass", "from", "to", "every", "steps", "moment", "seconds")
FIELDS = ("format", "out", *SEQUENCE_FIELDS, *PICTURE_FIELDS)
MAP_FIELDS = tuple(name for name in PICTURE_FIELDS if name != "plots")
"""What the picture of a map is told by."""
STILL = "a map is one picture, and has no moments"


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Pictures to be made as ``picture`` says, and what kind of file they become.

    ``sequence`` is None for a single picture. ``seconds`` is how long each stays where it does.
    """

    picture: PictureRequest
    format: Format
    sequence: PictureSequence | None = None
    seconds: float = 1.0


def parse_request(given: Mapping[str, object], *, compared: bool = True) -> ExportRequest:
    """The request that the fields in ``given`` make; other fields are left to the caller.

    ``compared`` is whether there is another experiment to be drawn beside this one. SpecError lists
    every problem, each with its field.
    """
    problems: list[Problem] = []
    form: Format | None = None
    picture: PictureRequest | None = None
    sequence: PictureSequence | None = None
    seconds = 1.0
    with noted(problems):
        form = _format(given)
    with noted(problems):
        picture = _picture(given, compared)
    with noted(problems):
        sequence = _sequence(given)
        seconds = _seconds(given, sequence)
    if problems or form is None or picture is None:
        raise SpecError(*problems)
    _check_heeded(given, form, sequence)
    return ExportRequest(picture, form, sequence, seconds)


def parse_map_request(given: Mapping[str, object]) -> ExportRequest:
    """The request for the picture or the table of a map; SpecError as :func:`parse_request`.

    Whether the map has what is to be shown only the map can tell.
    """
    problems = [
        Problem(name, given[name], f"nothing with a map: {STILL}")
        for name in SEQUENCE_FIELDS
        if name in given
    ]
    if "plots" in given:
        problems.append(Problem("plots", given["plots"], "nothing with a map, which has no stages"))
    form: Format | None = None
    picture: PictureRequest | None = None
    with noted(problems):
        form = _still_format(given)
    with noted(problems):
        picture = parse({name: given[name] for name in MAP_FIELDS if name in given}, MAP_VIEWS, ())
    if problems or form is None or picture is None:
        raise SpecError(*problems)
    _check_ground(given, form)
    return ExportRequest(picture, form)


def _still_format(given: Mapping[str, object]) -> Format:
    """The format, which is one for a single picture or a table."""
    if "format" in given or "out" not in given:
        form = _format(given)
        if form.several:
            raise refuse("format", form.name, f"a format for one picture: {STILL}")
        return form
    name = text_of(given, "out", "a file name")
    for form in formats_of(name):
        if not form.several:
            return form
    among = ", ".join(suffixes(several=False))
    raise refuse("out", name, f"a file name that ends in {among}: {STILL}")


@contextmanager
def noted(problems: list[Problem]) -> Iterator[None]:
    """Add what is refused in the block to ``problems``."""
    try:
        yield
    except SpecError as error:
        problems += error.problems


def _format(given: Mapping[str, object]) -> Format:
    """The format by its name or by the suffix of the file, single or for several pictures."""
    if "format" in given:
        name = given["format"]
        if not isinstance(name, str) or name not in FORMATS:
            raise refuse("format", name, "one of " + ", ".join(FORMATS.names()))
        return FORMATS[name]
    allowed = "a file name that ends in " + ", ".join(suffixes())
    if "out" not in given:
        raise SpecError(Missing("out", None, allowed))
    name = text_of(given, "out", "a file name")
    fitting = formats_of(name)
    if not fitting:
        raise refuse("out", name, allowed)
    several = _asks_for_several(given)
    for form in fitting:
        if form.several is several:
            return form
    if several:
        among = ", ".join(suffixes(several=True))
        raise refuse("out", name, f"for several pictures a file name that ends in {among}")
    raise refuse(
        "out",
        name,
        'with an animation "every" N steps of training, or "pass" for the moments of a pass',
    )


def formats_of(name: str) -> list[Format]:
    """The formats whose files are called like ``name``."""
    suffix = Path(name).suffix.lower()
    return [entry.value for entry in FORMATS if entry.value.suffix == suffix]


def suffixes(*, several: bool | None = None, kind: FileKind | None = None) -> tuple[str, ...]:
    """Suffixes of the formats, or of those that hold several pictures, or are of that kind."""
    found: dict[str, None] = {}
    for entry in FORMATS:
        form = entry.value
        if several in (None, form.several) and kind in (None, form.kind):
            found[form.suffix] = None
    return tuple(found)


def _asks_for_several(given: Mapping[str, object]) -> bool:
    return bool(given.get("pass")) or any(name in given for name in ("every", "from", "to"))


def _picture(given: Mapping[str, object], compared: bool) -> PictureRequest:
    asked = {name: given[name] for name in PICTURE_FIELDS if name in given}
    picture = parse(asked, view_names(), panel_names())
    if picture.view == "comparison" and not compared:
        raise refuse("view", "comparison", "any other view while nothing is compared")
    return picture


def _sequence(given: Mapping[str, object]) -> PictureSequence | None:
    """Which pictures follow one another, when several are asked for."""
    whole_pass = given.get("pass", "every" not in given and _asks_for_several(given))
    if type(whole_pass) is not bool:
        raise refuse("pass", whole_pass, "true or false")
    if "every" in given and whole_pass:
        raise refuse("every", given["every"], "either every or pass, not both")
    if whole_pass:
        return _pass(given)
    if "every" in given:
        return _training(given)
    return None


def _pass(given: Mapping[str, object]) -> OnePass:
    first = text_of(given, "from", MOMENTS) or FIRST
    last = text_of(given, "to", MOMENTS) or LAST
    return OnePass(whole_number(given, "steps", 0, 0), first, last)


def _training(given: Mapping[str, object]) -> Training:
    steps = whole_number(given, "steps", 0, 0)
    every = whole_number(given, "every", 1, 1)
    if steps == 0:
        raise refuse("steps", steps, "with every a whole number of at least 1")
    if every > steps:
        raise refuse("every", every, f"at most the {steps} steps")
    if steps // every >= MOST_PICTURES:
        least = steps // MOST_PICTURES + 1
        allowed = f"at least {least:,} with {steps:,} steps: {MOST_PICTURES:,} pictures"
        raise refuse("every", every, f"{allowed} are the most")
    return Training(steps, every, text_of(given, "moment", MOMENTS) or ALL_THE_WAY_BACK)


def _seconds(given: Mapping[str, object], sequence: PictureSequence | None) -> float:
    if "seconds" not in given:
        if sequence is not None:
            return SECONDS[type(sequence)]
        return 1.0
    seconds = given["seconds"]
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise refuse("seconds", seconds, "a number")
    if not (math.isfinite(seconds) and SHORTEST <= seconds <= LONGEST):
        raise refuse("seconds", seconds, f"a number from {SHORTEST:g} to {LONGEST:g}")
    return float(seconds)


def _check_heeded(
    given: Mapping[str, object], form: Format, sequence: PictureSequence | None
) -> None:
    """SpecError for what is asked for although nothing would come of it."""
    whole_pass = isinstance(sequence, OnePass)
    if sequence is None and form.several:
        raise refuse("format", form.name, "with several pictures: every or pass")
    if sequence is not None and not form.several:
        raise refuse("format", form.name, "a format for several pictures")
    for name in ("from", "to"):
        if name in given and not whole_pass:
            raise refuse(name, given[name], "nothing but with the moments of a pass")
    if "moment" in given and whole_pass:
        raise refuse("moment", given["moment"], 'with "pass" nothing; "from" and "to" bound it')
    if "seconds" in given and not form.timed:
        animations = ", ".join(suffixes(kind=FileKind.ANIMATION))
        raise refuse("seconds", given["seconds"], f"only with an animation: {animations}")
    for name in OF_MAP:
        value = given.get(name, "")
        if value and value != _DEFAULTS[name]:
            told = value if isinstance(value, str) else shorten(value)
            raise refuse(name, told, "nothing but with a map (.vgmap)")
    _check_ground(given, form)


def _check_ground(given: Mapping[str, object], form: Format) -> None:
    """SpecError for a ground that shines through where a format has one always."""
    if (
        given.get("transparent") is True
        and not form.transparent
        and form.kind is not FileKind.TABLE
    ):
        allowed = f"nothing with {form.suffix}, which has a ground always"
        raise refuse("transparent", True, allowed)


def whole_number(given: Mapping[str, object], name: str, default: int, least: int) -> int:
    """What ``given`` says there; SpecError unless it is a whole number from ``least`` on."""
    value = given.get(name, default)
    if type(value) is not int or not least <= value <= MOST_STEPS:
        raise refuse(name, value, f"a whole number from {least} to {MOST_STEPS}")
    return value


def text_of(given: Mapping[str, object], name: str, allowed: str) -> str:
    """What ``given`` says there, empty when it says nothing of it; SpecError for no text."""
    if name not in given:
        return ""
    value = given[name]
    if not isinstance(value, str) or not value.strip():
        raise refuse(name, value, allowed)
    return value
