"""The verdict on a recording in the window: judged off the window's thread, step by step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.helpers.handwritten import chain, written
from vgsim.diagnosis.verdict import Tone, Undecided, Verdict
from vgsim.text.verdicts import CHANGES, UNDECIDED
from vgsim.ui.why.panel import WhyPanel

OPEN = Undecided("The data have the wrong scale", "the input")
VERDICT = Verdict("healthy", "Healthy", ("It is fine.",), (), 0.9, Tone.GOOD, undecided=(OPEN,))


@pytest.fixture
def faded(vgsim, tmp_path, qtbot):
    """The window with a recording that fades, once it is judged."""
    path = tmp_path / "run.vgrun"
    written(path, chain(8, 0.2, "Sigmoid", weights=0.1))
    vgsim.open_path(str(path))
    qtbot.waitUntil(lambda: vgsim.session.state.recording is not None)
    qtbot.waitUntil(lambda: verdict_of(vgsim) is not None and bool(verdict_of(vgsim).undecided))
    return vgsim


def verdict_of(vgsim):
    return vgsim.session.state.verdict


def test_the_shown_step_is_judged(faded):
    assert verdict_of(faded).outcome == "vanishing_capped"
    assert verdict_of(faded).step == 2
    why = faded.window.workspace.why
    assert "act1 receives 1 part in" in why.box.text.text()
    assert why._helps_title.text() == CHANGES


def test_going_to_another_step_judges_that(faded, qtbot):
    faded.session.seek(0, 3)
    qtbot.waitUntil(lambda: verdict_of(faded).step == 0)


@pytest.fixture
def panel(styled, qtbot):
    made = WhyPanel()
    made.resize(320, 600)
    made.show()
    qtbot.addWidget(made)
    made.set_verdict(VERDICT)
    return made


def test_what_is_undecided_is_folded_and_opens(panel, qtbot):
    assert panel.open_title.text() == f"{UNDECIDED} (1)"
    assert not panel.open_text.isVisible()
    qtbot.mouseClick(panel.open_title, Qt.MouseButton.LeftButton)
    assert panel.open_text.isVisible()
    assert "it needs the input" in panel.open_text.text()


def test_where_all_is_decided_there_is_no_heading(panel):
    panel.set_verdict(Verdict("healthy", "Healthy", ("Fine.",), (), 0.9, Tone.GOOD))
    assert not panel.open_title.isVisible()
    assert not panel.open_text.isVisible()
