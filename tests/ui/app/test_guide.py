"""The guide: every lesson from its first page to its last, in the real window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from vgsim.lessons import shelf
from vgsim.lessons.answers import Answer, is_right, truth_of
from vgsim.lessons.facts import Engine, Facts
from vgsim.lessons.lesson import ChoiceQuestion, CurveQuestion, LessonFigure, NumberQuestion
from vgsim.lessons.progress import from_text
from vgsim.lessons.quoting import PENDING
from vgsim.lessons.template import write_template
from vgsim.text.pointed import Pointed
from vgsim.ui.export_dialog import ExportDialog
from vgsim.ui.guide.figures.kinds import FIGURES
from vgsim.ui.guide.panel import PREDICT_FIRST
from vgsim.ui.guide.question import number_in

ENGINE = Engine()
"""Shared, so that a lesson's trainings run once for all walks."""


@pytest.fixture
def guided(vgsim, qtbot):
    """The application with the guide open at the first lesson."""
    vgsim.guiding.begin()
    qtbot.waitUntil(lambda: vgsim.guiding._truth is not None or _settled(vgsim))
    return vgsim


def _settled(app):
    """Whether all values of the page are there."""
    page = app.window.workspace.guide.page
    return page is not None and all(PENDING not in text.plain() for text in page.texts)


def _known(app, asked):
    """Whether all values of the page are there, and the true answer if something is asked."""
    return app.guiding.values.complete and (app.guiding._truth is not None or not asked)


def _text(app):
    return " ".join(text.plain() for text in app.window.workspace.guide.page.texts)


def _give(app, answer):
    """Answer as one would: by the widgets of the question, and the button."""
    guide = app.window.workspace.guide
    box = guide.page.question
    if answer.choice is not None:
        box.rows[answer.choice].chosen.emit()
    elif answer.number is not None:
        box.field.setText(repr(answer.number))
    else:
        box.set_curve(answer.curve)
    assert guide.action.isEnabled()
    guide.action.click()


def _answers(question, facts):
    """A right answer and a wrong one."""
    truth = truth_of(question, facts)
    if isinstance(question, ChoiceQuestion):
        right = truth.choices.index(True)
        wrong = truth.choices.index(False)
        return Answer(choice=right), Answer(choice=wrong)
    if isinstance(question, NumberQuestion):
        return Answer(number=truth.number), Answer(number=truth.number * 1e3 + 1e3)
    return Answer(curve=truth.curve), Answer(curve=tuple(1e9 for _ in truth.curve))


@pytest.mark.slow
@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
@pytest.mark.parametrize("name", shelf.names())
def test_every_lesson_is_walked_from_its_first_page_to_its_last(vgsim, qtbot, name, right):
    app = vgsim
    app.guiding.values.engine = ENGINE
    app.open_lesson(name)
    guide = app.window.workspace.guide
    lesson = app.guiding.lesson
    for number, page in enumerate(lesson.pages):
        assert app.guiding.page is page
        asked = page.question is not None
        qtbot.waitUntil(lambda asked=asked: _known(app, asked), timeout=60_000)
        assert "{{" not in _text(app)
        spec = page.scene.spec
        if spec is not None:
            qtbot.waitUntil(lambda spec=spec: app.session.frame.spec == spec, timeout=60_000)
        if page.question is not None:
            facts = Facts(ENGINE, page.scene, app.session.state.wanted, None, page.action)
            good, bad = _answers(page.question, facts)
            _give(app, good if right else bad)
            if not app.guiding._answer.shown:
                assert not guide.page.question.explain.isVisible()
                guide.reveal.click()
            assert app.guiding._answer.right is right
            assert guide.page.question.explain.isVisible()
        if number + 1 < len(lesson.pages):
            guide.next.click()
    assert app.guiding.progress[name].done(len(lesson.pages))


def test_the_first_start_opens_the_first_lesson(guided):
    assert guided.guiding.lesson.name == shelf.names()[0]
    assert guided.window.workspace.guide.isVisible()


def test_the_page_has_the_one_filled_button(guided):
    assert not guided.window.transport.buttons["step"].property("primary")
    assert guided.window.workspace.guide.action.property("primary")
    guided.toggle_guide()
    assert guided.window.transport.buttons["step"].property("primary")


def _open(app, qtbot, name, kind):
    """The first page of a lesson with a question of that kind."""
    app.guiding.values.engine = ENGINE
    app.open_lesson(name)
    pages = app.guiding.lesson.pages
    number = next(at for at, page in enumerate(pages) if isinstance(page.question, kind))
    app.guiding.turn_to(number)
    qtbot.waitUntil(lambda: app.guiding._truth is not None, timeout=60_000)
    return number


