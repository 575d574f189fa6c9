"""What goes on the clipboard, by menu, by key and from a panel's own menu."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QMenu

from vgsim.export.picture import PictureRequest
from vgsim.ui.app.clipboard import SVG, Clipboard
from vgsim.ui.plots.kinds import PLOTS

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
"""A menu without a screen."""


@pytest.fixture(autouse=True)
def empty_clipboard(qapp):
    """Nothing of the test before."""
    QGuiApplication.clipboard().setText("")


class NowExhibit:
    """Gives the session's frame whatever is needed, and paints a small gray picture."""

    def __init__(self, session) -> None:
        self._session = session

    def get(self, who, picture, take) -> None:
        take(self._session.frame)

    def scene(self, shown, picture):
        return SimpleNamespace(image=_painted)


def _parcel():
    return QGuiApplication.clipboard().mimeData()


def _full(vgsim, qtbot) -> None:
    """A whole pass done, and every plot that is open at first."""
    vgsim.window.workspace.fill()
    for _ in range(16):
        vgsim.session.step()
    qtbot.waitUntil(lambda: str(vgsim.session.frame.moment) == "update")


def _panel_menu(vgsim, name: str, reason=QContextMenuEvent.Reason.Mouse) -> QMenu:
    """The menu of a panel, opened by a real right click on its body, or by the key."""
    dock = vgsim.window.workspace.docks[name]
    where = dock.rect().center()
    target = dock
    if reason is QContextMenuEvent.Reason.Mouse:
        target = dock.childAt(where)
        QTest.mouseClick(target, Qt.MouseButton.RightButton, pos=target.mapFrom(dock, where))
    event = QContextMenuEvent(reason, target.mapFrom(dock, where), dock.mapToGlobal(where))
    QApplication.sendEvent(target, event)
    return QApplication.activePopupWidget()


def _choose(menu: QMenu, verb: str) -> None:
    action = next(found for found in menu.actions() if found.objectName() == verb)
    menu.close()
    action.trigger()


def test_the_data_of_a_plot_are_pasted_as_a_table(vgsim, qtbot):
    _full(vgsim, qtbot)
    qtbot.keyClick(
        vgsim.window, Qt.Key.Key_D,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )  # fmt: skip
    qtbot.waitUntil(lambda: _parcel().text().startswith("stage\t"))
    assert len(_parcel().text().splitlines()) == 8


def test_data_of_a_plot_that_is_closed_are_measured_first(vgsim, qtbot):
    _full(vgsim, qtbot)
    QGuiApplication.clipboard().setText("")
    vgsim.clipboard.copy_data("coherence")
    qtbot.waitUntil(lambda: "mean cosine" in _parcel().text())


def test_a_plot_without_numbers_says_so(vgsim, qtbot):
    told = []
    vgsim.window.told.connect(told.append)
    vgsim.clipboard.copy_data("loss")
    assert told == ["Loss has no numbers at this moment"]


PANELS_OWN = ["Copy picture", "Copy data (TSV)", "Export…", "Enlarge", "Close"]


@pytest.mark.parametrize(
    ("reason", "first"),
    [
        (QContextMenuEvent.Reason.Mouse, ["View All", "X axis", "Y axis", "Mouse Mode"]),
        (QContextMenuEvent.Reason.Keyboard, ["View all"]),
    ],
)
def test_the_menu_of_a_plot_offers_what_one_can_do_with_it(vgsim, qtbot, reason, first):
    _full(vgsim, qtbot)
    menu = _panel_menu(vgsim, "gradient", reason)
    words = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert words == [*first, *PANELS_OWN]
    menu.close()


def test_the_menu_of_a_panel_comes_back_from_a_zoom(vgsim, qtbot):
    _full(vgsim, qtbot)
    plot = vgsim.window.workspace.plots["gradient"]
    home = plot.view_box.viewRange()
    plot.view_box.setXRange(2, 3)
    _choose(_panel_menu(vgsim, "gradient", QContextMenuEvent.Reason.Keyboard), "view_all")
    assert plot.view_box.viewRange() == home


