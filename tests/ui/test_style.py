"""Fonts, palette, style sheet, icons and the texts that must not clip."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetrics, QPalette, QStyleHints
from PySide6.QtWidgets import QPushButton, QWidget

from vgsim.ui.style.application import apply_theme, set_look, system_theme_name, ui_font
from vgsim.ui.style.icons import app_icon, icon, icon_names
from vgsim.ui.style.sheet import _TEMPLATE, style_sheet
from vgsim.ui.style.theme import Theme, load_theme, theme_names
from vgsim.ui.widgets.card import Card, Heading
from vgsim.ui.widgets.text import ElidedLabel, WrappedLabel, breakable, tool_tip

LONG = "a text that is much too long for the room it is given"


def pixels(image):
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(4)}


@pytest.mark.parametrize("size", [11, 12, 13, 14, 15])
def test_the_font_is_ours_at_every_size(qapp, size):
    font = ui_font(size)
    assert QFontInfo(font).family() == "Inter"
    assert QFontInfo(font).pixelSize() == size


def test_figures_have_one_width(qapp):
    metrics = QFontMetrics(ui_font(13))
    assert len({metrics.horizontalAdvance(figure * 4) for figure in "0123456789"}) == 1


def test_weights_are_different_faces(qapp):
    widths = [QFontMetrics(ui_font(40, weight)).horizontalAdvance(LONG) for weight in (400, 600)]
    assert widths[0] < widths[1]


def test_italic(qapp):
    assert ui_font(13, italic=True).style() is QFont.Style.StyleItalic


def test_the_template_names_no_color():
    assert not re.search(r"#[0-9a-fA-F]{3}|rgb", _TEMPLATE.template)


@pytest.mark.parametrize("name", theme_names())
def test_a_style_sheet_is_made_of_its_theme(name):
    theme = load_theme(name)
    keys = ("chevron", "chevron-up", "chevron-down", "chevron-right", "check", "check-plain")
    sheet = style_sheet(theme, dict.fromkeys(keys, "x.png"))
    assert theme.accent in sheet and theme.surface in sheet
    assert "font" not in re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)


def test_changing_the_theme_changes_the_palette(qapp, theme):
    apply_theme(qapp, load_theme("dark"))
    dark = qapp.palette().color(QPalette.ColorRole.Window)
    apply_theme(qapp, theme)
    assert dark == QColor(load_theme("dark").background)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(theme.background)


def test_only_a_primary_button_is_filled(styled, qtbot, theme):
    button = QPushButton("Go")
    qtbot.addWidget(button)
    button.resize(80, 32)
    plain = button.grab().toImage().pixelColor(10, 16)
    set_look(button, "primary", True)
    assert plain == QColor(theme.surface)
    assert button.grab().toImage().pixelColor(10, 16) == QColor(theme.accent)


def test_without_word_from_the_desktop_the_theme_is_light(qapp):
    assert (
        qapp.styleHints().colorScheme() is Qt.ColorScheme.Unknown
    )  # offscreen there is no desktop
    assert system_theme_name(qapp) == "light"


@pytest.mark.parametrize(
    ("scheme", "name"), [(Qt.ColorScheme.Dark, "dark"), (Qt.ColorScheme.Light, "light")]
)
def test_the_theme_is_that_of_the_desktop(qapp, monkeypatch, scheme, name):
    monkeypatch.setattr(QStyleHints, "colorScheme", lambda _: scheme)
    assert system_theme_name(qapp) == name


@pytest.mark.parametrize("name", icon_names())
def test_an_icon_is_painted_in_its_color(qapp, name):
    image = icon(name, "#ff0000").pixmap(18, 18).toImage()
    colors = [image.pixelColor(x, y) for x in range(18) for y in range(18)]
    assert any(color == QColor("#ff0000") for color in colors)


def test_an_icon_has_the_pixels_of_a_sharp_screen(qapp):
    assert (
        icon("play", "#000000").pixmap(icon("play", "#000000").availableSizes()[0], 2.0).width()
        == 36
    )


def test_an_unknown_icon_is_refused(qapp):
    with pytest.raises(KeyError):
        icon("no such", "#000000")


def test_a_gap_makes_an_icon_wider(qapp):
    assert icon("play", "#000000", 16, gap=-4).availableSizes()[0].width() == 20


def test_the_app_icon_has_large_sizes(qapp, theme):
    assert max(size.width() for size in app_icon(theme).availableSizes()) == 256


def test_an_elided_label_keeps_its_text_as_tool_tip(styled, qtbot):
    label = ElidedLabel(LONG)
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.grab()
    assert label.elided() and label.text() == LONG
    assert LONG in label.toolTip()


def test_a_label_that_fits_needs_no_tool_tip(styled, qtbot):
    label = ElidedLabel("short")
    qtbot.addWidget(label)
    label.resize(200, 20)
    label.grab()
    assert not label.toolTip()


def test_a_wrapped_label_fits_any_width(styled, qtbot):
    label = WrappedLabel("error")
    qtbot.addWidget(label)
    label.show_text("x" * 200)
    assert label.heightForWidth(120) > 4 * label.fontMetrics().height()


def test_breaks_are_invisible():
    assert breakable("a" * 40).replace("\u200b", "") == "a" * 40


def test_a_tool_tip_is_plain_text():
    assert "&lt;b&gt;" in tool_tip("<b>")


def test_a_card_elides_its_subtitle_first(styled, qtbot):
    heading = Heading("Loss", LONG)
    qtbot.addWidget(heading)
    heading.resize(160, 26)
    heading.grab()
    title, subtitle = heading.shown()
    assert title == "Loss" and subtitle.endswith("…")
    assert LONG in heading.toolTip()


def test_a_narrow_card_drops_its_subtitle(styled, qtbot):
    heading = Heading("Loss", LONG)
    qtbot.addWidget(heading)
    heading.resize(60, 26)
    assert heading.shown() == ("Loss", "")


def test_header_widgets_are_at_the_right(styled, qtbot):
    card, extra = Card("Loss", LONG), QWidget()
    qtbot.addWidget(card)
    extra.setFixedSize(20, 20)
    card.add_header_widget(extra)
    card.resize(300, 100)
    card.grab()
    assert extra.geometry().right() > 270


def test_a_card_is_a_flat_panel(styled, qtbot, theme: Theme):
    card = Card("Loss")
    qtbot.addWidget(card)
    card.resize(200, 100)
    image = card.grab().toImage()
    assert image.pixelColor(100, 0) == QColor(theme.border)
    assert image.pixelColor(100, 90) == QColor(theme.surface)


class _Restyled(QObject):
    """Counts how often each widget is told that its style changed."""

    def __init__(self, app):
        super().__init__(app)
        self.times = Counter()

    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.StyleChange:
            self.times[watched] += 1
        return False


def test_a_change_of_theme_restyles_a_widget_deep_inside_no_more_often(styled, qtbot, theme):
    outer = QWidget()
    qtbot.addWidget(outer)
    inner = outer
    for _ in range(12):
        inner = QWidget(inner)
    outer.show()
    heard = _Restyled(styled)
    styled.installEventFilter(heard)
    apply_theme(styled, load_theme("dark"))
    styled.removeEventFilter(heard)
    apply_theme(styled, theme)
    assert heard.times[inner] <= 2