def test_the_answer_is_hidden_until_the_window_shows_it(vgsim, qtbot):
    _open(vgsim, qtbot, "the-signal-that-fades", ChoiceQuestion)
    page = vgsim.guiding.page
    assert page.action.do == "step"  # "Measure the loss"
    qtbot.waitUntil(lambda: str(vgsim.session.frame.moment) == page.scene.moment)
    _give(vgsim, Answer(choice=0))
    box = vgsim.window.workspace.guide.page.question
    assert not box.explain.isVisible()
    vgsim.window.workspace.guide.action.click()
    qtbot.waitUntil(lambda: vgsim.guiding._answer.shown)
    assert box.explain.isVisible()


def test_progress_and_answers_are_kept_and_can_be_cleared(vgsim, qtbot):
    number = _open(vgsim, qtbot, "the-signal-that-fades", ChoiceQuestion)
    _give(vgsim, Answer(choice=1))
    kept = from_text(vgsim._settings.text("lessons", ""))["the-signal-that-fades"]
    assert kept.page == number
    assert kept.answers[number].choice == 1
    vgsim.guiding.clear_lesson()
    assert not vgsim.guiding.progress["the-signal-that-fades"].answers
    vgsim.guiding.clear_progress()
    assert vgsim.guiding.progress["the-signal-that-fades"].seen == {number}


def _scroll_down(guide, qtbot):
    """To the end of the page, once it has its height."""
    bar = guide.reader.verticalScrollBar()

    def at_the_end():
        bar.setValue(bar.maximum())
        return guide.action.text() == PREDICT_FIRST

    qtbot.waitUntil(at_the_end)


def test_a_number_is_answered_by_typing_it(vgsim, qtbot):
    _open(vgsim, qtbot, "the-signal-that-fades", NumberQuestion)
    guide = vgsim.window.workspace.guide
    qtbot.keyClicks(guide.page.question.field, "not a number")
    _scroll_down(guide, qtbot)  # above the question the button leads to it
    assert not guide.action.isEnabled()
    guide.page.question.field.clear()
    qtbot.keyClicks(guide.page.question.field, "4100")
    qtbot.keyClick(guide.page.question.field, Qt.Key.Key_Return)
    assert vgsim.guiding._answer.number == 4100


def test_a_hidden_panel_cannot_be_opened_until_one_has_answered(vgsim, qtbot):
    vgsim.open_lesson("the-signal-that-fades")
    pages = vgsim.guiding.lesson.pages
    number = next(at for at, page in enumerate(pages) if page.scene.hidden and page.question)
    vgsim.guiding.turn_to(number)
    space = vgsim.window.workspace
    assert space.docks["why"].isHidden()
    space.show_panel("why")
    assert space.docks["why"].isHidden()
    vgsim.guiding.answer(Answer(skipped=True))
    vgsim.guiding.show_truth()
    qtbot.waitUntil(lambda: vgsim.guiding._answer.shown)
    space.show_panel("why")
    assert not space.docks["why"].isHidden()


def test_a_changed_network_can_be_put_back(guided, qtbot):
    qtbot.waitUntil(lambda: guided.guiding._scene_set)
    guided.session.edit("network.depth", 9)
    guide = guided.window.workspace.guide
    qtbot.waitUntil(lambda: guided.session.frame.stages == 10)
    assert guide._stray.isVisible()
    guide.put_back.click()
    qtbot.waitUntil(lambda: guided.session.frame.stages == 7)
    assert not guide._stray.isVisible()


def test_training_of_a_page_stops_at_its_update(vgsim, qtbot):
    vgsim.open_lesson("the-signal-that-fades")
    pages = vgsim.guiding.lesson.pages
    number = next(at for at, it in enumerate(pages) if it.action and it.action.do == "train")
    vgsim.guiding.turn_to(number)
    qtbot.waitUntil(lambda: vgsim.session.frame.step == 0)
    vgsim.guiding.act()
    steps = pages[number].action.steps
    qtbot.waitUntil(
        lambda: vgsim.session.frame.step == steps and not vgsim.session.state.run.training,
        timeout=60_000,
    )


def test_page_keys_turn_the_pages(guided):
    guided.do("page_next")
    assert guided.guiding._mark.page == 1
    guided.do("page_back")
    assert guided.guiding._mark.page == 0


def test_a_broken_lesson_is_refused_in_a_sentence(vgsim, qtbot, tmp_path):
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "lesson.toml").write_text('title = "x"\n', "utf-8")
    with qtbot.waitSignal(vgsim.guiding.refused) as told:
        vgsim.guiding.open_lesson(str(folder))
    assert told.args[0].startswith("broken was not opened. lesson.toml")


