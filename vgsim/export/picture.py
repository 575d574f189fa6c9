"""What a user wants exported: one frozen, validated description, as TOML tables have it."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vgsim.core.errors import Problem, SpecError, refuse

SMALLEST, LARGEST = 160, 8192
"""Pixels that a side of a picture may have."""
INCH_CM = 2.54
SIZES = {"16:9": (1920, 1080), "4:3": (1440, 1080)}
"""Pixels of the sizes that have a name: slides of 13.33 × 7.5 and 10 × 7.5 inches at 144 dpi."""
SLIDE_PLOTS = 3
"""Most plots on a slide."""
SENTENCES = 3
"""Most sentences of one's own on a slide."""
LONGEST_SENTENCE = 240
THEMES = ("light", "dark", "print")
OVERLAYS = ("theory", "scale", "contours")
"""What may lie over a map: curves of mean field, its scale of depth, and decades."""
OF_MAP = ("show", "layer", "over")
"""Fields that say something of the picture of a map alone."""
LAYER = "FIELD=VALUE for a further axis of a map, for example network.norm=batch"
_PIXELS = re.compile(r"(\d{1,5})x(\d{1,5})")
_CM = re.compile(r"(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)cm")


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """One picture. Make one with :func:`parse`, which validates.

    ``view`` is "slide", "window", "diagram", "hop", "why", "comparison" or a plot's name;
    ``plots`` are what a slide has beside the diagram. ``size`` is "16:9", "4:3", "1920x1080"
    (pixels) or "25.4x14.3cm" (at ``dpi``). ``scale`` multiplies the pixels, not the layout: 2 is
    the same picture twice as sharp. ``font_scale`` enlarges the type. ``title`` is the slide's
    own, empty for one made from the experiment. ``sentences`` are what a slide says of it in place
    of the verdict.

    Of a map ``view`` is "slide" or "map", ``show`` the figure that it shows, empty for the map's
    first, ``layer`` says which map of a stack ("FIELD=VALUE" for a further axis, the first value
    where it says nothing), and ``over`` what lies over it.
    """

    view: str = "slide"
    plots: tuple[str, ...] = ("gradient",)
    size: str = "16:9"
    scale: int = 1
    dpi: int = 144
    theme: str = "light"
    transparent: bool = False
    font_scale: float = 1.0
    caption: bool = True
    title: str = ""
    sentences: tuple[str, ...] = ()
    show: str = ""
    layer: tuple[str, ...] = ()
    over: tuple[str, ...] = OVERLAYS

    @property
    def layout(self) -> tuple[int, int]:
        """(width, height) in pixels before ``scale``."""
        return _pixels(self.size, self.dpi)

    @property
    def pixels(self) -> tuple[int, int]:
        """(width, height) of the finished picture in pixels."""
        width, height = self.layout
        return width * self.scale, height * self.scale

    @property
    def inches(self) -> tuple[float, float]:
        """(width, height) on paper or slide."""
        width, height = self.layout
        return width / self.dpi, height / self.dpi


def _pixels(size: str, dpi: int) -> tuple[int, int]:
    """SpecError when ``size`` is not allowed."""
    if size in SIZES:
        return SIZES[size]
    text = size.lower().replace(" ", "").replace("×", "x")
    if found := _PIXELS.fullmatch(text):
        return int(found[1]), int(found[2])
    if found := _CM.fullmatch(text):
        width, height = (round(float(side) / INCH_CM * dpi) for side in found.groups())
        return width, height
    raise refuse("size", size, "16:9, 4:3, 1920x1080 (pixels) or 25.4x14.3cm")


def parse(
    given: Mapping[str, object], views: tuple[str, ...], plots: tuple[str, ...]
) -> PictureRequest:
    """A picture from fields by name; ``views`` and ``plots`` are the names there are.

    SpecError lists every problem, each with what, where and what is allowed.
    """
    problems: list[Problem] = []
    values: dict[str, object] = {}
    known = {field.name: field.default for field in dataclasses.fields(PictureRequest)}
    for name, value in given.items():
        if name not in known:
            problems.append(Problem(name, value, "one of " + ", ".join(known)))
            continue
        try:
            values[name] = _checked(name, value, views, plots)
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(*problems)
    made = PictureRequest(**values)  # type: ignore[arg-type]  # each was checked by its name
    _check_size(made)
    return made