def test_the_menu_copies_data_and_the_key_then_means_that_plot(vgsim, qtbot):
    _full(vgsim, qtbot)
    _choose(_panel_menu(vgsim, "budget"), "copy_data")
    qtbot.waitUntil(lambda: _parcel().text().startswith("from stage\t"))
    assert vgsim.clipboard.plot == "budget"


def test_the_menu_copies_a_picture(vgsim, qtbot):
    _full(vgsim, qtbot)
    _choose(_panel_menu(vgsim, "gradient"), "copy_picture")
    qtbot.waitUntil(lambda: _parcel().hasImage())
    image = QImage(_parcel().imageData())
    assert (image.width(), image.height()) == (1920, 1080)


def test_the_menu_exports_that_view(vgsim, qtbot):
    _full(vgsim, qtbot)
    _choose(_panel_menu(vgsim, "gradient"), "export")
    dialog = vgsim.window.findChild(QDialog)
    assert "gradient" in [box.currentData() for box in dialog.findChildren(QComboBox)]
    dialog.reject()


def test_the_menu_enlarges_shrinks_and_closes(vgsim, qtbot):
    _full(vgsim, qtbot)
    space = vgsim.window.workspace
    _choose(_panel_menu(vgsim, "gradient"), "enlarge")
    assert space.enlarged == "gradient"
    menu = _panel_menu(vgsim, "gradient")
    assert "Shrink" in [action.text() for action in menu.actions()]
    _choose(menu, "enlarge")
    assert not space.enlarged
    _choose(_panel_menu(vgsim, "gradient"), "close")
    assert space.docks["gradient"].isHidden()


def test_a_panel_without_numbers_offers_none(vgsim, qtbot):
    _full(vgsim, qtbot)
    menu = _panel_menu(vgsim, "hop")
    assert "Copy data (TSV)" not in [action.text() for action in menu.actions()]
    menu.close()


def _painted() -> QImage:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(0)
    return image


@pytest.fixture
def clipboard(vgsim, monkeypatch):
    monkeypatch.setattr("vgsim.ui.app.clipboard.svg_of", lambda scene: "<svg/>")
    exhibit = NowExhibit(vgsim.session)
    return Clipboard(
        vgsim.window, lambda: exhibit, lambda view: PictureRequest(view=view or "gradient")
    )


def test_shapes_are_offered_with_pixels_beside_them(clipboard, vgsim):
    clipboard.copy_svg()
    assert bytes(_parcel().data(SVG)) == b"<svg/>"
    assert _parcel().hasImage()


def test_a_copied_picture_is_told(clipboard, vgsim):
    told = []
    vgsim.window.told.connect(told.append)
    clipboard.copy_picture("loss")
    assert told == ["Copied: Loss, 40 × 30 pixels"]


def test_the_plot_meant_is_the_enlarged_then_the_chosen_then_the_last(clipboard, vgsim):
    assert clipboard.plot == "gradient"
    clipboard.choose("loss")
    assert clipboard.plot == "loss"
    vgsim.window.workspace.enlarge("heatmap")
    assert clipboard.plot == "heatmap"


def test_every_plot_has_a_panel_with_its_menu(vgsim):
    docks = vgsim.window.workspace.docks
    for name in PLOTS.names():
        assert "copy_data" in [action.objectName() for action in docks[name].menu_actions]


def test_the_menu_stands_under_the_heading_when_a_key_opens_it(vgsim, qtbot):
    _full(vgsim, qtbot)
    menu = _panel_menu(vgsim, "gradient", QContextMenuEvent.Reason.Keyboard)
    dock = vgsim.window.workspace.docks["gradient"]
    heading = dock.mapToGlobal(QPoint(0, 0)).y()
    assert 0 <= menu.y() - heading <= 60 or menu.y() + menu.height() >= 700  # a low screen
    menu.close()
