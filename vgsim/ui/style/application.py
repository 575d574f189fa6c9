"""The look of every widget: fonts, palette and style sheet, all made from one theme."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import _lru_cache_wrapper, cache
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from vgsim.core.resources import resource, resource_names
from vgsim.ui.style.icons import pixmap
from vgsim.ui.style.sheet import style_sheet
from vgsim.ui.style.theme import Theme, mix

GUTTER = 12
"""Pixels between panels."""
_DISABLED = QPalette.ColorGroup.Disabled
_Role = QPalette.ColorRole
T = TypeVar("T")
_least_size = 0
_measured: list[Callable[[], None]] = []


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give every widget of ``app``, present and future, the look of ``theme``."""
    if app.styleSheet():
        # Taken off first: Qt replaces a sheet by restyling each widget once for every widget it is
        # in, and palettes are handed down at once where no sheet has a say in them.
        app.setStyleSheet("")
    else:
        app.setStyle("Fusion")
        app.setFont(ui_font(13, tabular=False))
        QToolTip.setFont(ui_font(12, tabular=False))
    app.setPalette(theme_palette(theme))
    app.setStyleSheet(style_sheet(theme, _images(theme)))


def wear(widget: QWidget, theme: Theme) -> None:
    """Give ``widget`` and what is in it another look than the application has.

    Tens of milliseconds, against nearly a second for a new sheet of the application.
    """
    widget.setStyleSheet(style_sheet(theme, _images(theme)))


def ui_font(size_px: int, weight: int = 400, italic: bool = False, tabular: bool = True) -> QFont:
    """The shipped font, with figures of one width so that changing numbers stay in place.

    Prose reads better without ``tabular``, which also widens hyphens and commas.
    """
    font = QFont(_family())
    font.setPixelSize(max(size_px, _least_size))
    font.setWeight(QFont.Weight(weight))
    font.setItalic(italic)
    if tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def of_fonts(cached: _lru_cache_wrapper[T]) -> _lru_cache_wrapper[T]:
    """Mark a cache of what depends on fonts: it starts anew when the least size changes."""
    _measured.append(cached.cache_clear)
    return cached


@contextmanager
def least_type(size_px: int) -> Iterator[None]:
    """No font that :func:`ui_font` makes meanwhile is smaller: for pictures seen from afar."""
    before = _least_size
    _set_least_size(size_px)
    try:
        yield
    finally:
        _set_least_size(before)


def _set_least_size(size_px: int) -> None:
    global _least_size
    _least_size = size_px
    for forget in _measured:
        forget()


def system_theme_name(app: QApplication) -> str:
    """The theme that fits the desktop: "dark" or "light", the latter when it does not say."""
    if app.styleHints().colorScheme() is Qt.ColorScheme.Dark:
        return "dark"
    return "light"


def set_look(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet selects by, and restyle the widget if it changed."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def app_color(role: QPalette.ColorRole) -> str:
    """A color of the present theme as "#rrggbb", for what is painted rather than styled."""
    # Not the widget's own palette: the style sheet rewrites that in places.
    return QApplication.palette().color(role).name()


@cache
def _family() -> str:
    """The family name of the shipped fonts, which are loaded at the first call."""
    for name in resource_names("fonts", ".ttf"):
        number = QFontDatabase.addApplicationFont(str(resource("fonts", f"{name}.ttf")))
        families = QFontDatabase.applicationFontFamilies(number)
    return families[0]


def theme_palette(theme: Theme) -> QPalette:
    """The colors of ``theme`` by their roles."""
    colors = {
        _Role.Window: theme.background, _Role.WindowText: theme.text,
        _Role.Base: theme.surface, _Role.AlternateBase: theme.raised, _Role.Text: theme.text,
        _Role.Button: theme.surface, _Role.ButtonText: theme.text,
        _Role.BrightText: theme.error, _Role.PlaceholderText: theme.muted,
        _Role.ToolTipBase: theme.raised, _Role.ToolTipText: theme.text,
        _Role.Highlight: theme.accent, _Role.HighlightedText: theme.on_accent,
        _Role.Accent: theme.accent, _Role.Link: theme.accent, _Role.LinkVisited: theme.accent,
        _Role.Light: theme.raised, _Role.Midlight: theme.raised, _Role.Mid: theme.border,
        _Role.Dark: theme.border, _Role.Shadow: theme.border,
    }  # fmt: skip
    palette = QPalette()
    for role, color in colors.items():
        palette.setColor(role, QColor(color))
    if theme.see_through:
        palette.setColor(_Role.Window, Qt.GlobalColor.transparent)
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.PlaceholderText):
        palette.setColor(_DISABLED, role, QColor(mix(theme.surface, theme.muted, 0.6)))
    return palette


@cache
def _folder() -> Path:
    """Where this process keeps the pictures that style sheets can only name by file."""
    folder = Path(tempfile.mkdtemp(prefix="vgsim-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _images(theme: Theme) -> dict[str, str]:
    """Paths of the arrows and check marks in the colors of ``theme``."""
    looks = {
        "chevron": ("chevron", theme.muted, 12, 2.4),
        "chevron-up": ("chevron-up", theme.muted, 10, 2.6),
        "chevron-down": ("chevron", theme.muted, 10, 2.6),
        "chevron-right": ("chevron-right", theme.muted, 12, 2.4),
        "check": ("check", theme.on_accent, 14, 3.0),
        "check-plain": ("check", theme.text, 14, 2.4),
    }
    return {key: _picture(theme.name, key, *look) for key, look in looks.items()}


def _picture(theme: str, key: str, name: str, color: str, size: int, stroke: float) -> str:
    for ratio, mark in ((1, ""), (2, "@2x"), (3, "@3x")):
        file = _folder() / f"{theme}-{key}{mark}.png"
        pixmap(name, color, size, ratio, stroke).save(str(file))
    return (_folder() / f"{theme}-{key}.png").as_posix()
