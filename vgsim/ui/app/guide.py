"""The lesson that is open: its scenes, its values, what is answered, and how far one has come."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from vgsim.core.errors import SpecError, shorten
from vgsim.export.sources import Source
from vgsim.lessons import shelf
from vgsim.lessons.answers import Answer, Truth, known_now
from vgsim.lessons.facts import Facts
from vgsim.lessons.lesson import (
    Lesson,
    LessonLink,
    LessonPage,
    LessonScene,
    PageAction,
    Target,
)
from vgsim.lessons.progress import LessonProgress, from_text, to_text
from vgsim.measure.frame import Frame
from vgsim.nn.moments import Phase
from vgsim.nn.presets import preset_of
from vgsim.nn.spec import Spec
from vgsim.text.moments import jump_to, place_of, resolve
from vgsim.text.pointed import Pointed
from vgsim.ui.app.opening import Returning
from vgsim.ui.app.page_guess import PageGuess
from vgsim.ui.app.page_values import PageValues
from vgsim.ui.app.session import Session
from vgsim.ui.app.settings import Settings
from vgsim.ui.app.state import State
from vgsim.ui.guide.model.score import PageScore
from vgsim.ui.window.lesson_names import load_known
from vgsim.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from vgsim.ui.guide.panel import GuidePanel

PROGRESS, OPEN, NOTES = "lessons", "lesson", "notes"
"""What progress, the lesson that is open, and what one wrote are called in the settings."""


class Guiding(QObject):
    """The guide of one window.

    ``do`` does a command by its name. ``held`` tells the points that the page frames,
    ``symbol_asked`` and ``symbol_rested`` the symbol that was clicked, or is under the mouse (or
    ""). ``refused`` (sentence, details) comes when a lesson cannot be read.
    """

    held = Signal(object)
    symbol_asked = Signal(str)
    symbol_rested = Signal(str)
    pointed = Signal(object)
    """What a figure points at."""
    export_asked = Signal(object)
    """Entries that the Export dialog is to open with."""
    refused = Signal(str, str)
    progressed = Signal()
    """Something was read or answered."""

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        settings: Settings,
        returning: Returning,
        do: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._settings = settings
        self._returning = returning
        self._do = do
        self.progress: dict[str, LessonProgress] = from_text(settings.text(PROGRESS, ""))
        self.lesson: Lesson | None = None
        self._where = settings.text(OPEN, "")
        self._panel: GuidePanel | None = None
        self.values = PageValues(self)
        self._guess = PageGuess(window.workspace, self)
        self._truth: Truth | None = None
        self._truth_wanted = False
        self._acting = False
        self._scene_set = False
        window.workspace.guide_made.connect(self._take_panel)
        window.workspace.docks["guide"].visibilityChanged.connect(self._see)
        session.changed.connect(self._follow)
        self.values.written.connect(self._show_values)
        self.values.settled.connect(self._settle)
        self._guess.drawn.connect(self._take_drawing)

    @property
    def page(self) -> LessonPage | None:
        """The page that is open."""
        if self.lesson is None:
            return None
        return self.lesson.pages[self._mark.page]

    @property
    def _mark(self) -> LessonProgress:
        assert self.lesson is not None  # there is a lesson where there is a mark
        return self.progress.get(self.lesson.name, LessonProgress())

    def begin(self) -> None:
        """Open the guide as it was left; at the first start of all with the first lesson."""
        self._window.workspace.open_guide()
        if self.lesson is None:
            names = shelf.names()
            if names:
                self.open_lesson(self._where or names[0])

    @Slot()
    def _take_panel(self) -> None:
        """The guide is there: hear what is asked of it."""
        panel = self._window.workspace.guide
        assert panel is not None  # it has just been made
        self._panel = panel
        panel.set_lessons(shelf.titles())
        panel.page_asked.connect(self.turn_to)
        panel.lesson_asked.connect(self.open_lesson)
        panel.action_asked.connect(self.act)
        panel.answer_given.connect(self.answer)
        panel.answer_wanted.connect(self.show_truth)
        panel.put_back_asked.connect(self.set_scene)
        panel.page_cleared.connect(self.clear_page)
        panel.lesson_cleared.connect(self.clear_lesson)
        panel.link_asked.connect(self.follow_link)
        panel.link_rested.connect(self._rest_on)
        panel.pointed.connect(self.pointed)
        panel.figure_asked.connect(self._begin)
        panel.export_asked.connect(self.export_asked)
        panel.noted.connect(self._keep_note)
        if self.lesson is None and self._where:
            self._resume()

    @Slot()
    def _see(self) -> None:
        """While a lesson is open the one filled button is on its page."""
        hidden = self._window.workspace.docks["guide"].isHidden()
        self._window.transport.set_guided(self.lesson is not None and not hidden)
        self._show_guess()

    def _resume(self) -> None:
        """The page that one was on in an earlier run of the program, with the network as it is."""
        try:
            self.lesson = load_known(self._where)
        except (SpecError, OSError):
            return
        self._show_lesson()

    @Slot(str)
    def open_lesson(self, name_or_path: str) -> None:
        """Open a lesson where one left it, shipped or in a folder or zip; ``refused`` if broken."""
        try:
            lesson = load_known(name_or_path)
        except SpecError as error:
            name = shorten(Path(name_or_path).name or name_or_path)
            self.refused.emit(
                f"{name} was not opened. {error}", "\n".join(map(str, error.problems))
            )
            return
        self.lesson = lesson
        self._where = name_or_path
        self._settings.set_text(OPEN, name_or_path)
        panel = self._window.workspace.open_guide()
        self._panel = panel
        if self._mark.page >= len(lesson.pages) or self._mark.done(len(lesson.pages)):
            self._keep(replace(self._mark, page=0))
        self._show_lesson()
        self.set_scene()

    def _show_lesson(self) -> None:
        """Show the lesson at its mark."""
        lesson = self.lesson
        if lesson is None or self._panel is None:
            return
        numbers = [each.name for each in shelf.titles()]
        place = "A lesson of your own"
        if lesson.name in numbers:
            place = f"Lesson {numbers.index(lesson.name) + 1} of {len(numbers)}"
        self._panel.show_lesson(lesson, place)
        self._see()
        self._show_page()

    @Slot(int)
    def turn_to(self, number: int) -> None:
        """Another page of the lesson, with its scene."""
        if self.lesson is not None and 0 <= number < len(self.lesson.pages):
            self._keep(replace(self._mark, page=number))
            self._show_page()
            self.set_scene()

    def _show_page(self) -> None:
        page = self.page
        panel = self._panel
        if page is None or panel is None:
            return
        self._acting = False
        self._scene_set = False
        self._keep(self._mark.at(self._mark.page))
        self._truth = None
        self._truth_wanted = False
        self._guess.forget()
        panel.set_busy("")
        panel.set_done(False)
        panel.show_page(self._mark.page, self._mark)
        panel.show_answer(self._answer, None)
        self._show_figures()
        if panel.page is not None:
            self.values.compute(page, self._session.state.wanted, panel.page.quoted())
        self.held.emit(page.points)
        self._show_guess()

    def _show_figures(self) -> None:
        """What the figures of the page show of the lesson: what was written, what was right."""
        if self.lesson is None or self._panel is None or self._panel.page is None:
            return
        view = self._panel.page
        view.set_note(self._settings.text(f"{NOTES}/{self.lesson.name}", ""))
        scores = []
        for at, page in enumerate(self.lesson.pages):
            answer = self._mark.answers.get(at)
            right: bool | None = None
            if answer is not None and answer.shown:
                right = answer.right
            if page.question is not None:
                scores.append(PageScore(page.title, right))
        view.set_scores(tuple(scores))

    @Slot(object)
    def show_points(self, points: tuple[Pointed, ...]) -> None:
        """Light what is pointed at in the figures of the page."""
        if self._panel is not None and self._panel.page is not None:
            self._panel.page.set_pointed(points)

    @Slot(str)
    def _keep_note(self, text: str) -> None:
        """Remember what one has written in this lesson."""
        if self.lesson is not None:
            self._settings.set_text(f"{NOTES}/{self.lesson.name}", text)

    @property
    def _answer(self) -> Answer | None:
        return self._mark.answers.get(self._mark.page)

    @Slot()
    def set_scene(self) -> None:
        """What the page wants the window to show."""
        page = self.page
        if page is None:
            return
        scene = page.scene
        self._acting = False
        self._scene_set = True
        space = self._window.workspace
        space.lock(scene.hidden if self._hides(page) else ())
        for name in reversed(scene.panels):  # where two share tabs, the first lies on top
            space.show_panel(name)
        if scene.panels and self._panel is not None:
            space.show_panel("guide")  # a panel of the form's side would lie over it
        if scene.spec is not None:
            self._go_to(scene, scene.spec)
        if self._panel is not None:
            self._panel.show_stray(False)

    def _hides(self, page: LessonPage) -> bool:
        """Whether what the page hides is hidden still."""
        answer = self._answer
        return page.question is None or answer is None or not answer.shown

    def _go_to(self, scene: LessonScene, spec: Spec) -> None:
        """Bring the experiment of a scene to its moment."""
        state = self._session.state
        if state.wanted != spec or state.frame is None or state.frame.spec != spec:
            if scene.other is None and state.other is not None:
                self._session.compare(None)
            self._window.form.set_current_preset(preset_of(spec))
            source = Source(spec, scene.steps, scene.moment, other_run=scene.other)
            self._returning.open(source, quietly=True)
            return
        if state.other != scene.other:
            self._session.compare(scene.other)
        with suppress(SpecError):  # a moment that this network has not: reading checks it
            self._session.seek(*resolve(jump_to(scene.moment), state.frame.stages, scene.steps))

    def _keep(self, mark: LessonProgress) -> None:
        """Remember how far one has come."""
        assert self.lesson is not None  # it is this one's mark
        if self.progress.get(self.lesson.name) != mark:
            self.progress[self.lesson.name] = mark
            self._settings.set_text(PROGRESS, to_text(self.progress))
            self.progressed.emit()

    # values

    def close(self) -> None:
        """End what is still computed."""
        self.values.close()

    @Slot()
    def _show_values(self) -> None:
        """Write the values, those that follow the window as they are now."""
        page = self.page
        panel = self._panel
        if page is None or panel is None or panel.page is None:
            return
        wanted = self._session.state.wanted
        live = self.values.live(page, wanted, self._session.frame, panel.page.quoted())
        panel.set_values({**self.values.known, **live})

    @Slot(object)
    def _settle(self, truth: Truth) -> None:
        """The true answer of this page is known; it is shown only where it is to be."""
        self._truth = truth
        answer = self._answer
        if answer is not None and self._panel is not None:
            self._panel.show_answer(answer, truth)
        if self._truth_wanted:
            self.show_truth()

    # answers

    @Slot(object)
    def answer(self, answer: Answer) -> None:
        """Keep a prediction; the true answer is shown once the window shows it."""
        page = self.page
        if page is None or self._panel is None:
            return
        self._keep(self._mark.answered(self._mark.page, answer))
        self._panel.show_answer(answer, None)
        self._window.workspace.network.setFocus()  # else Qt gives it to the next button
        self._show_guess()
        if page.action is None:
            self.show_truth()

    @Slot()
    def show_truth(self) -> None:
        """Show the true answer, and whether the given one is right."""
        page = self.page
        answer = self._answer
        if page is None or page.question is None or answer is None or self._panel is None:
            return
        self._truth_wanted = self._truth is None
        if self._truth is None:  # it is computed still, and comes by _settle
            return
        judged = answer.judged(self._truth, page.question)
        self._keep(self._mark.answered(self._mark.page, judged))
        self._panel.show_answer(judged, self._truth)
        self._window.workspace.lock(())
        self._show_figures()
        self._show_guess()

    @Slot()
    def clear_page(self) -> None:
        """Forget the answer of this page and set its scene anew."""
        if self.lesson is not None:
            self._keep(self._mark.answered(self._mark.page, None))
            self._show_page()
            self.set_scene()

    @Slot()
    def clear_lesson(self) -> None:
        """Forget all answers of this lesson, and how far one has come in it."""
        if self.lesson is not None:
            self._keep(LessonProgress(self._mark.page))
            self._show_page()
            self.set_scene()

    @Slot()
    def clear_progress(self) -> None:
        """Forget all answers, and how far one has come, in all lessons."""
        page = None if self.lesson is None else self._mark.page
        self.progress.clear()
        if self.lesson is not None and page is not None:
            self.progress[self.lesson.name] = LessonProgress(page)
        self._settings.set_text(PROGRESS, to_text(self.progress))
        self.progressed.emit()
        if self.lesson is not None:
            self._show_page()
            self.set_scene()
        self._window.tell("Progress and answers of all lessons are cleared")

    # the action

    @Slot()
    def act(self) -> None:
        """What the button of the page does; while that goes on, it ends it."""
        page = self.page
        if page is None or page.action is None:
            return
        run = self._session.state.run
        if self._acting and (run.training or run.playing):
            self._do("train" if run.training else "play")
            return
        self._acting = True
        self._begin(page.action)

    @Slot(object)
    def _begin(self, action: PageAction) -> None:
        frame = self._session.frame
        if action.do == "train" and action.steps is not None:
            page = self.page
            if frame is not None and page is not None and place_of(frame)[0] >= action.steps:
                self._session.seek(page.scene.steps, 0)
            self._session.train_until(action.steps)
        elif action.do == "goto":
            if frame is not None:
                with suppress(SpecError):
                    place = resolve(jump_to(action.moment), frame.stages, *place_of(frame))
                    self._session.seek(*place)
        else:
            self._do(action.do)

    def _has_ended(self, action: PageAction, now: State, frame: Frame) -> bool:
        """Whether the action has done what it is for."""
        if now.run.training or now.run.playing:
            return False
        if action.do == "train":
            return frame.step >= (action.steps or 0)
        if action.do == "goto":
            return str(frame.moment) == action.moment
        if action.do == "play":
            return frame.moment.phase is Phase.UPDATE
        return True

    @Slot(object, object)
    def _follow(self, before: State, now: State) -> None:
        page = self.page
        if page is None or self._panel is None:
            return
        if now.run is not before.run and page.action is not None:
            busy = self._acting and (now.run.training or now.run.playing)
            self._panel.set_busy("Stop" if busy and now.run.training else "Pause" * busy)
        frame = now.frame
        if frame is None or (frame is before.frame and now.run is before.run):
            return
        if not now.run.training:
            self._show_values()
        self._notice(page, now, frame)
        self._panel.set_done(self._is_done(page, now, frame))
        self._show_guess()
        if page.scene.spec is not None and self._scene_set:
            self._panel.show_stray(now.wanted != page.scene.spec)

    def _is_done(self, page: LessonPage, now: State, frame: Frame) -> bool:
        """Whether nothing is left to do on the page; a page of hops takes them down to stage 1."""
        if not self._acting or page.action is None or not self._has_ended(page.action, now, frame):
            return False
        if page.action.do != "step":
            return True
        if str(frame.moment) == page.scene.moment:
            return False  # the step has not come yet
        between_hops = frame.moment.phase is Phase.BACKWARD and frame.moment.stage > 1
        return not (between_hops and page.scene.moment.startswith("backward"))

    def _notice(self, page: LessonPage, now: State, frame: Frame) -> None:
        """The true answer is shown when the window shows what was asked for."""
        answer = self._answer
        question = page.question
        action = page.action
        if not self._acting or action is None or question is None:
            return
        if answer is None or answer.shown or not self._has_ended(action, now, frame):
            return
        facts = Facts(self.values.engine, page.scene, now.wanted, frame, page.action)
        if action.do in ("train", "goto") or known_now(question, facts):
            self.show_truth()

    # links and guesses

    @Slot(object)
    def follow_link(self, link: LessonLink) -> None:
        """Go where a link leads."""
        if link.target is Target.PANEL:
            self._window.workspace.show_panel(link.name)
        elif link.target is Target.LESSON:
            self.open_lesson(link.name)
        elif link.target is Target.COMMAND:
            self._do(link.name)
        else:
            self.symbol_asked.emit(link.name)

    @Slot(object)
    def _rest_on(self, link: LessonLink | None) -> None:
        symbol = link is not None and link.target is Target.SYMBOL
        self.symbol_rested.emit(link.name if link is not None and symbol else "")

    @Slot()
    def _show_guess(self) -> None:
        """Let one draw what one expects, or show it, in the plot that the question is about."""
        page = self.page
        frame = self._session.frame
        if page is not None and frame is not None:
            self._guess.show(page, frame.stages, self._answer, self.values.known)

    @Slot(object)
    def _take_drawing(self, curve: tuple[float, ...]) -> None:
        """What is drawn so far."""
        view = None if self._panel is None else self._panel.page
        if view is not None and view.question is not None:
            view.question.set_curve(curve)
