"""The calculator as a panel of the window: closed at first, made when it is opened."""

from __future__ import annotations


def test_it_is_in_the_menu_and_opens_with_the_networks_factor(vgsim, qtbot):
    space = vgsim.window.workspace
    dock = space.docks["calculator"]
    assert dock.isHidden() and space.calculator is None
    entry = next(a for a in vgsim.window.menus["Instruments"].actions() if a.text() == "Calculator")
    vgsim.do("end")
    qtbot.waitUntil(lambda: vgsim.session.frame.moment.phase == "update")
    qtbot.waitUntil(lambda: bool(space.plots))
    entry.trigger()
    qtbot.waitUntil(lambda: space.calculator is not None)
    qtbot.waitUntil(lambda: not space.calculator.references[-1].isHidden())
    assert not dock.isHidden() and entry.isChecked()


def test_it_changes_its_theme_with_the_window(vgsim, qtbot):
    space = vgsim.window.workspace
    qtbot.waitUntil(lambda: bool(space.plots))
    space.show_panel("calculator")
    qtbot.waitUntil(lambda: space.calculator is not None)
    vgsim.use_theme("dark")
    assert space.calculator.plot.theme.dark
