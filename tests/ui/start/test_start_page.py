"""The start page alone: keys, search, filters, what it says was chosen."""

from __future__ import annotations

from datetime import datetime

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QFontMetrics
from PySide6.QtWidgets import QWidget

from vgsim.nn.presets import load_preset, preset_cards, preset_names
from vgsim.ui.start.gallery import CARD_FONTS, LEAST_WIDTH, WORDS_AT, card_height
from vgsim.ui.start.model.filters import SAID
from vgsim.ui.start.model.recent import RecentItem, RecentKind
from vgsim.ui.start.page import NARROW, StartPage
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import load_theme

KEY = Qt.Key


@pytest.fixture
def page(styled, qtbot, theme):
    """A wide page, ready for keys."""
    made = StartPage(theme)
    made.resize(1600, 900)
    made.show()
    made.gallery.grid.setFocus()
    yield made
    made.close_sketches()
    made.close()
    made.deleteLater()


def cards_shown(page: StartPage) -> int:
    return page.gallery.grid.cards.rowCount()


def test_every_preset_is_a_card_and_the_first_is_chosen(page):
    assert cards_shown(page) == len(preset_names())
    assert page.gallery.grid.name == "sigmoid-stack"
    assert page.chosen.title.text() == "Sigmoid stack"
    assert "four fifths of the gradient" in page.chosen.description.text()


def test_arrows_move_and_the_description_follows(page, qtbot):
    grid = page.gallery.grid
    qtbot.keyClick(grid, KEY.Key_Right)
    beside = grid.name
    qtbot.keyClick(grid, KEY.Key_Left)
    qtbot.keyClick(grid, KEY.Key_Down)
    assert len({"sigmoid-stack", beside, grid.name}) == 3
    assert page.chosen.title.text() == load_preset(grid.name).name


def test_enter_opens_the_chosen_one(page, qtbot):
    with qtbot.waitSignal(page.preset_chosen) as told:
        qtbot.keyClick(page.gallery.grid, KEY.Key_Return)
    assert told.args == ["sigmoid-stack"]


def test_a_double_click_opens(page, qtbot):
    grid = page.gallery.grid
    place = grid.visualRect(grid.cards.index(1)).center()
    with qtbot.waitSignal(page.preset_chosen) as told:
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == [page.gallery.names[1]]


def test_escape_goes_to_the_window(page, qtbot):
    with qtbot.waitSignal(page.left):
        qtbot.keyClick(page.gallery.grid, KEY.Key_Escape)


def test_slash_searches_and_down_comes_back(page, qtbot):
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    qtbot.keyClick(page.gallery.grid, "/")
    assert page.gallery.search.hasFocus()
    qtbot.keyClicks(page.gallery.search, "highway")
    assert page.gallery.names == ["highway-deep"] and page.chosen.title.text().startswith("Highway")
    qtbot.keyClick(page.gallery.search, KEY.Key_Down)
    assert page.gallery.grid.hasFocus()


def test_escape_clears_a_search_before_it_leaves_it(page, qtbot):
    search = page.gallery.search
    search.setFocus()
    qtbot.keyClicks(search, "gru")
    with qtbot.assertNotEmitted(page.left):
        qtbot.keyClick(search, KEY.Key_Escape)
        assert search.text() == "" and cards_shown(page) == len(preset_names())
        qtbot.keyClick(search, KEY.Key_Escape)
    with qtbot.waitSignal(page.left):
        qtbot.keyClick(page.gallery.grid, KEY.Key_Escape)


def test_words_that_are_nowhere_leave_nothing_to_open(page, qtbot):
    qtbot.keyClicks(page.gallery.search, "zebra")
    assert cards_shown(page) == 0 and not page.gallery.grid.isVisible()
    assert page.chosen.title.text() == "" and not page.chosen.open_button.isEnabled()
    assert not page.chosen.compare_button.isEnabled()
    assert not page.chosen._facts.isVisible()
    page.gallery.search.clear()
    assert page.chosen.open_button.isEnabled()


def test_a_chip_lets_through_as_many_as_it_counts(page, qtbot):
    for number, chip in enumerate(page.gallery.chips._group.buttons()):
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
        assert page.gallery.chips.choice == number
        assert chip.accessibleName().endswith(f", {cards_shown(page)}")


def test_the_chosen_one_stays_if_a_filter_lets_it_through(page, qtbot):
    page.gallery.grid.choose("lstm-adding")
    qtbot.mouseClick(page.gallery.chips._group.button(3), Qt.MouseButton.LeftButton)
    assert page.gallery.grid.name == "lstm-adding"


def test_what_is_plain_cannot_be_compared_with_plain(page, qtbot):
    assert not page.chosen.compare_button.isEnabled()
    assert "plain already" in page.chosen.compare_button.toolTip()
    page.gallery.grid.choose("residual-deep")
    with qtbot.waitSignal(page.compare_chosen) as told:
        qtbot.mouseClick(page.chosen.compare_button, Qt.MouseButton.LeftButton)
    assert told.args == ["residual-deep"]


def test_pictures_come_by_and_by_and_are_painted(page, qtbot):
    grid = page.gallery.grid
    before = grid.grab().toImage()
    page.begin()
    sketcher = page._sketcher
    qtbot.waitUntil(lambda: all(sketcher.sketch(load_preset(name)) for name in preset_names()))
    qtbot.waitUntil(lambda: grid.grab().toImage() != before)
    assert page.chosen.figure._sketch.stages == 7


def test_a_closed_page_draws_no_more(page, qtbot):
    page.begin()
    page.close_sketches()
    qtbot.wait(50)
    drawn = sum(page._sketcher.sketch(load_preset(name)) is not None for name in preset_names())
    assert drawn < len(preset_names())


