"""Verdict, remedies and comparison in the whole window."""

from __future__ import annotations

import pytest

from vgsim.diagnosis.verdict import Remedy, Tone
from vgsim.text.moments import Jump, JumpKind

RELU = Remedy("ReLU", (("network.activation", "relu"), ("init.weights", "he_normal")))
WRONG = Remedy("None", (("network.activation", "no such"),))


def said(vgsim):
    """What pictures of the present frame say."""
    return vgsim.advice.verdict_of(vgsim.session.frame.spec)


@pytest.fixture
def judged(vgsim, qtbot):
    """The application once its first verdict is there."""
    qtbot.waitUntil(lambda: said(vgsim) is not None)
    return vgsim


def test_a_fresh_sigmoid_stack_is_called_vanishing(judged):
    assert said(judged).outcome == "vanishing_capped"
    assert said(judged).tone is Tone.WARNING


def test_every_remedy_is_measured(judged, qtbot):
    rows = judged.window.workspace.why.remedies
    # the first effects may have come together with the verdict, so no signal is waited for
    qtbot.waitUntil(lambda: len(said(judged).effects) == len(said(judged).remedies))
    assert len(rows) == len(said(judged).remedies) > 0


def test_what_was_measured_is_exported_with_the_verdict(judged, qtbot):
    qtbot.waitUntil(lambda: len(said(judged).effects) == len(said(judged).remedies))
    assert [effect.remedy for effect in said(judged).effects] == list(said(judged).remedies)


def test_another_experiment_is_judged_anew(judged, qtbot):
    judged.choose_preset("relu-he")
    assert said(judged) is None
    qtbot.waitUntil(lambda: said(judged) is not None)
    assert said(judged).tone is Tone.GOOD


def test_a_remedy_is_tried_beside_the_experiment(judged, qtbot):
    judged.session.jump(Jump(JumpKind.BACKWARD, 4))
    judged.window.workspace.why.try_requested.emit(RELU)
    qtbot.waitUntil(lambda: judged.session.frame.other is not None)
    other = judged.session.frame.other
    assert other.spec.network.activation == "relu" and str(other.moment) == "backward:4"
    assert judged.session.spec.network.activation == "sigmoid"
    assert judged.window.workspace.network.other_run.isVisible()
    judged.window.workspace.network.other_run.ended.emit()
    qtbot.waitUntil(lambda: judged.session.frame.other is None)
    assert not judged.window.workspace.network.other_run.isVisible()


def test_both_train_step_by_step(judged, qtbot):
    judged.advice.try_out(RELU)
    qtbot.waitUntil(lambda: judged.session.frame.other is not None)
    judged.session.toggle_train()
    qtbot.waitUntil(lambda: judged.session.frame.step > 5)
    judged.session.toggle_train()
    qtbot.waitUntil(lambda: not judged.session.state.run.training)
    judged.session.back()
    qtbot.waitUntil(lambda: str(judged.session.frame.moment) == "backward:1")
    frame = judged.session.frame
    assert frame.other.step == frame.step and frame.other.moment == frame.moment


def test_an_applied_remedy_changes_the_experiment(judged, qtbot):
    judged.window.workspace.why.apply_requested.emit(RELU)
    qtbot.waitUntil(lambda: judged.session.spec.network.activation == "relu")
    assert judged.session.spec.init.weights == "he_normal"


def test_a_remedy_that_cannot_be_is_refused_in_words(judged):
    judged.advice.apply(WRONG)
    assert "network.activation" in judged.window._hints.text()
    judged.advice.try_out(WRONG)
    assert "network.activation" in judged.window._hints.text()


def test_a_run_b_whose_data_cannot_be_read_is_refused_in_words(judged, qtbot):
    bad = judged.session.spec.replace({"data.dataset": "csv", "data.path": "/no/such.csv"})
    judged.session.compare(bad)
    qtbot.waitUntil(lambda: "Not compared" in judged.window._hints.text())
    assert judged.session.frame.other is None


def test_this_one_is_kept_as_b(judged, qtbot):
    judged.window.actions_by_name["compare"].trigger()
    qtbot.waitUntil(lambda: judged.session.frame.other is not None)
    judged.session.edit("network.depth", 3)
    qtbot.waitUntil(lambda: judged.session.frame.stages == 4)
    qtbot.waitUntil(lambda: judged.session.frame.other is not None)
    assert judged.session.frame.other.stages == 7
    assert "depth" in judged.window.workspace.network.other_run.accessibleName()


def test_evidence_leads_to_its_instrument(judged, qtbot):
    judged.window.workspace.why.evidence_clicked.emit("budget")
    qtbot.waitUntil(lambda: judged.window.workspace.docks["budget"].isVisible())


def test_a_verdict_is_not_told_of_another_network(judged, qtbot, monkeypatch):
    """Pictures made before a changed network is judged have no verdict, rather than an old one."""
    monkeypatch.setattr(judged.session._adviser, "post", lambda case: None)
    judged.advice.apply(RELU)
    qtbot.waitUntil(lambda: judged.session.frame.spec.network.activation == "relu")
    assert said(judged) is None and judged._look()[1] is None


def test_a_network_is_judged_on_after_a_refused_edit(judged, qtbot):
    judged.session.edit("data.dataset", "csv")
    qtbot.waitUntil(lambda: "data.path" in judged.session._refusal)
    before = judged.session.state.verdict
    judged.session.step()
    judged.session.seek(3, 0)
    qtbot.waitUntil(lambda: judged.session.state.verdict is not before)


def test_who_applies_what_was_tried_sees_before_and_after(judged, qtbot):
    before = judged.session.spec
    judged.advice.try_out(RELU)
    qtbot.waitUntil(lambda: judged.session.frame.other is not None)
    judged.advice.apply(RELU)
    qtbot.waitUntil(lambda: judged.session.frame.spec.network.activation == "relu")
    qtbot.waitUntil(lambda: judged.session.state.other == before)