def _checked(name: str, value: object, views: tuple[str, ...], plots: tuple[str, ...]) -> object:
    choices = {"view": views, "theme": THEMES}
    if name in choices:
        return _one_of(name, value, choices[name])
    if name == "plots":
        return _plots(value, plots)
    texts = {"sentences": _sentences, "layer": _layer, "over": _over}
    if name in texts:
        return texts[name](value)
    if name in ("transparent", "caption"):
        return _typed(name, value, bool, "true or false")
    if name in ("scale", "dpi"):
        low, high = {"scale": (1, 4), "dpi": (36, 1200)}[name]
        return _number(name, value, low, high, whole=True)
    if name == "font_scale":
        return float(_number(name, value, 0.5, 3.0))
    return _typed(name, value, str, "text")


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> object:
    if value not in allowed:
        raise refuse(name, value, "one of " + ", ".join(allowed))
    return value


def _plots(value: object, plots: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)):
        names = tuple(value)
    else:
        names = (value,)
    unknown = [name for name in names if name not in plots]
    if unknown:
        raise refuse("plots", _listed(unknown), "one of " + ", ".join(plots))
    if len(names) > SLIDE_PLOTS:
        raise refuse("plots", _listed(names), f"at most {SLIDE_PLOTS} plots")
    if len(set(names)) < len(names):
        raise refuse("plots", _listed(names), "every plot once")
    return names


def _sentences(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        given: tuple[object, ...] = (value,)
    elif isinstance(value, (list, tuple)):
        given = tuple(value)
    else:
        raise refuse("sentences", value, "text, or a list of it")
    sentences = [" ".join(one.split()) for one in given if isinstance(one, str)]
    sentences = [one for one in sentences if one]
    longest = max(map(len, sentences), default=0)
    odd = any(not isinstance(one, str) for one in given)
    if odd or len(sentences) > SENTENCES or longest > LONGEST_SENTENCE:
        allowed = f"at most {SENTENCES} sentences of up to {LONGEST_SENTENCE} letters each"
        raise refuse("sentences", _listed(given), allowed)
    return tuple(sentences)


def _layer(value: object) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)):
        given = tuple(value)
    else:
        given = (value,)
    if not all(isinstance(one, str) and "=" in one for one in given):
        raise refuse("layer", _listed(given), LAYER)
    fields = [one.partition("=")[0].strip() for one in given]
    if len(set(fields)) < len(fields):
        raise refuse("layer", _listed(given), "every field once")
    return given


def _over(value: object) -> tuple[str, ...]:
    """Each once, in the order in which they are drawn."""
    given = value if isinstance(value, (list, tuple)) else (value,)
    for name in given:
        _one_of("over", name, OVERLAYS)
    return tuple(name for name in OVERLAYS if name in given)


def _listed(names: Iterable[object]) -> str:
    return ", ".join(map(str, names))


def _typed(name: str, value: object, kind: type, allowed: str) -> object:
    if type(value) is not kind:
        raise refuse(name, value, allowed)
    return value


def _number(name: str, value: object, low: float, high: float, whole: bool = False) -> float:
    right = type(value) is int or (not whole and type(value) is float)
    if not right or not isinstance(value, (int, float)) or not low <= value <= high:
        words = "a whole number" if whole else "a number"
        raise refuse(name, value, f"{words} from {low:g} to {high:g}")
    return value


def _check_size(picture: PictureRequest) -> None:
    sides = (*picture.layout, *picture.pixels)
    if not all(SMALLEST <= side <= LARGEST and math.isfinite(side) for side in sides):
        allowed = f"{SMALLEST} to {LARGEST} pixels a side, scale included"
        raise refuse("size", picture.size, allowed)


def fields(picture: PictureRequest) -> dict[str, object]:
    """The fields that differ from their defaults, as :func:`parse` reads them."""
    return {
        field.name: list(value) if isinstance(value, tuple) else value
        for field in dataclasses.fields(PictureRequest)
        if (value := getattr(picture, field.name)) != field.default
    }
