"""The window and the session, wired together."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog

from vgsim import __version__
from vgsim.core import plugins
from vgsim.core.atomic import text_file
from vgsim.core.errors import SpecError
from vgsim.core.fields import Value
from vgsim.diagnosis.verdict import Verdict
from vgsim.export.sources import Source, is_data
from vgsim.lessons import shelf
from vgsim.lessons.reading import is_lesson
from vgsim.measure.frame import Frame
from vgsim.measure.source import Goal, RecordingFile
from vgsim.nn.plain import plain_of
from vgsim.nn.presets import (
    FIRST,
    load_preset,
    preset_cards,
    preset_choices,
    preset_of,
)
from vgsim.nn.spec import Spec, dumps
from vgsim.text.moments import Jump, JumpKind
from vgsim.text.pointed import Pointed
from vgsim.text.scale import Scale
from vgsim.ui.app.advice import Advice
from vgsim.ui.app.animations import Animations
from vgsim.ui.app.clipboard import Clipboard
from vgsim.ui.app.comparing import Comparing
from vgsim.ui.app.exploring import Exploring
from vgsim.ui.app.guide import Guiding
from vgsim.ui.app.map_exhibit import MapExhibit
from vgsim.ui.app.maps import Maps
from vgsim.ui.app.modeling import RecordingModels
from vgsim.ui.app.open_data import ChoicesOfFiles, OpeningData
from vgsim.ui.app.opening import DataQuestions, Opening, Returning
from vgsim.ui.app.pictures import Pictures
from vgsim.ui.app.pointing import Pointing
from vgsim.ui.app.presenting import Presenting
from vgsim.ui.app.recordings import Recordings
from vgsim.ui.app.session import Session
from vgsim.ui.app.settings import Settings, Unexpected, keep_log, log_file
from vgsim.ui.app.starting import Starting
from vgsim.ui.app.state import State
from vgsim.ui.app.symbol_guide import SymbolGuide
from vgsim.ui.app.window_picture import offer_window
from vgsim.ui.start.model.filters import groups
from vgsim.ui.start.model.recent import RecentKind
from vgsim.ui.style.application import apply_theme, system_theme_name
from vgsim.ui.style.icons import app_icon
from vgsim.ui.style.theme import Theme, load_theme, theme_names
from vgsim.ui.widgets.text import tool_tip
from vgsim.ui.window.actions import ControlKeys
from vgsim.ui.window.dialogs import (
    ask_lesson,
    ask_open,
    ask_save,
    show_about,
    show_failure,
    show_keys,
    show_unsaved,
)
from vgsim.ui.window.docks import is_behind
from vgsim.ui.window.main_window import MainWindow

SWITCH_INTERVAL = 0.0005
"""Seconds after which a thread gives up the interpreter: keeps the window smooth while training."""
FILL_MS, PLOTS_MS = 40, 600
"""The plots are made this long after the first frame, or after the window is shown without one."""
GARBAGE_MS = 5000
"""Cycles are collected in the window's thread alone: Qt objects must not die in the worker."""
SETTLED_MS = 3000
"""What is there this long after the start stays: looking through it took 70 ms each time."""