def test_a_drawn_curve_is_judged(vgsim, qtbot):
    for name in shelf.names():
        found = [
            at
            for at, page in enumerate(shelf.shipped(name).pages)
            if isinstance(page.question, CurveQuestion)
        ]
        if found:
            break
    vgsim.guiding.values.engine = ENGINE
    vgsim.window.workspace.fill()
    vgsim.open_lesson(name)
    vgsim.guiding.turn_to(found[0])
    qtbot.waitUntil(lambda: vgsim.guiding._truth is not None, timeout=60_000)
    plot = vgsim.window.workspace.plots["gradient"]
    qtbot.waitUntil(lambda: plot.guess.asking)
    truth = vgsim.guiding._truth
    plot.guess.changed.emit(list(truth.curve))
    vgsim.window.workspace.guide.action.click()
    answer = vgsim.guiding._answer
    assert is_right(vgsim.guiding.page.question, answer, truth)
    assert not plot.guess.asking


def test_a_chosen_gradient_is_marked_in_the_plot_until_the_guide_is_closed(vgsim, qtbot):
    vgsim.guiding.values.engine = ENGINE
    vgsim.window.workspace.fill()
    vgsim.open_lesson("small-times-small")
    vgsim.guiding.turn_to(2)
    qtbot.waitUntil(lambda: vgsim.guiding._truth is not None, timeout=60_000)
    plot = vgsim.window.workspace.plots["gradient"]
    qtbot.waitUntil(lambda: plot.guess.withheld)
    _give(vgsim, Answer(choice=1))
    values = plot.guess.values
    assert np.flatnonzero(np.isfinite(values)).tolist() == [0]
    assert values[0] == pytest.approx(1.6e-6)
    vgsim.toggle_guide()
    qtbot.waitUntil(lambda: not len(plot.guess.values))
    assert not plot.guess.withheld


def test_a_paragraph_is_as_high_as_its_lines(guided, qtbot):
    page = guided.window.workspace.guide.page
    qtbot.waitUntil(lambda: page.texts[-1].width() > 100)
    for text in page.texts:
        assert text.height() >= text.heightForWidth(text.width())


def test_a_page_that_fits_has_no_scroll_bar(guided, qtbot):
    view = guided.window.workspace.guide.page
    qtbot.waitUntil(lambda: view.width() > 100)
    assert view.minimumSizeHint().height() < view.heightForWidth(view.width())


def _figure_of(app, qtbot, name, kind):
    """The first figure of that kind in a lesson, on its page."""
    app.open_lesson(name)
    for number, page in enumerate(app.guiding.lesson.pages):
        if any(isinstance(it, LessonFigure) and it.name == kind for it in page.blocks):
            app.guiding.turn_to(number)
            break
    view = app.window.workspace.guide.page
    return next(it for it in view.figures if isinstance(it, FIGURES[kind]))


def test_a_step_that_is_clicked_is_gone_to(vgsim, qtbot):
    figure = _figure_of(vgsim, qtbot, "eight-steps", "steps")
    qtbot.waitUntil(lambda: bool(figure.steps) and figure.isVisible())
    place = figure._place(1).center().toPoint()
    qtbot.mouseClick(figure, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: str(vgsim.session.frame.moment) == "loss")


def test_what_the_present_step_is_about_is_lit(vgsim, qtbot):
    figure = _figure_of(vgsim, qtbot, "eight-steps", "steps")
    qtbot.waitUntil(lambda: bool(figure.steps) and figure.isVisible())
    figure.asked.emit(figure.steps[2].action)
    qtbot.waitUntil(lambda: Pointed(stage=7) in vgsim.pointing.points)


def test_a_takeaway_is_kept_and_opens_the_export_dialog(vgsim, qtbot):
    figure = _figure_of(vgsim, qtbot, "takeaway", "composer")
    entry = figure.sentences[0]
    entry.insertPlainText("The signal fades.")
    entry.settle()
    again = _figure_of(vgsim, qtbot, "takeaway", "composer")
    assert again.sentences[0].toPlainText() == "The signal fades."
    qtbot.waitUntil(lambda: vgsim.session.frame is not None)
    again.button.click()
    dialog = vgsim.window.findChild(ExportDialog)
    assert dialog.entries()["sentences"] == ["The signal fades."]
    dialog.reject()


def test_the_score_counts_what_was_answered(vgsim, qtbot):
    number = _open(vgsim, qtbot, "not-always-vanishing", ChoiceQuestion)
    right, _ = _answers(vgsim.guiding.page.question, Facts(ENGINE, vgsim.guiding.page.scene, None))
    _give(vgsim, right)
    qtbot.waitUntil(lambda: vgsim.guiding._answer.shown)
    figure = _figure_of(vgsim, qtbot, "not-always-vanishing", "score")
    assert figure.scores[number - 1].right is True
    assert {score.right for score in figure.scores[1:]} == {None}


