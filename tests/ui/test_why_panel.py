"""The Why panel: what it shows, what it tells, and that nothing jumps or clips."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QApplication, QScrollArea

from tests.helpers.effects import told
from vgsim.diagnosis.verdict import Effect, Evidence, Remedy, Ruling, Tone, Verdict
from vgsim.text.verdicts import NOTHING_YET
from vgsim.ui.style.theme import load_theme
from vgsim.ui.why.panel import WhyPanel

RELU = Remedy("ReLU with He", (("network.activation", "relu"), ("init.weights", "he_normal")))
SKIPS = Remedy("Skip connections", (("network.skip", "residual"),))
VANISHING = Verdict(
    "capped",
    "Vanishing",
    ("h₁ receives 1 part in 1,900.", "Sigmoid caps every hop."),
    (Evidence("Derivative: −0.62 decades a hop", "budget"), Evidence("Weights are fine")),
    0.93,
    Tone.WARNING,
    (RELU, SKIPS),
)
HEALTHY = Verdict("healthy", "Healthy", ("All is well.",), (), 0.8, Tone.GOOD)
LONG = replace(
    VANISHING,
    title="A title that is so long that it takes several lines of the panel",
    sentences=("Averylongwordwithoutanyplaceatwhichitcouldbebroken " * 4,),
    evidence=tuple(
        Evidence(f"a long fact {n}, with figures, that wraps", "loss") for n in range(9)
    ),
)
LEFT = Qt.MouseButton.LeftButton


def effect(remedy: Remedy = RELU, refused: str = "") -> Effect:
    return told(remedy, refused=refused)


@pytest.fixture
def panel(styled, qtbot):
    made = WhyPanel()
    made.resize(300, 700)
    made.show()
    yield made
    made.close()


def laid_out(panel):
    """Every pending layout done."""
    for _ in range(3):
        QApplication.processEvents()
    return panel.grab().toImage()


def seen(rows):
    return [row for row in rows if row.isVisible()]


def test_at_first_it_says_when_there_will_be_a_verdict(panel):
    assert (
        panel.box.text.text() == NOTHING_YET.said(still=False) and not panel.box.title.isVisible()
    )


def test_a_verdict_is_shown_with_all_that_belongs_to_it(panel):
    panel.set_verdict(VANISHING)
    assert panel.box.title.text() == "Vanishing"
    assert panel.box.text.text() == "h₁ receives 1 part in 1,900."
    assert panel.box.more.text() == "Sigmoid caps every hop."
    assert panel.box.confidence.text() == "Very sure · 93 %"
    assert [row.evidence for row in seen(panel.evidence)] == list(VANISHING.evidence)
    assert [row.remedy for row in seen(panel.remedies)] == [RELU, SKIPS]


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(
    ("tone", "color"),
    [(Tone.WARNING, "warning_soft"), (Tone.GOOD, "accent_soft"), (Tone.NEUTRAL, "raised")],
)
def test_the_box_has_the_color_of_its_tone(panel, qapp, theme, name, tone, color):
    from vgsim.ui.style.application import apply_theme

    apply_theme(qapp, load_theme(name))
    try:
        panel.set_theme(load_theme(name))
        panel.set_verdict(replace(HEALTHY, tone=tone))
        image = laid_out(panel)
        spot = panel.box.mapTo(panel, QPoint(4, panel.box.height() // 2))
        assert image.pixelColor(spot) == QColor(getattr(load_theme(name), color))
    finally:
        apply_theme(qapp, theme)


def test_a_healthy_verdict_offers_nothing(panel):
    panel.set_verdict(VANISHING)
    panel.set_verdict(HEALTHY)
    assert not seen(panel.remedies) and not seen(panel.evidence)


def test_a_click_on_evidence_names_its_plot(panel, qtbot):
    panel.set_verdict(VANISHING)
    laid_out(panel)
    with qtbot.waitSignal(panel.evidence_clicked) as told:
        qtbot.mouseClick(panel.evidence[0], LEFT)
    assert told.args == ["budget"]


def test_evidence_without_a_plot_leads_nowhere(panel, qtbot):
    panel.set_verdict(VANISHING)
    laid_out(panel)
    with qtbot.assertNotEmitted(panel.evidence_clicked):
        qtbot.mouseClick(panel.evidence[1], LEFT)
    assert panel.evidence[1].focusPolicy() is Qt.FocusPolicy.NoFocus


@pytest.mark.parametrize(("button", "signal"), [("try", "try"), ("apply", "apply")])
def test_a_button_hands_out_its_remedy(panel, qtbot, button, signal):
    panel.set_verdict(VANISHING)
    panel.add_effect(effect(SKIPS))
    laid_out(panel)
    with qtbot.waitSignal(getattr(panel, f"{signal}_requested")) as told:
        qtbot.mouseClick(getattr(panel.remedies[1], f"{button}_button"), LEFT)
    assert told.args == [SKIPS]


def test_a_row_that_is_used_again_hands_out_the_new_remedy(panel, qtbot):
    panel.set_verdict(VANISHING)
    panel.set_verdict(replace(VANISHING, remedies=(SKIPS,)))
    panel.add_effect(effect(SKIPS))
    laid_out(panel)
    with qtbot.waitSignal(panel.apply_requested) as told:
        qtbot.mouseClick(panel.remedies[0].apply_button, LEFT)
    assert told.args == [SKIPS]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_the_keyboard_presses_what_has_the_focus(panel, qtbot, key):
    panel.set_verdict(VANISHING)
    panel.add_effect(effect())
    laid_out(panel)
    for target, signal in (
        (panel.evidence[0], panel.evidence_clicked),
        (panel.remedies[0].try_button, panel.try_requested),
    ):
        with qtbot.waitSignal(signal):
            qtbot.keyClick(target, key)


def test_keys_that_press_are_no_shortcuts_there(panel):
    panel.set_verdict(VANISHING)
    event = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    QApplication.sendEvent(panel.remedies[0].try_button, event)
    assert event.isAccepted()


def test_tab_reaches_everything_that_can_be_pressed(panel, qtbot):
    panel.set_verdict(VANISHING)
    panel.add_effect(effect())
    panel.add_effect(effect(SKIPS))
    laid_out(panel)
    panel.activateWindow()
    panel.evidence[0].setFocus(Qt.FocusReason.TabFocusReason)
    reached = [panel.evidence[0]]
    for _ in range(4):
        panel.focusNextPrevChild(True)
        reached.append(QApplication.focusWidget())
    rows = panel.remedies
    buttons = [each for row in rows for each in (row.try_button, row.apply_button)]
    assert reached == [panel.evidence[0], *buttons]


def test_an_effect_is_shown_where_it_belongs(panel):
    panel.set_verdict(VANISHING)
    found = effect(SKIPS)
    panel.add_effect(found)
    assert [row.effect.effect for row in panel.remedies] == [None, found]
    assert "×0.22 → ×0.92" in panel.remedies[1].effect.accessibleName()
    assert panel.remedies[0].effect.accessibleName() == "measuring…"


def test_an_effect_of_a_remedy_that_is_gone_is_dropped(panel):
    panel.set_verdict(VANISHING)
    panel.set_verdict(HEALTHY)
    panel.add_effect(effect())
    assert all(row.effect.effect is None for row in panel.remedies)


def test_a_new_verdict_forgets_old_effects(panel):
    panel.set_verdict(VANISHING)
    panel.add_effect(effect())
    panel.set_verdict(VANISHING, measuring=False)
    assert panel.remedies[0].effect.effect is None
    assert panel.remedies[0].effect.accessibleName() == "not measured yet"


def test_what_is_refused_cannot_be_pressed_and_says_why(panel):
    panel.set_verdict(VANISHING)
    panel.add_effect(effect(refused="network.depth = 0: allowed is more " * 5))
    row = panel.remedies[0]
    assert not row.try_button.isEnabled() and not row.apply_button.isEnabled()
    assert "network.depth" in row.effect.toolTip()
    laid_out(panel)
    panel.set_verdict(VANISHING)
    panel.add_effect(effect())
    assert row.try_button.isEnabled()


def test_nothing_is_offered_before_it_is_measured(panel):
    panel.set_verdict(VANISHING)
    row = panel.remedies[0]
    assert not row.try_button.isEnabled() and "measured" in row.try_button.toolTip()
    panel.add_effect(replace(effect(), wanted=300))
    assert row.try_button.isEnabled()
    panel.add_effect(replace(effect(), wanted=300, ruling=Ruling.DIVERGES))
    assert not row.try_button.isEnabled() and row.isVisible()


def test_what_is_measured_at_a_smaller_rate_is_offered_so(panel, qtbot):
    slower = Remedy("Slowly", (*RELU.changes, ("training.learning_rate", 0.01)), "It is slow.")
    panel.set_verdict(VANISHING)
    panel.add_effect(replace(effect(), tried=slower))
    row = panel.remedies[0]
    assert row.title.text() == "Slowly" and "it is slow" in row.catch.text().lower()
    with qtbot.waitSignal(panel.apply_requested) as said:
        qtbot.mouseClick(row.apply_button, LEFT)
    assert said.args == [slower]


def test_effects_that_are_refined_replace_each_other(panel):
    panel.set_verdict(VANISHING)
    panel.add_effect(replace(effect(), wanted=300))
    panel.add_effect(replace(effect(), wanted=50))
    assert len(panel._verdict.effects) == 1


def test_there_is_room_for_figures_from_here_once_training_began(panel):
    panel.set_verdict(VANISHING)
    before = panel.remedies[0].effect.height()
    panel.set_verdict(replace(VANISHING, step=9))
    assert panel.remedies[0].effect.height() > before


def test_nothing_moves_when_effects_arrive(panel):
    panel.set_verdict(VANISHING)
    before = laid_out(panel) and [row.geometry() for row in panel.remedies]
    panel.add_effect(effect())
    panel.add_effect(effect(SKIPS, "a sentence that is much too long for its two lines " * 4))
    laid_out(panel)
    assert [row.geometry() for row in panel.remedies] == before


def test_nothing_moves_while_judging(panel):
    panel.set_verdict(VANISHING)
    before = laid_out(panel) and panel.box.geometry()
    panel.set_busy(True)
    laid_out(panel)
    assert panel.box.status.text() == "judging…" and panel.box.title.text() == "Vanishing"
    assert panel.box.geometry() == before
    panel.set_busy(False)
    assert panel.box.status.text() == ""


def test_judging_the_first_time(panel):
    panel.set_busy(True)
    assert panel.box.text.text() == "Judging…"


def test_a_failure_takes_the_place_of_the_verdict(panel):
    panel.set_verdict(VANISHING)
    panel.set_failed("ZeroDivisionError")
    assert panel.box.text.accessibleName() == "ZeroDivisionError" and not seen(panel.remedies)
    panel.set_verdict(HEALTHY)
    assert panel.box.title.text() == "Healthy"


@pytest.mark.parametrize("width", [236, 300])
def test_what_is_too_long_wraps_and_scrolls_down_only(panel, width):
    panel.resize(width, 300)
    panel.set_verdict(LONG)
    laid_out(panel)
    area = panel.findChild(QScrollArea)
    content = area.widget()
    assert content.width() == area.viewport().width()
    assert area.verticalScrollBar().maximum() > 0
    for row in (panel.box, *seen(panel.evidence), *seen(panel.remedies)):
        assert row.geometry().right() < content.width()
    for row in seen(panel.evidence):
        assert row.height() >= row.heightForWidth(row.width())
    for row in seen(panel.remedies):
        assert row.rect().contains(row.apply_button.geometry())


def test_the_scroll_bar_rewraps_nothing(panel):
    panel.resize(300, 2000)
    panel.set_verdict(LONG)
    before = laid_out(panel) and panel.box.width()
    panel.resize(300, 300)
    laid_out(panel)
    assert panel.box.width() == before


def test_infinite_and_missing_figures_are_painted(panel):
    panel.set_verdict(VANISHING)
    panel.add_effect(told(RELU, math.nan, math.inf, math.inf, math.nan, 0.0, 0.0))
    assert not laid_out(panel).isNull()


def test_what_would_not_help_is_folded_away_with_its_figures(panel, qtbot):
    panel.set_verdict(VANISHING)
    panel.add_effect(replace(effect(), ruling=Ruling.CHANGES_NOTHING))
    panel.add_effect(effect(SKIPS))
    laid_out(panel)
    vain, helping = panel.remedies[:2]
    assert not vain.isVisible() and helping.isVisible()
    assert panel.vain_title.text() == "TRIED, WOULD NOT HELP (1)"
    qtbot.mouseClick(panel.vain_title, LEFT)
    laid_out(panel)
    assert vain.isVisible() and vain.y() > helping.y() and vain.effect.effect is not None
    panel.set_verdict(VANISHING)
    assert vain.isVisible() and not panel.vain_title.isVisible()


def test_a_chain_of_factors_is_exact_not_sure(panel):
    panel.set_verdict(replace(VANISHING, exact=True))
    assert panel.box.confidence.text() == "Exact: it follows by arithmetic"
