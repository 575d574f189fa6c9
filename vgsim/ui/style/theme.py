"""Colors of one theme, read from ``resources/themes``, and the heat map made from them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from vgsim.core.resources import resource, resource_names
from vgsim.text.scale import SHADES

HUES = {
    "violet": ("#7A4BC4", "#B69CFF"),
    "green": ("#1B8A5A", "#55C795"),
    "ochre": ("#8A7413", "#D9C667"),
    "teal": ("#0B7A86", "#56C6D2"),
}
"""(in a light theme, in a dark one), as strong as the theme's own accent there."""


def hue(theme: Theme, name: str) -> str:
    """One of ``HUES`` in the shade that suits ``theme``."""
    light, dark = HUES[name]
    return dark if theme.dark else light


PRINT = "print"
"""The theme of pictures for paper, which stays readable without color; windows do not offer it."""
DARK_INK, LIGHT_INK = "#101318", "#ffffff"
EVEN = 0.193
"""Luminance of a color on which both inks are equally easy to read."""


@dataclass(frozen=True, slots=True, eq=False)
class Theme:
    """One theme. Colors are "#rrggbb"; ``heat`` is (260, 3) uint8 indexed by ``Scale.index``.

    ``see_through`` says that nothing is painted behind things: where there is none, one sees what
    a picture is put on, which should be like ``surface``.
    """

    name: str
    dark: bool
    background: str
    surface: str
    raised: str
    border: str
    text: str
    muted: str
    grid: str
    accent: str
    accent_soft: str
    on_accent: str
    warning: str
    warning_soft: str
    second: str
    error: str
    edge: str
    heat: NDArray[np.uint8]
    see_through: bool = False

    @property
    def in_gray(self) -> bool:
        """Whether lightness alone tells colors apart, so that ∞ and 0 need a sign as well."""
        return self.name == PRINT

    @property
    def halo(self) -> str:
        """The patch behind a text that stands on lines, as Qt reads it."""
        return f"#d0{self.surface[1:]}" if self.see_through else self.surface


def theme_names() -> tuple[str, ...]:
    """Names of the shipped themes that windows offer."""
    return tuple(name for name in resource_names("themes", ".toml") if name != PRINT)


@cache
def load_theme(name: str) -> Theme:
    """The theme of that name; KeyError when there is none."""
    if name not in (*theme_names(), PRINT):
        raise KeyError(name)
    document = tomllib.loads(resource("themes", f"{name}.toml").read_text("utf-8"))
    heat = document["heat"]
    special = [heat["below"], heat["zero"], heat["overflow"], document["palette"]["surface"]]
    table = np.concatenate([_ramp(heat["stops"]), [rgb(color) for color in special]])
    lookup = np.round(table).astype(np.uint8)
    lookup.setflags(write=False)
    return Theme(name=name, dark=document["dark"], heat=lookup, **document["palette"])


@cache
def see_through(theme: Theme) -> Theme:
    """``theme`` with nothing behind things; always the same one, for what is kept by theme."""
    return replace(theme, see_through=True)


def rgb(color: str) -> tuple[int, int, int]:
    """(red, green, blue), 0 to 255, of "#rrggbb"."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def mix(under: str, over: str, share: float) -> str:
    """The opaque color of ``over`` painted with opacity ``share`` on ``under``."""
    mixed = (round(a + (b - a) * share) for a, b in zip(rgb(under), rgb(over), strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _ramp(stops: list[str]) -> NDArray[np.float64]:
    """(256, 3) sRGB between evenly spaced stops, interpolated in OKLab (Ottosson 2020)."""
    lab = _to_oklab(np.array([rgb(stop) for stop in stops]) / 255.0)
    at = np.linspace(0, len(stops) - 1, SHADES)
    mixed = np.stack([np.interp(at, np.arange(len(stops)), lab[:, axis]) for axis in range(3)], -1)
    return np.clip(_from_oklab(mixed), 0, 1) * 255.0


_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _to_oklab(srgb: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    result: NDArray[np.float64] = np.cbrt(linear @ _LMS.T) @ _LAB.T
    return result


def _from_oklab(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.clip((lab @ np.linalg.inv(_LAB).T) ** 3 @ np.linalg.inv(_LMS).T, 0, None)
    result: NDArray[np.float64] = np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055
    )
    return result


def ink_on(theme: Theme, shade: int) -> str:
    """The dark or light ink that is easier to read on a shade of the heat map (WCAG 2)."""
    if _luminance(theme.heat[shade]) < EVEN:
        return LIGHT_INK
    return DARK_INK


def _luminance(shade: NDArray[np.uint8]) -> float:
    """Relative luminance of an (r, g, b), 0 to 1."""
    light = shade / 255.0
    linear = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