def test_a_lesson_that_names_an_unknown_panel_is_refused(vgsim, qtbot, tmp_path):
    write_template(tmp_path / "mine")
    script = tmp_path / "mine" / "lesson.toml"
    text = script.read_text("utf-8").replace('panels = ["loss"] ', 'panels = ["lost"] ')
    script.write_text(text, "utf-8")
    with qtbot.waitSignal(vgsim.guiding.refused) as told:
        vgsim.guiding.open_lesson(str(script.parent))
    assert "page 4: scene.panels = lost: allowed is one of form" in told.args[0]


def test_the_button_leads_to_a_question_that_is_out_of_sight(vgsim, qtbot):
    vgsim.window.resize(1024, 700)
    _open(vgsim, qtbot, "the-signal-that-fades", ChoiceQuestion)
    guide = vgsim.window.workspace.guide
    qtbot.waitUntil(lambda: guide.action.text() == "To the question")
    guide.action.click()
    assert guide.action.text() == "Keep my guess"
    assert not guide.action.isEnabled()


def test_panels_that_were_hidden_come_back_behind_what_is_in_front(vgsim, qtbot):
    space = vgsim.window.workspace
    vgsim.guiding.begin()
    qtbot.waitUntil(lambda: "guide" in space.in_front())
    space.lock(["why", "form"])
    assert space.docks["why"].isHidden() and space.docks["form"].isHidden()
    space.lock(())
    assert not space.docks["why"].isHidden() and not space.docks["form"].isHidden()
    qtbot.waitUntil(lambda: "guide" in space.in_front() and "form" not in space.in_front())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.001", 1e-3), ("1e-3", 1e-3), ("2·10^-6", 2e-6), ("0,5", 0.5), ("1,000", 1000.0),
        ("1/1024", 1 / 1024), ("0.5^10", 0.5**10), ("0.25**5", 0.25**5), ("5 %", 0.05),
        ("−3", -3.0), ("nothing", None), ("1/0", None), ("J", None), ("", None),
    ],
)  # fmt: skip
def test_numbers_as_one_writes_them(text, number):
    assert number_in(text) == (None if number is None else pytest.approx(number))


def test_a_number_that_is_none_says_what_is_allowed(vgsim, qtbot):
    _open(vgsim, qtbot, "the-signal-that-fades", NumberQuestion)
    box = vgsim.window.workspace.guide.page.question
    qtbot.keyClicks(box.field, "much")
    assert box.hint.isVisible()
    assert "1/1000" in box.hint.text()


def test_next_is_the_filled_button_once_the_page_is_done(vgsim, qtbot):
    _open(vgsim, qtbot, "the-signal-that-fades", ChoiceQuestion)
    guide = vgsim.window.workspace.guide
    scene = vgsim.guiding.page.scene
    qtbot.waitUntil(lambda: str(vgsim.session.frame.moment) == scene.moment)
    _give(vgsim, Answer(choice=1))
    assert guide.action.property("primary")
    guide.action.click()
    qtbot.waitUntil(lambda: bool(guide.next.property("primary")))
    assert not guide.action.property("primary")


def test_a_page_for_one_hop_is_done_after_it(vgsim, qtbot):
    vgsim.open_lesson("the-signal-that-fades")
    guide = vgsim.window.workspace.guide
    vgsim.guiding.turn_to(3)
    qtbot.waitUntil(lambda: str(vgsim.session.frame.moment) == "loss")
    guide.action.click()
    qtbot.waitUntil(lambda: bool(guide.next.property("primary")))
    assert str(vgsim.session.frame.moment) == "backward:7"


def test_a_card_of_the_gallery_opens_alone(vgsim, qtbot):
    vgsim.session.compare(vgsim.session.spec.replace({"network.activation": "relu"}))
    qtbot.waitUntil(lambda: vgsim.session.state.other is not None)
    vgsim.open_card("relu-he")
    qtbot.waitUntil(lambda: vgsim.session.state.other is None)


def test_an_answer_that_is_wanted_early_is_shown_once_it_is_known(vgsim, qtbot):
    _open(vgsim, qtbot, "the-signal-that-fades", ChoiceQuestion)
    truth, vgsim.guiding._truth = vgsim.guiding._truth, None
    vgsim.guiding.answer(Answer(choice=0))
    vgsim.guiding.show_truth()
    assert not vgsim.guiding._answer.shown  # the window does not wait for it
    vgsim.guiding.values.settled.emit(truth)
    assert vgsim.guiding._answer.shown