def test_another_theme_is_painted(page, qtbot):
    light = page.gallery.grid.grab().toImage()
    page.set_theme(load_theme("dark"))
    assert page.gallery.grid.grab().toImage() != light


def test_every_title_and_expectation_fits_the_narrowest_card(styled):
    room = LEAST_WIDTH - 2 * WORDS_AT
    title, line, tag = (QFontMetrics(ui_font(*font, tabular=False)) for font in CARD_FONTS)
    for card in preset_cards():
        assert line.horizontalAdvance(card.expect) <= room, card.expect
        beside = tag.horizontalAdvance(SAID[card.tags[0]]) + 8
        assert title.horizontalAdvance(card.title) + beside <= room, card.title


def place(page: StartPage, widget: QWidget) -> QPoint:
    """Where the upper left corner of a part of the page is."""
    return widget.mapTo(page, QPoint(0, 0))


def columns(page: StartPage) -> int:
    """Cards that stand beside each other."""
    grid = page.gallery.grid
    tops = [grid.visualRect(grid.cards.index(row)).top() for row in range(6)]
    return tops.count(tops[0])


def test_a_wide_page_has_the_chosen_one_beside_three_columns(page):
    assert place(page, page.chosen).x() > place(page, page.gallery).x()
    assert columns(page) == 3


def test_a_narrow_page_has_the_chosen_one_below_two_columns(page, qtbot):
    page.resize(1024, 580)
    assert page.width() < NARROW
    qtbot.waitUntil(lambda: columns(page) == 2)
    assert place(page, page.chosen).x() == place(page, page.gallery).x()
    assert place(page, page.chosen).y() > place(page, page.gallery).y()


def test_a_page_that_was_narrow_becomes_wide_again(page, qtbot):
    page.resize(1024, 580)
    page.resize(1600, 900)
    qtbot.waitUntil(lambda: columns(page) == 3)
    assert place(page, page.recent).x() == place(page, page.chosen).x()


@pytest.mark.parametrize("width", [1000, 1024, 1067, 1299, 1300, 1440, 1600, 2400])
def test_nothing_is_cut_at_any_width(page, qtbot, width):
    page.resize(width, 600)
    text = page.chosen.description
    for card in preset_cards():
        page.gallery.grid.choose(card.name)
        qtbot.waitUntil(lambda: text.height() >= text.heightForWidth(text.width()))
    end = page.chosen.open_button.mapTo(page, QPoint(0, page.chosen.open_button.height()))
    assert end.y() < page.height() and page.gallery.grid.height() > card_height()
    for chip in page.gallery.chips._group.buttons():
        assert chip.width() >= chip.sizeHint().width()


def opened(what: str, kind: RecentKind) -> RecentItem:
    return RecentItem(what, kind, datetime(2026, 3, 5, 12, 0))


def test_what_was_opened_lately_opens_again(page, qtbot):
    items = [opened("zeros", RecentKind.PRESET), opened("/a/b.png", RecentKind.FILE),
             opened("/a/c.csv", RecentKind.DATA),
             opened("/a/mine/lesson.toml", RecentKind.LESSON)]  # fmt: skip
    page.show_recent(items, datetime(2026, 3, 5, 14, 0))
    rows = page.recent.rows
    assert [row.accessibleName() for row in rows] == [
        "Zeros (symmetry), Network of the gallery, 12:00", "b.png, Picture, 12:00",
        "c.csv, Data, 12:00", "mine, Lesson, 12:00",
    ]  # fmt: skip
    for row, signal, what in zip(
        rows, (page.preset_chosen, page.file_chosen, page.data_chosen, page.file_chosen),
        ("zeros", "/a/b.png", "/a/c.csv", "/a/mine/lesson.toml"), strict=True,
    ):  # fmt: skip
        with qtbot.waitSignal(signal) as told:
            qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
        assert told.args == [what]


def test_a_preset_of_another_version_has_its_name(page):
    page.show_recent([opened("gone", RecentKind.PRESET)], datetime(2026, 3, 5))
    assert page.recent.rows[0].accessibleName().startswith("gone,")


def test_nothing_opened_has_nothing_to_clear(page, qtbot):
    page.show_recent([opened("zeros", RecentKind.PRESET)], datetime(2026, 3, 5))
    with qtbot.waitSignal(page.recent_cleared):
        qtbot.mouseClick(page.recent.clear_button, Qt.MouseButton.LeftButton)
    page.show_recent([], datetime(2026, 3, 5))
    assert page.recent.clear_button.isHidden() and not page.recent.rows


def test_a_file_dropped_on_my_data_becomes_the_data(page, qtbot):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/a/mine.csv")])
    event = QDropEvent(QPointF(20, 20), Qt.DropAction.CopyAction, data,
                       Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)  # fmt: skip
    with qtbot.waitSignal(page.data_chosen) as told:
        page.files.zone.dropEvent(event)
    assert told.args == ["/a/mine.csv"]


def test_buttons_say_what_they_ask_for(page, qtbot):
    for button, signal in (
        (page.files.data_button, page.data_asked), (page.files.open_button, page.open_asked),
        (page.header.leave_button, page.left), (page.header.theme_button, page.theme_asked),
    ):  # fmt: skip
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_tab_reaches_everything(page, qtbot):
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    seen = set()
    for _ in range(40):
        qtbot.keyClick(page.focusWidget(), KEY.Key_Tab)
        seen.add(page.focusWidget())
    assert {page.gallery.grid, page.gallery.search, page.files.data_button} <= seen
    assert {page.chosen.open_button, page.header.leave_button} <= seen
