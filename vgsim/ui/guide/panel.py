"""The Guide: the page of a lesson that one is on, and the way through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from vgsim.lessons.answers import Answer, Truth
from vgsim.lessons.lesson import Lesson, LessonPage, PageAction, Quoted
from vgsim.lessons.progress import LessonProgress
from vgsim.measure.frame import Frame
from vgsim.text.pointed import Pointed
from vgsim.text.scale import Scale
from vgsim.ui.guide.page import PageView
from vgsim.ui.style.application import app_color, ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.buttons import PushButton, SmallButton
from vgsim.ui.widgets.card import VerticalScroll
from vgsim.ui.widgets.text import ElidedLabel, WrappedLabel, hairline

WIDTH = 424
"""Pixels that the panel has at first."""
SCROLL_ROOM = 10
SETTLED_MS = 30
"""What was just made visible has its place after this."""
SEEN_BELOW, SEEN_ABOVE = 90, 70
"""Pixels below the top of a verdict that must be in sight, and above it that then are."""
PREDICT_FIRST, TO_QUESTION = "Keep my guess", "To the question"


class PageBar(QWidget):
    """A segment for every page: seen, present, or to come."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._page = 0
        self._seen: frozenset[int] = frozenset()
        self.setFixedHeight(4)

    def show_pages(self, count: int, page: int, seen: frozenset[int]) -> None:
        """So many pages, the present one, and those that were seen."""
        self._count = count
        self._page = page
        self._seen = seen
        self.setAccessibleName(f"Page {page + 1} of {count}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """One bar a page."""
        if not self._count:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        accent = QColor(app_color(QPalette.ColorRole.Accent))
        soft = QColor(accent)
        soft.setAlphaF(0.45)
        gap = 6.0 if self._count <= 12 else 3.0
        width = (self.width() - gap * (self._count - 1)) / self._count
        for at in range(self._count):
            color = QColor(app_color(QPalette.ColorRole.Mid))
            if at == self._page:
                color = accent
            elif at in self._seen:
                color = soft
            painter.setBrush(color)
            painter.drawRoundedRect(QRectF(at * (width + gap), 0, width, 4), 2, 2)
        painter.end()


class GuidePanel(QFrame):
    """The page, with what leads on and back.

    ``page_asked`` (int) goes to a page of this lesson, ``lesson_asked`` (name) to another one,
    ``action_asked`` does what the button says, ``answer_given`` (Answer) keeps a prediction,
    ``answer_wanted`` shows the true answer, ``put_back_asked`` sets the scene of the page again,
    ``page_cleared`` and ``lesson_cleared`` forget answers. ``link_asked`` and ``link_rested``
    (LessonLink) are those of the text. Figures tell ``pointed`` (Pointed) and ``figure_asked``
    (PageAction), ``export_asked`` (entries) and ``noted`` (text).
    """

    page_asked = Signal(int)
    lesson_asked = Signal(str)
    action_asked = Signal()
    answer_given = Signal(object)
    answer_wanted = Signal()
    put_back_asked = Signal()
    page_cleared = Signal()
    lesson_cleared = Signal()
    link_asked = Signal(object)
    link_rested = Signal(object)
    pointed = Signal(object)
    figure_asked = Signal(object)
    export_asked = Signal(object)
    noted = Signal(str)
    wants_changed = Signal()

    def __init__(self, theme: Theme, scale: Scale) -> None:
        super().__init__()
        self._theme = theme
        self._scale = scale
        self._lesson: Lesson | None = None
        self._lessons: Sequence[Lesson] = ()
        self._number = 0
        self._frame: Frame | None = None
        self._answer: Answer | None = None
        self._busy = ""
        self._done = False
        self.page: PageView | None = None
        self.setProperty("card", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._make_parts()
        self._lay_out()
        self.show_nothing()

    def _make_parts(self) -> None:
        self._where = ElidedLabel("", ui_font(12))
        self._where.setProperty("role", "muted")
        self.contents = SmallButton("Contents", "Pages of this lesson, and other lessons")
        self._title = WrappedLabel("", ui_font(15, 600, tabular=False))
        self._bar = PageBar()
        self._page_title = WrappedLabel("", ui_font(13, 600, tabular=False))
        self._changed = ElidedLabel("The network is another one now.", ui_font(12, tabular=False))
        self._changed.setProperty("role", "muted")
        self.put_back = SmallButton("Put it back", "Set the network of this page again", True)
        self._holder = QWidget()
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(0, 2, SCROLL_ROOM, 0)
        self.reader = VerticalScroll(self._holder, SCROLL_ROOM)
        self.action = PushButton("", "", "")
        self.reveal = SmallButton("Show the answer", "Show the true answer now", True)
        self.back = PushButton("back", "Back", "The page before")
        self.next = PushButton("step", "Next", "The next page", icon_last=True)
        self._at = ElidedLabel("", ui_font(12))
        self._at.setProperty("role", "muted")
        self._at.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.action.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.contents.clicked.connect(self._open_contents)
        self.put_back.clicked.connect(self.put_back_asked)
        self.action.clicked.connect(self._press)
        self.reveal.clicked.connect(self.answer_wanted)
        bar = self.reader.verticalScrollBar()
        bar.valueChanged.connect(self._refresh)
        bar.rangeChanged.connect(self._refresh)
        self.back.clicked.connect(partial(self._turn, -1))
        self.next.clicked.connect(partial(self._turn, 1))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._where, 1)
        head.addWidget(self.contents)
        self._stray = QWidget()
        stray = QHBoxLayout(self._stray)
        stray.setContentsMargins(0, 0, 0, 0)
        stray.setSpacing(8)
        stray.addWidget(self._changed, 1)
        stray.addWidget(self.put_back)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.back)
        foot.addWidget(self._at, 1)
        foot.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 12, 12)
        column.setSpacing(8)
        for item in (head, self._title, self._bar, self._page_title, self._stray):
            if isinstance(item, QWidget):
                column.addWidget(item)
            else:
                column.addLayout(item)
        column.addWidget(self.reader, 1)
        column.addWidget(self.reveal, 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(self.action)
        column.addWidget(hairline())
        column.addLayout(foot)

    def set_lessons(self, lessons: Sequence[Lesson]) -> None:
        """Which lessons the menu *Contents* leads to."""
        self._lessons = lessons

    def show_nothing(self) -> None:
        """No lesson is open: say how to open one."""
        self._lesson = None
        self._set_page(None)
        self._where.setText("Lessons")
        self._title.show_text("Learn with this network")
        self._page_title.show_text("")
        self._bar.show_pages(0, 0, frozenset())
        self._at.setText("")
        self._stray.hide()
        self.reveal.hide()
        self.back.setEnabled(False)
        self.next.setEnabled(False)
        self._show_action("Choose a lesson", enabled=True)

    def show_lesson(self, lesson: Lesson, place: str) -> None:
        """Another lesson; ``place`` is "Lesson 2 of 10". :meth:`show_page` follows."""
        self._lesson = lesson
        self._where.setText(place)
        self._title.show_text(lesson.title)

    def show_page(self, number: int, progress: LessonProgress) -> None:
        """Page ``number`` of the lesson, from 0."""
        assert self._lesson is not None  # shown before its pages
        pages = self._lesson.pages
        page = pages[number]
        self._number = number
        self._answer = progress.answers.get(number)
        view = PageView(page, self._theme, self._scale)
        view.link_asked.connect(self.link_asked)
        view.link_rested.connect(self.link_rested)
        view.pointed.connect(self.pointed)
        view.action_asked.connect(self.figure_asked)
        view.export_asked.connect(self.export_asked)
        view.noted.connect(self.noted)
        view.set_frame(self._frame)
        if view.question is not None:
            view.question.changed.connect(self._refresh)
            view.question.entered.connect(self._press)
        self._set_page(view)
        self._page_title.show_text(page.title)
        self._bar.show_pages(len(pages), number, progress.seen)
        self._at.setText(f"{number + 1} of {len(pages)}")
        self.back.setEnabled(number > 0)
        self._show_next(pages, number)
        self.show_stray(False)
        self._refresh()

    def _show_next(self, pages: Sequence[LessonPage], number: int) -> None:
        last = number + 1 == len(pages)
        lesson = self._next_lesson() if last else None
        self.next.setEnabled(not last or lesson is not None)
        if lesson is not None:
            self.next.show_face("step", "Next lesson", f"Next lesson: {lesson.title}")
            self.next.setToolTip(lesson.title)
        else:
            name = "The last page" if last else f"Next: {pages[number + 1].title}"
            self.next.show_face("step", "Next", name)
            self.next.setToolTip("" if last else pages[number + 1].title)

    def _next_lesson(self) -> Lesson | None:
        names = [lesson.name for lesson in self._lessons]
        if self._lesson is None or self._lesson.name not in names[:-1]:
            return None
        return self._lessons[names.index(self._lesson.name) + 1]

    def _set_page(self, view: PageView | None) -> None:
        if self.page is not None:
            self._column.removeWidget(self.page)
            self.page.hide()
            self.page.deleteLater()
        self.page = view
        if view is not None:
            self._column.addWidget(view)
        self.reader.verticalScrollBar().setValue(0)
        self.wants_changed.emit()

    def show_answer(self, answer: Answer | None, truth: Truth | None) -> None:
        """What was answered on this page, and the true answer if it is known."""
        fresh = self._answer is not None and not self._answer.shown
        self._answer = answer
        if self.page is not None and self.page.question is not None:
            if answer is None:
                self.page.question.clear()
            self.page.question.show_answer(answer, truth)
            if fresh and answer is not None and answer.shown and truth is not None:
                QTimer.singleShot(SETTLED_MS, self, self._scroll_to_verdict)
        self._refresh()

    def _scroll_to_verdict(self) -> None:
        """Bring what came of the answer into sight, once it has its place."""
        if self.page is None or self.page.question is None:
            return
        verdict = self.page.question.verdict
        top = verdict.mapTo(self._holder, QPoint(0, 0)).y()
        bar = self.reader.verticalScrollBar()
        if top + SEEN_BELOW > bar.value() + self.reader.viewport().height():
            bar.setValue(top - SEEN_ABOVE)

    def show_stray(self, stray: bool) -> None:
        """Whether the network behind is another one than the page's."""
        self._stray.setVisible(stray)

    def set_done(self, done: bool) -> None:
        """Whether the action has done what it is for: then *Next* is the likeliest button."""
        if done is not self._done:
            self._done = done
            self._refresh()

    def set_busy(self, words: str) -> None:
        """The action is going on; empty when it is over."""
        self._busy = words
        self._refresh()

    def _refresh(self, *_: object) -> None:
        """The one filled button, and what is beside it."""
        page = self.page
        if page is None:
            return
        question = page.question
        waits = question is not None and self._answer is None
        hidden = self._answer is not None and not self._answer.shown
        self.reveal.setVisible(hidden)
        action = page.page.action
        if waits and question is not None:
            ready = question.answer() is not None
            below = not ready and self._hides_question()
            self._show_action(TO_QUESTION if below else PREDICT_FIRST, enabled=ready or below)
        elif self._busy:
            self._show_action(self._busy, enabled=True)
        elif action is not None:
            self._show_action(action.label, enabled=True)
        else:
            self.action.hide()
        over = self._done and not waits and not hidden and not self._busy
        onward = over or not self.action.isVisibleTo(self)
        self.next.set_primary(onward and self.next.isEnabled())
        self.action.set_primary(not (over and self.next.isEnabled()))

    def _hides_question(self) -> bool:
        """Whether one has to scroll to answer."""
        if self.page is None or self.page.question is None:
            return False
        bar = self.reader.verticalScrollBar()
        return bar.isEnabled() and bar.value() < bar.maximum()

    def _show_action(self, label: str, enabled: bool) -> None:
        self.action.show_face("", label, label)
        self.action.setText(label)
        self.action.setEnabled(enabled)
        self.action.set_primary(True)
        self.action.setVisible(bool(label))

    def _press(self) -> None:
        if self.page is None:
            self._open_contents()
            return
        question = self.page.question
        if question is not None and self._answer is None:
            answer = question.answer()
            if answer is not None:
                self.answer_given.emit(answer)
            else:
                bar = self.reader.verticalScrollBar()
                bar.setValue(bar.maximum())
            return
        self.action_asked.emit()

    def _turn(self, by: int) -> None:
        self.turn(by)

    def turn(self, by: int) -> None:
        """Go so many pages on, or back; from the last one to the next lesson."""
        if self._lesson is None:
            return
        to = self._number + by
        if 0 <= to < len(self._lesson.pages):
            self.page_asked.emit(to)
        elif by > 0:
            lesson = self._next_lesson()
            if lesson is not None:
                self.lesson_asked.emit(lesson.name)

    def _open_contents(self) -> None:
        """Pages, lessons, and what can be done with the answers."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._lesson is not None:
            for number, page in enumerate(self._lesson.pages):
                action = menu.addAction(f"{number + 1}  {page.title}")
                action.setCheckable(True)
                action.setChecked(number == self._number)
                action.triggered.connect(partial(self._ask_page, number))
            menu.addSeparator()
            self._add_answers(menu)
            menu.addSeparator()
            others = menu.addMenu("Lessons")
        else:
            others = menu
        for lesson in self._lessons:
            action = others.addAction(f"{lesson.number}  {lesson.title}")
            action.triggered.connect(partial(self._ask_lesson, lesson.name))
        menu.popup(self.contents.mapToGlobal(self.contents.rect().bottomLeft()))

    def _add_answers(self, menu: QMenu) -> None:
        skip = menu.addAction("Skip the question")
        waits = self.page is not None and self.page.question is not None and self._answer is None
        skip.setEnabled(waits)
        skip.triggered.connect(self._skip)
        menu.addAction("Start this page anew").triggered.connect(self.page_cleared)
        menu.addAction("Clear my answers of this lesson").triggered.connect(self.lesson_cleared)

    def _skip(self) -> None:
        self.answer_given.emit(Answer(skipped=True))
        self.answer_wanted.emit()

    def _ask_page(self, number: int) -> None:
        self.page_asked.emit(number)

    def _ask_lesson(self, name: str) -> None:
        self.lesson_asked.emit(name)

    def action_of_page(self) -> PageAction | None:
        """What the button of the page does."""
        return None if self.page is None else self.page.page.action

    def set_values(self, values: Mapping[Quoted, str]) -> None:
        """Write what stands for the values of the page."""
        if self.page is not None:
            self.page.set_values(values)

    @property
    def wants(self) -> tuple[type, ...]:
        """Measurements that the figures of the page draw."""
        if self.page is None:
            return ()
        return tuple(self.page.wants())

    def set_frame(self, frame: Frame | None) -> None:
        """Show one moment in the figures of the page."""
        self._frame = frame
        if self.page is not None:
            self.page.set_frame(frame)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self._theme = theme
        if self.page is not None:
            self.page.set_theme(theme)

    def set_pointed(self, points: tuple[Pointed, ...]) -> None:
        """Light what is pointed at."""
        if self.page is not None:
            self.page.set_pointed(points)

    def sizeHint(self) -> QSize:
        """The width of a page."""
        return QSize(WIDTH, 700)

    def minimumSizeHint(self) -> QSize:
        """The least at which a page can be read."""
        return QSize(250, 300)
