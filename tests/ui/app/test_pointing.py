"""Pointing at a symbol: it is framed everywhere at once, a card says what it is, and it goes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from vgsim.core.errors import SpecError
from vgsim.text.glossary import glossary, mentions
from vgsim.text.moments import Jump, JumpKind
from vgsim.text.pointed import Pointed
from vgsim.ui.guide.figures.ledger import LedgerFigure
from vgsim.ui.guide.formula import FormulaView
from vgsim.ui.widgets.frames import PointedFrames
from vgsim.ui.widgets.spots import SymbolSource
from vgsim.ui.window.page_dialog import PageDialog


@pytest.fixture
def filled(vgsim, qtbot, monkeypatch):
    """The application with its plots, on the way back, and a mouse that rests soon."""
    monkeypatch.setattr("vgsim.ui.app.pointing.REST_MS", 1)
    monkeypatch.setattr("vgsim.ui.app.pointing.REST_OVER_NUMBERS_MS", 1)
    vgsim.window.resize(1500, 950)
    vgsim.window.workspace.fill()
    vgsim.session.jump(Jump(JumpKind.BACKWARD, 3))
    qtbot.waitUntil(lambda: str(vgsim.session.frame.moment) == "backward:3")
    hop = vgsim.window.workspace.hop
    qtbot.waitUntil(lambda: bool(hop.canvas.symbol_spots()))
    return vgsim


def spot_of(source, symbol, stage=0, hop=0):
    """The place of a widget that shows this."""
    wanted = Pointed(symbol, stage, hop)
    return next(spot for spot in source.symbol_spots() if spot.pointed == wanted)


def hover(vgsim, source, where):
    """Move the mouse over a place of a widget, as a person does."""
    at = source.mapTo(vgsim.window, where)
    handle = vgsim.window.windowHandle()
    QTest.mouseMove(handle, at - QPoint(1, 0))
    QTest.mouseMove(handle, at)


def framed(vgsim):
    """The kinds of widgets in which something is framed."""
    found = vgsim.window.findChildren(PointedFrames)
    return {type(one.parent()).__name__ for one in found if one.boxes}


def point_at(vgsim, qtbot, source, symbol, **place):
    """Keep the mouse on a symbol until the card is there, also when a page moves below it."""

    def card():
        spot = spot_of(source, symbol, **place)
        hover(vgsim, source, spot.box.center().toPoint())
        return vgsim.pointing.popover is not None

    qtbot.waitUntil(card)
    return vgsim.pointing.popover


def test_a_hop_is_framed_in_diagram_and_plot_at_once(filled, qtbot):
    diagram = filled.window.workspace.network.diagram
    hover(filled, diagram, spot_of(diagram, "factor", hop=4).box.center().toPoint())
    qtbot.waitUntil(lambda: filled.pointing.points == (Pointed("factor", hop=4),))
    assert {"DiagramView", "GradientPlot"} <= framed(filled)


def test_no_plot_is_framed_as_a_whole(filled):
    filled.pointing.point(Pointed("gradient", stage=4))
    plot = filled.window.workspace.plots["gradient"]
    assert plot.pointed_frames.boxes
    assert all(box.width() < plot.area.box.width / 2 for box in plot.pointed_frames.boxes)


def test_a_symbol_of_the_formula_is_framed_in_the_diagram(filled, qtbot):
    strip = filled.window.workspace.network.strip
    hover(filled, strip, spot_of(strip, "gradient", stage=4).box.center().toPoint())
    qtbot.waitUntil(lambda: filled.pointing.points == (Pointed("gradient", stage=4),))
    assert {"DiagramView", "ChainRuleStrip", "HopCanvas", "GradientPlot", "MomentTrack"} <= (
        framed(filled)
    )


def test_the_card_says_what_it_is_and_what_it_is_now(filled, qtbot):
    diagram = filled.window.workspace.network.diagram
    card = point_at(filled, qtbot, diagram, "factor", hop=4)
    assert "One hop's factor" in card.words()
    assert "h4 → h3, k = 4: ×" in card.words()
    assert "derivative × weights" in card.words()
    assert filled.window.rect().contains(card.geometry())


def test_the_parts_of_the_diagram_say_what_they_are(filled, qtbot):
    diagram = filled.window.workspace.network.diagram
    for symbol in ("color-bar", "infinite", "zero", "decade", "loss", "rms", "product", "input"):
        card = point_at(filled, qtbot, diagram, symbol)
        assert glossary()[symbol].title in card.words()
        filled.pointing.leave()


def test_axes_headings_and_labels_say_what_they_are(filled, qtbot):
    plot = filled.window.workspace.plots["gradient"]
    assert "Root mean square" in point_at(filled, qtbot, plot, "rms").words()
    heading = filled.window.workspace.network._heading
    assert "length" not in point_at(filled, qtbot, heading, "weight").words()
    label = next(
        label
        for label in filled.window.form.findChildren(QLabel)
        if label.isVisible() and label.text() == "Dropout"
    )
    hover(filled, label, label.rect().center() - QPoint(label.width() // 3, 0))
    qtbot.waitUntil(lambda: filled.pointing.points == (Pointed("dropout"),))


def test_leaving_clears_everything(filled, qtbot):
    diagram = filled.window.workspace.network.diagram
    point_at(filled, qtbot, diagram, "factor", hop=4)
    hover(filled, filled.window.transport, QPoint(2, 2))
    qtbot.waitUntil(lambda: filled.pointing.popover is None)
    assert filled.pointing.points == ()
    assert framed(filled) == set()


def test_the_card_takes_no_keyboard_when_it_comes_by_mouse(filled, qtbot):
    diagram = filled.window.workspace.network.diagram
    diagram.setFocus()
    point_at(filled, qtbot, diagram, "factor", hop=4)
    assert QApplication.focusWidget() is diagram


def test_its_link_opens_the_guide_at_the_entry(filled, qtbot):
    diagram = filled.window.workspace.network.diagram
    card = point_at(filled, qtbot, diagram, "product")
    qtbot.mouseClick(card.link, Qt.MouseButton.LeftButton)
    assert filled.symbols.shown.symbols.current == "product"
    assert filled.pointing.popover is None
    filled.symbols.shown.close()


def test_f2_goes_through_the_symbols_by_keyboard(filled, qtbot):
    strip = filled.window.workspace.network.strip
    filled.window.workspace.network.setFocus()
    filled.window.actions_by_name["explain"].trigger()
    card = filled.pointing.popover
    spots = strip.symbol_spots()
    assert card.name == spots[0].pointed.symbol
    assert card.hasFocus()
    qtbot.keyClick(card, Qt.Key.Key_Tab)
    assert card.name == spots[1].pointed.symbol
    qtbot.keyClick(card, Qt.Key.Key_Backtab)
    assert card.name == spots[0].pointed.symbol
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    assert filled.pointing.popover is None
    assert filled.window.workspace.network.hasFocus()


def test_f2_begins_at_what_the_keyboard_is_at(filled, qtbot):
    network = filled.window.workspace.network
    network.timeline.moments.setFocus()
    filled.pointing.explain()
    assert filled.pointing.points == (Pointed("gradient", stage=3),)
    filled.pointing.leave()


def test_what_a_lesson_holds_stays_framed_while_one_steps(filled, qtbot):
    filled.pointing.hold(["hop:4", "symbol:product"])
    frames = filled.window.workspace.network.diagram.findChild(PointedFrames)
    before = list(frames.boxes)
    assert len(before) > 2
    filled.session.step()
    qtbot.waitUntil(lambda: list(frames.boxes) != before)  # the row of factors has grown
    filled.pointing.hold([])
    assert framed(filled) == set()


def test_a_lesson_can_frame_a_panel(filled):
    filled.pointing.hold(["panel:gradient"])
    dock = filled.window.workspace.docks["gradient"]
    found = [one for one in filled.window.findChildren(PointedFrames) if one.boxes]
    assert [one.parent() for one in found] == [dock]
    filled.pointing.hold([])
    assert framed(filled) == set()


def test_the_formula_of_a_lesson_is_framed_with_the_network(filled, qtbot):
    filled.open_lesson("every-symbol")
    guide = filled.window.workspace.guide
    filled.guiding.turn_to(3)
    formula = guide.page.findChild(FormulaView)
    qtbot.waitUntil(lambda: str(filled.session.frame.moment) == "backward:2")
    filled.window.workspace.docks["guide"].raise_()
    qtbot.waitUntil(lambda: formula.isVisible())
    card = point_at(filled, qtbot, formula, "factor")
    assert "h3 → h2, k = 3" in card.words()
    assert {"FormulaView", "DiagramView", "GradientPlot"} <= framed(filled)


def test_a_cell_of_the_ledger_has_a_card_too(filled, qtbot):
    filled.open_lesson("small-times-small")
    guide = filled.window.workspace.guide
    filled.guiding.turn_to(2)
    ledger = next(each for each in guide.page.figures if isinstance(each, LedgerFigure))
    qtbot.waitUntil(lambda: ledger.isVisible() and ledger.ledger is not None)
    qtbot.waitUntil(lambda: str(filled.session.frame.moment) == "backward:3")
    assert "k = 5" in point_at(filled, qtbot, ledger, "factor", hop=5).words()


def test_a_row_of_a_figure_in_a_lesson_points_at_what_it_is(filled, qtbot):
    filled.open_lesson("every-symbol")
    guide = filled.window.workspace.guide
    filled.guiding.turn_to(1)
    qtbot.waitUntil(lambda: bool(guide.page.figures) and guide.page.figures[0].isVisible())
    figure = guide.page.figures[0]
    QTest.mouseMove(figure, figure._boxes()[2].center().toPoint())
    qtbot.waitUntil(lambda: Pointed("gradient", stage=3) in filled.pointing.points)
    assert "DiagramView" in framed(filled)


def test_a_point_that_is_none_is_refused(vgsim):
    with pytest.raises(SpecError, match="hop:K"):
        vgsim.pointing.hold(["stage:first"])


def test_what_is_known_follows_the_network(filled, qtbot):
    diagram = filled.window.workspace.network.diagram
    card = point_at(filled, qtbot, diagram, "product")
    before = card.words()
    filled.session.step()
    qtbot.waitUntil(lambda: card.words() != before)


def test_every_symbol_that_the_window_shows_has_an_entry(filled):
    """Of all widgets that list what they show, whatever they list is in the guide."""
    sources = [
        widget for widget in filled.window.findChildren(QLabel) if isinstance(widget, SymbolSource)
    ]
    sources += [filled.window.workspace.network.diagram, filled.window.workspace.network.strip]
    sources += filled.window.workspace.plots.values()
    names = {spot.pointed.symbol for source in sources for spot in source.symbol_spots()}
    assert names
    assert names <= set(glossary())


@pytest.mark.parametrize("name", ["gradient", "loss"])
def test_titles_of_axes_are_all_explained(filled, name):
    plot = filled.window.workspace.plots[name]
    titles = [axis.labelText for axis in plot.axes if axis.labelText]
    assert all(mentions(title) for title in titles)


def test_the_guide_can_be_searched(filled, qtbot):
    filled.window.actions_by_name["symbols"].trigger()
    found = filled.symbols.shown.symbols
    qtbot.keyClicks(found.search, "hop factor")
    assert "factor" in found.names()
    assert len(found.names()) < len(glossary())
    found.search.clear()
    assert found.names() == list(glossary())
    filled.symbols.shown.close()


def test_what_is_read_in_the_guide_is_framed_in_the_window(filled, qtbot):
    filled.symbols.open_entry("factor")
    assert Pointed("factor", hop=4) in filled.pointing.points
    assert "DiagramView" in framed(filled)
    filled.symbols.shown.close()
    assert filled.pointing.points == ()


def test_how_vgsim_works_is_in_the_menu_and_changes_nothing(vgsim):
    before = vgsim.session.state.wanted
    vgsim.window.actions_by_name["workflow"].trigger()
    dialog = vgsim.window.findChild(PageDialog)
    said = " ".join(text.plain() for text in dialog.column.texts)
    assert "What it cannot tell" in said
    assert "one batch" in said
    assert vgsim.session.state.wanted == before
    link = next(link for text in dialog.column.texts for link, _ in text.link_boxes() or ())
    dialog.link_asked.emit(link)
    dialog.close()


def test_frames_go_where_a_larger_window_puts_what_they_frame(filled, qtbot):
    filled.pointing.hold(["stage:1"])
    diagram = filled.window.workspace.network.diagram
    before = list(diagram.pointed_frames.boxes)
    assert before
    filled.window.resize(1100, 800)
    qtbot.waitUntil(lambda: diagram.pointed_frames.boxes != before)
    shown = diagram.pointed_frames.boxes
    filled.pointing.hold(["stage:1"])
    assert diagram.pointed_frames.boxes == shown