class Application(QObject):
    """One window with its session; everything the user asks for ends here.

    ``closed`` comes when the window is gone and all that it had going on has ended.
    """

    closed = Signal()

    def __init__(self, goal: Goal, settings: Settings | None = None) -> None:
        super().__init__()
        offer_window()
        self._settings = settings or Settings()
        self._settings.when_refused = self._tell
        self._scale = Scale()
        self._theme = self._wanted_theme()
        if isinstance(goal, RecordingFile):
            self._preset = FIRST
        else:
            self._preset = preset_of(goal)
        app = QApplication.instance()
        assert isinstance(app, QApplication)  # open_window made it
        self._app = app
        apply_theme(app, self._theme)
        if app.primaryScreen():
            ratio = app.primaryScreen().devicePixelRatio()
        else:
            ratio = 1.0
        self.window = MainWindow(self._theme, self._scale, ratio)
        self.window.setWindowIcon(app_icon(self._theme))
        self.session = Session(goal, self)
        self.returning = Returning(self.session, self.window.tell)
        self.guiding = Guiding(self.window, self.session, self._settings, self.returning, self.do)
        self.opening = Opening(self.window)
        self.opening_data = OpeningData(
            self.window, self.session, self._own_theme, ChoicesOfFiles(self._settings)
        )
        self.questions = DataQuestions(self.window, self.window.tell)
        self.exploring = Exploring(self.window, self.session)
        self.advice = Advice(self.window, self.session)
        self.comparing = Comparing(self.window, self.session)
        self.recordings = Recordings(self.window, self.session)
        self.models = RecordingModels(self.window, self.session)
        self.pictures = Pictures(
            self.window, self.session, self.exploring, self._settings, self._look
        )
        self.clipboard = Clipboard(
            self.window, lambda: self.pictures.exhibit, self.pictures.last_picture
        )
        self.presenting = Presenting(
            self.window, self.session, self.exploring, self._settings, lambda: self._theme
        )
        self.pointing = Pointing(self.window, self.session)
        self.symbols = SymbolGuide(self.window, self.session, self.pointing, self._own_theme)
        self.animations = Animations(self.window, self.session, self._own_theme)
        self.starting = Starting(
            self.window, self._settings, self._own_theme, lambda: self.guiding.progress
        )
        self.maps = Maps(self.window, self.session, self._own_theme)
        self.map_exhibit = MapExhibit(self._look, self)
        self._path = ""
        self._connect()
        ControlKeys(app, self)
        self._offer_other_runs()
        self.window.menus["Lessons"].aboutToShow.connect(self._offer_lessons)
        self._tick_theme()
        self._garbage = QTimer(self, interval=GARBAGE_MS)
        self._garbage.timeout.connect(self._collect)
        self._restore()

    def _connect(self) -> None:
        window = self.window
        session = self.session
        form = window.form
        window.transport.asked.connect(self.do)
        window.transport.speed_changed.connect(session.set_speed)
        form.edited.connect(session.edit)
        form.preset_chosen.connect(self.choose_preset)
        form.gallery_asked.connect(self.starting.show)
        window.workspace.asked.connect(self._ask_panel)
        window.workspace.commanded.connect(self.do)
        window.file_dropped.connect(self.open_path)
        self.pictures.copy_requested.connect(self.clipboard.copy_picture)
        self.pictures.animation_requested.connect(self.animations.begin)
        self.opening.found.connect(self.begin)
        self.opening.refused.connect(self.show_failure)
        self._connect_start()
        self.guiding.refused.connect(self.show_failure)
        self.guiding.export_asked.connect(self.pictures.export_with)
        self.guiding.held.connect(self.pointing.hold)
        self.guiding.pointed.connect(self._point_figure)
        self.pointing.changed.connect(self.guiding.show_points)
        self.guiding.symbol_rested.connect(self._point_at)
        self.guiding.symbol_asked.connect(self.pointing.asked)
        self.maps.opened.connect(self.open_cell)
        self.maps.failed.connect(self.show_failure)
        self.maps.changed.connect(self._follow_map)
        self.maps.kept.connect(partial(self.starting.remember, RecentKind.FILE))
        window.closing.connect(self.close)
        session.changed.connect(self._follow)
        session.told.connect(window.tell)
        session.failed.connect(self.show_failure)
        for name, verb in self._verbs().items():
            window.actions_by_name[name].triggered.connect(partial(_call, verb))
        self._app.styleHints().colorSchemeChanged.connect(self._system_changed)

    def _connect_start(self) -> None:
        starting = self.starting
        starting.lesson_chosen.connect(self.open_lesson)
        starting.preset_chosen.connect(self.open_card)
        starting.compare_chosen.connect(self.compare_with_plain)
        starting.file_chosen.connect(self.open_path)
        starting.data_chosen.connect(self.opening_data.open)
        starting.data_asked.connect(self.opening_data.ask)
        self.opening_data.chosen.connect(self.use_data)
        starting.open_asked.connect(self.open_file)
        starting.theme_asked.connect(self.toggle_theme)
        self.guiding.progressed.connect(starting.refresh)

    @Slot()
    def _offer_lessons(self) -> None:
        """Every shipped lesson in the menu, above what one may do with lessons."""
        menu = self.window.menus["Lessons"]
        menu.aboutToShow.disconnect(self._offer_lessons)  # once
        first = menu.actions()[0]
        for lesson in shelf.titles():
            action = QAction(f"{lesson.number}  {lesson.title}", menu)
            action.setToolTip(tool_tip(lesson.about))
            action.triggered.connect(partial(self.open_lesson, lesson.name))
            menu.insertAction(first, action)
        menu.insertSeparator(first)

    def open_lesson(self, name: str, checked: bool = False) -> None:
        """Open a lesson, shipped or in a folder or zip, in the guide."""
        self._to_network()
        self.guiding.open_lesson(name)

    def _to_network(self) -> None:
        """The panels again, whatever page is in front."""
        self.starting.leave()
        self.maps.leave()

    @Slot()
    def open_lesson_file(self) -> None:
        """Ask for the zip of a lesson, or for its lesson.toml, and open it."""
        path = ask_lesson(self.window)
        if path:
            self.open_path(path)

    @Slot()
    def toggle_guide(self) -> None:
        """Open the guide where one left it, or close it."""
        space = self.window.workspace
        dock = space.docks["guide"]
        if dock.isHidden() or is_behind(dock):
            self.guiding.begin()
        else:
            space.close_guide()

    @Slot(str)
    def _point_at(self, symbol: str) -> None:
        """Light a symbol that the text of a lesson speaks of."""
        self.pointing.point(Pointed(symbol) if symbol else None)

    @Slot(object)
    def _point_figure(self, at: Pointed) -> None:
        """Light what a figure of a lesson points at; an empty point is none."""
        self.pointing.point(None if at == Pointed() else at)

    def _turn_page(self, by: int) -> None:
        guide = self.window.workspace.guide
        if guide is not None and not self.window.workspace.docks["guide"].isHidden():
            guide.turn(by)

    def _offer_other_runs(self) -> None:
        """Every preset in the menu, to compare with, in the groups of the gallery."""
        menu = self.window.menus["Compare"].addMenu("With preset")
        for label, cards in groups(preset_cards()):
            group = menu.addMenu(label)
            for card in cards:
                action = group.addAction(card.title)
                action.setToolTip(tool_tip(card.expect, card.description))
                action.triggered.connect(partial(self.comparing.compare_with, card.name))

    def _verbs(self) -> dict[str, Callable[[], object]]:
        """What each command does, by its name."""
        session = self.session
        exploring = self.exploring
        comparing = self.comparing
        return {
            "start_page": self.starting.show,
            "open": self.open_file, "data": self.opening_data.ask,
            "save": self.save_file, "save_map": self.maps.save, "quit": self.window.close,
            "export": self.pictures.export, "export_again": self.pictures.export_again,
            "copy": self.clipboard.copy_picture, "copy_svg": self.clipboard.copy_svg,
            "copy_data": self.clipboard.copy_data,
            "step": session.step, "back": session.back, "play": session.toggle_play,
            "start": partial(session.jump, Jump(JumpKind.START)),
            "loss": partial(session.jump, Jump(JumpKind.LOSS)),
            "end": partial(session.jump, Jump(JumpKind.END)),
            "next_step": self.recordings.next_step, "last_step": self.recordings.step_before,
            "beside": self.recordings.ask_beside, "model": self.models.ask,
            "goto": exploring.ask_where, "inspect": exploring.inspect,
            "stops": exploring.ask_stops, "train": session.toggle_train, "reset": session.reset,
            "map": self.maps.show, "map_back": self.maps.leave,
            "map_pause": self.maps.toggle_pause, "map_stop": self.maps.stop,
            "compare": comparing.keep, "compare_end": comparing.end, "swap": comparing.swap,
            "change_one": comparing.change_one, "save_pair": comparing.save_pair,
            "promote": comparing.promote, "pin_a": comparing.pin_a, "pin_b": comparing.pin_b,
            "guide": self.toggle_guide, "lesson": self.open_lesson_file,
            "lessons_clear": self.guiding.clear_progress,
            "page_next": partial(self._turn_page, 1), "page_back": partial(self._turn_page, -1),
            "present": self.presenting.begin, "layout": self.window.workspace.reset,
            "theme": self.toggle_theme, "theme_system": partial(self.use_theme, "system"),
            "theme_light": partial(self.use_theme, "light"),
            "theme_dark": partial(self.use_theme, "dark"),
            "explain": self.pointing.explain, "symbols": self.symbols.open,
            "workflow": self.symbols.open_workflow,
            "keys": partial(show_keys, self.window), "about": partial(show_about, self.window),
        }  # fmt: skip

    @Slot(str)
    def do(self, command: str) -> None:
        """Do what a command says, unless it is of no use now."""
        self.window.actions_by_name[command].trigger()

    def welcome(self) -> None:
        """At the first start show the start page; if nothing is chosen there, the guide opens."""
        self.starting.welcome()
        if self.first_start and self.window.covered:
            once = Qt.ConnectionType.SingleShotConnection
            self.starting.skipped.connect(self.guiding.begin, once)

    def start(self) -> None:
        """Show the window and start the worker."""
        self.window.set_state(self.session.state.run)
        self.window.set_spec(self.session.state.wanted, self.session.state.baseline)
        self.window.form.set_presets(preset_choices())
        self.window.form.set_current_preset(self._preset)
        self.window.show()
        self.session.start()
        QTimer.singleShot(PLOTS_MS, self.window.workspace.fill)
        self._garbage.start()

    @Slot()
    def close(self) -> None:
        """Remember the layout and end all that goes on; the window may then go."""
        self._settings.set_blob("geometry", self.window.saveGeometry())
        self._settings.set_blob("layout", self.window.workspace.layout_state())
        self._garbage.stop()
        self.window.hide()  # a large network's step is waited for out of sight
        self.presenting.end()
        for dialog in self.window.findChildren(QDialog):
            dialog.close()
        self.animations.close()
        self.opening.cancel()
        self.starting.close()
        self.guiding.close()
        self.opening_data.close()
        self.models.close()
        self.maps.close()
        self.map_exhibit.close()
        self.pictures.close()
        self.session.close()
        self.closed.emit()

    def _restore(self) -> None:
        geometry = self._settings.blob("geometry")
        layout = self._settings.blob("layout")
        self.first_start = layout is None
        if geometry is None or not self.window.restoreGeometry(geometry):
            self.window.resize(self._comfortable())
        if layout is not None:
            self.window.workspace.remember(layout)

    def _comfortable(self) -> QSize:
        """The window's size at the first start: what it likes, within the screen."""
        screen = self._app.primaryScreen()
        wanted = self.window.sizeHint()
        if screen:
            return wanted.boundedTo(screen.availableSize())
        return wanted

    @Slot()
    def _collect(self) -> None:
        gc.collect()

    @Slot(object, object)
    def _follow(self, before: State, now: State) -> None:
        """Hand what changed to the window."""
        window = self.window
        begun = now.experiment != before.experiment
        if begun:
            self.opening.cancel()
        shown = now.recording is not before.recording
        if begun or shown or now.wanted is not before.wanted:
            window.set_spec(now.wanted, now.baseline)
        if shown:
            window.set_recording(now.recording)
        if now.problems is not before.problems:
            window.set_problems(now.problems)
        if now.run is not before.run:
            window.set_state(now.run)
        if now.frame is not None and now.due is not before.due:
            self._show_frame(now.frame)

    def _show_frame(self, frame: Frame) -> None:
        if not self.window.workspace.plots:
            QTimer.singleShot(FILL_MS, self.window.workspace.fill)
        if self._scale.become(Scale.of(frame)):
            self.window.set_theme(self._theme)  # bars and shades are painted anew
        if self.presenting.shown is None:  # else the window is covered
            self.window.set_frame(frame, self.session.state.due)

    def _tell(self, sentence: str) -> None:
        self.window.tell(sentence)

    @Slot(str, str)
    def show_failure(self, sentence: str, details: str) -> None:
        """Say what went wrong in front of what is seen."""
        show_failure(self.presenting.front, sentence, details)

    @Slot(str)
    def choose_preset(self, name: str) -> None:
        """Begin a shipped experiment."""
        self._to_network()
        self.starting.remember(RecentKind.PRESET, name)
        self._preset = name
        self.window.form.set_current_preset(name)
        self.session.choose_preset(name)

    @Slot()
    def _follow_map(self) -> None:
        """What is exported is what is in front: a map, or the moment of the network."""
        maps = self.maps
        if maps.in_front and maps.screen is not None and maps.grid is not None:
            screen = maps.screen
            over = screen.page.form.drawn_over()
            self.map_exhibit.look_at(maps.grid, maps.path, screen.shown, screen.layer, over)
            self.pictures.exhibit = self.map_exhibit
        else:
            self.pictures.exhibit = self.pictures.moment

    @Slot(object)
    def open_cell(self, spec: Spec) -> None:
        """Begin the experiment of a cell of a map, alone."""
        self.session.compare(None)
        self._preset = preset_of(spec)
        self.window.form.set_current_preset(self._preset)
        self.session.open(spec)

    @Slot(str)
    def open_card(self, name: str) -> None:
        """Begin a shipped experiment alone, as its card in the gallery shows it."""
        self.session.compare(None)
        self.choose_preset(name)

    @Slot(str)
    def compare_with_plain(self, name: str) -> None:
        """Begin a shipped experiment, and beside it the same without what makes it special."""
        self.choose_preset(name)
        self.session.compare(plain_of(load_preset(name)))

    @Slot(str, object)
    def use_data(self, path: str, fields: dict[str, Value]) -> None:
        """Make the data in a file those of this network, read as ``fields`` of a spec say."""
        self._to_network()
        self.starting.remember(RecentKind.DATA, path)
        try:
            self.session.apply(fields)
        except SpecError as error:
            self.show_failure(str(error), "")

    @Slot()
    def open_file(self) -> None:
        """Ask for a TOML file, or one that vgsim exported, and begin its experiment."""
        path = ask_open(self.window)
        if path:
            self.open_path(path)

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Begin what a file holds: an experiment, what an exported file shows, a lesson, or data.

        The window goes on meanwhile; it says what is wrong with the file if it cannot be.
        """
        self._to_network()
        if is_lesson(path):
            before = self.guiding.lesson
            self.guiding.open_lesson(path)
            if self.guiding.lesson is not before:  # else it was refused
                self.starting.remember(RecentKind.LESSON, path)
        elif is_data(path):
            self.opening_data.open(path)
        else:
            self._path = path
            self.opening.open(path)

    @Slot(object, str)
    def begin(self, source: Source, preset: str) -> None:
        """Begin what a file holds, once the user has allowed the data that it asks for."""
        self.questions.settle(source, partial(self._begin, preset))

    def _begin(self, preset: str, source: Source) -> None:
        if self._path:
            self.starting.remember(RecentKind.FILE, self._path)
        if source.map is not None:
            self.maps.open(source.map, str(source.picture.get("show", "")))
            return
        self.window.form.set_current_preset(preset)
        self.returning.open(source)

    @Slot()
    def save_file(self) -> None:
        """Ask where and save the current spec as TOML."""
        path = ask_save(self.window, "experiment.toml", "Experiment (*.toml)")
        if path:
            try:
                _write_text(path, dumps(self.session.spec))
            except OSError as error:
                show_unsaved(self.window, error)

    @Slot(str, str)
    def _ask_panel(self, verb: str, name: str) -> None:
        """What the menu of a panel was asked for."""
        verbs: dict[str, Callable[[str], object]] = {
            "copy_picture": self.clipboard.copy_picture,
            "copy_data": self.clipboard.copy_data,
            "export": self.pictures.export_view,
        }
        self.clipboard.choose(name)
        verbs[verb](name)

    def _look(self) -> tuple[Theme, Verdict | None]:
        frame = self.session.frame
        goal = None if frame is None else frame.spec or self.session.state.recording
        return self._theme, None if goal is None else self.advice.verdict_of(goal)

    def _own_theme(self) -> Theme:
        return self._theme

    def _wanted_theme(self) -> Theme:
        chosen = self._settings.text("theme", "system")
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        return load_theme(chosen if chosen in theme_names() else system_theme_name(app))

    def use_theme(self, name: str) -> None:
        """Switch to a theme, or to follow the system."""
        self._settings.set_text("theme", name)
        self._tick_theme()
        self._set_theme(self._wanted_theme())

    def _tick_theme(self) -> None:
        """Tick the theme that is set in its menu."""
        chosen = self._settings.text("theme", "system")
        action = self.window.actions_by_name.get(f"theme_{chosen}")
        if action is not None:
            action.setChecked(True)

    @Slot()
    def toggle_theme(self) -> None:
        """From light to dark or back."""
        self.use_theme("light" if self._theme.dark else "dark")

    @Slot()
    def _system_changed(self) -> None:
        self._set_theme(self._wanted_theme())

    def _set_theme(self, theme: Theme) -> None:
        if theme is not self._theme:
            self._theme = theme
            apply_theme(self._app, theme)
            self.window.set_theme(theme)
            self.presenting.set_theme(theme)
            self.starting.set_theme(theme)
            self.maps.set_theme(theme)


def _call(verb: Callable[[], object], checked: bool = False) -> None:
    """Leave out what Qt says beside: whether an action is ticked."""
    verb()


def _write_text(path: str, text: str) -> None:
    with text_file(path) as out:
        out.write(text)


def open_window(source: Source | None, named: str = "", lesson: str = "", data: str = "") -> int:
    """Open the window at the place of ``source`` and return when it has been closed.

    ``named`` is the preset or file that it comes from, for the list of what was opened lately.
    ``lesson`` is the name, folder or zip of a lesson to open in the guide, ``data`` the path of a
    file with data.
    """
    logging.basicConfig(level=logging.WARNING, format="vgsim: %(message)s")
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.disable()  # see GARBAGE_MS
    app = QApplication.instance() or QApplication(["vgsim"])
    QTimer.singleShot(SETTLED_MS, gc.freeze)
    app.setApplicationName("vgsim")
    app.setApplicationVersion(__version__)
    file = log_file()
    if file is not None:
        keep_log(file)
    alone = source is None and not lesson and not data
    source = source or Source(load_preset(FIRST))
    made = Application(load_preset(FIRST) if source.asks_for else source.goal)
    made.closed.connect(_end_process)
    unexpected = Unexpected(file, made)
    unexpected.told.connect(made.show_failure)
    unexpected.install()
    if not source.asks_for:
        made.returning.expect(source)
    if alone:
        made.welcome()
    elif named:
        made.starting.remember_named(named)
    made.start()
    if lesson:
        made.open_lesson(lesson)
    if data:
        made.open_path(data)
    if source.asks_for or source.map is not None:  # nothing is read before the window can ask
        made.begin(source, "")
    if plugins.problems:
        made.window.tell(" · ".join(plugins.problems))
    try:
        return app.exec()
    finally:
        unexpected.remove()
        made.session.close()


def _end_process() -> None:
    """End every event loop: a timer could open another window, which would keep the process."""
    QApplication.exit(0)
