"""Maps in the window: begun, computed beside whatever else goes on, looked at, and gone on with."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from vgsim.core.errors import SpecError, named_reason, reason_of
from vgsim.export.sources import MapSource
from vgsim.nn.spec import Spec
from vgsim.sweep.executors import Workers
from vgsim.sweep.figures import SHOWN, first_shown
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.plan import SweepPlan, differences
from vgsim.sweep.presets import load_map, map_presets
from vgsim.sweep.results import MemberResult
from vgsim.sweep.store import SUFFIX, StoredMap
from vgsim.text.maps import held_words
from vgsim.ui.app.map_files import copy_map, map_file, map_folder
from vgsim.ui.app.map_job import MapJob, local_workers
from vgsim.ui.app.map_screen import MapScreen
from vgsim.ui.app.session import Session
from vgsim.ui.latest import Call, LatestAnswer, Outdated
from vgsim.ui.map.form import OWN, PRESENT
from vgsim.ui.map.model.entries import MapEntries, entries_of, first_entries
from vgsim.ui.map.model.state import Computing, MapProgress
from vgsim.ui.map.model.view import Cell
from vgsim.ui.map.page import MapPage
from vgsim.ui.style.theme import Theme
from vgsim.ui.window.actions import FormKeys
from vgsim.ui.window.dialogs import ask_save, show_unsaved
from vgsim.ui.window.main_window import MainWindow

LOOK_MS = 100
"""How often what has come is looked for."""
GROWING_MS = 1000
"""How often a file is looked into that another program may be writing."""


class Maps(QObject):
    """Owns the page of a map, what has been measured, and the thread that computes it.

    ``workers`` makes what computes, knowing whether something trains beside it. A map that was
    stopped, or opened from a file, is gone on with where its cells are missing.
    """

    opened = Signal(object)
    """The :class:`Spec` of a cell whose experiment is wanted."""
    failed = Signal(str, str)
    """A map could not be computed or opened: a sentence, and details."""
    kept = Signal(str)
    """The path of a file in which a map is from now on."""
    changed = Signal()
    """Another map or figure is in front, or the network is."""

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        theme: Callable[[], Theme],
        workers: Callable[[bool], Workers] = local_workers,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._theme = theme
        self.workers = workers
        self.screen: MapScreen | None = None
        self.path: Path | None = None
        self._base = Spec()
        self._preset = PRESENT
        self._wanted: SweepPlan | None = None
        self._job: MapJob | None = None
        self._ending = False
        self._stored: StoredMap | None = None
        self._note = ""
        self._reading = LatestAnswer(self)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._growing = QTimer(self, interval=GROWING_MS)
        self._growing.timeout.connect(self._look_into_file)

    @property
    def grid(self) -> MapGrid | None:
        """What has been measured of the map that is shown; None while there is none."""
        return None if self.screen is None else self.screen.grid

    @property
    def in_front(self) -> bool:
        """Whether a map is what one looks at."""
        return self._window.mapped

    @property
    def computing(self) -> bool:
        """Whether one is computed, or paused."""
        return self._job is not None

    @Slot()
    def show(self) -> None:
        """Put the map in front; the first time one of the present experiment can be begun."""
        page = self._page()
        if self.grid is None and self._preset == PRESENT:
            self._take(self._session.spec, first_entries(self._session.spec), "")
        self._window.show_map(page)
        if self.screen is not None:
            self.screen.draw_owed(now=True)
        self._tell()
        self.changed.emit()

    @Slot()
    def leave(self) -> None:
        """The network again; what is computed goes on."""
        if not self._window.mapped:
            return
        self._window.leave_map()
        if self._session.frame is not None:
            self._window.set_frame(self._session.frame)
        self._tell()
        self.changed.emit()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        if self.screen is not None:
            self.screen.page.set_theme(theme)

    def _page(self) -> MapPage:
        return self._made().page

    def _made(self) -> MapScreen:
        """The page and what is seen on it, made when it is first asked for."""
        if self.screen is not None:
            return self.screen
        page = MapPage(self._theme(), self._window.devicePixelRatioF())
        page.form.set_presets([(each.name, each.title, each.expect) for each in map_presets()])
        FormKeys(page.form, page)
        page.left.connect(self.leave)
        page.open_asked.connect(self.open_cell)
        page.layer_chosen.connect(self.changed)
        page.form.edited.connect(self._edit)
        page.form.preset_chosen.connect(self.choose_preset)
        page.form.shown_chosen.connect(self.show_figure)
        page.form.over_changed.connect(self.changed)
        page.form.start_asked.connect(self.start)
        page.form.pause_asked.connect(self.toggle_pause)
        page.form.stop_asked.connect(self.stop)
        self.screen = MapScreen(page)
        return self.screen

    @Slot(str)
    def choose_preset(self, name: str) -> None:
        """Take a shipped map, or the experiment of the window over two of its fields."""
        self._preset = name
        if name == PRESENT:
            self._take(self._session.spec, first_entries(self._session.spec), "")
        else:
            preset = load_map(name)
            entries = entries_of(preset.plan, preset.shown)
            self._take(preset.plan.spec, entries, preset.expect)

    def _take(self, base: Spec, entries: MapEntries, expect: str) -> None:
        """Have ``base`` as what all cells are made from, and show these entries."""
        form = self._page().form
        self._base = base
        form.show_preset(self._preset, expect)
        form.set_spec(base)
        form.set_entries(entries)
        self._edit()

    @Slot()
    def _edit(self) -> None:
        """Say what is wrong with the entries, or that they can be computed."""
        form = self._page().form
        self._wanted, problems = form.entries().plan(self._base)
        form.show_problems(problems)
        if self._wanted is not None:
            form.show_held(held_words(self._wanted) or self._base.name)
        self._tell()

    @Slot(str)
    def show_figure(self, name: str) -> None:
        """Show another figure; what has not been computed for it waits for the next start."""
        self._edit()
        if self.grid is None or self.screen is None:
            return
        needs = SHOWN[name].needs(self.grid.plan)
        if needs:
            self._window.tell(
                f"{SHOWN.entry(name).label} needs {needs.partition(' (')[0]}: start the map anew"
            )
            return
        self.screen.show_figure(name)
        self.changed.emit()

    @Slot()
    def start(self) -> None:
        """Compute what is entered, or go on with what is missing of it."""
        plan = self._wanted
        if plan is None or self._job is not None:
            return
        screen = self._made()
        if screen.grid is not None and self._is_of(screen.grid.plan):
            plan = screen.grid.plan
        if screen.grid is None or self.path is None or plan is not screen.grid.plan:
            try:
                self.path = map_file(map_folder(), plan, self._name())
            except OSError as error:
                self.failed.emit(f"There is no place for the map. {reason_of(error)}", "")
                return
            except SpecError as error:
                self.failed.emit(str(error), "")
                return
            self._show(MapGrid(plan), screen.page.form.shown.name())
        self._stored = None
        self._growing.stop()
        self._note = ""
        workers = self.workers(self._session.state.run.training)
        refined_for = screen.shown if screen.page.form.refine.isChecked() else ""
        self._job = MapJob(self.path, plan, workers, refined_for, self)
        self._job.start()
        self._timer.start()
        self.kept.emit(str(self.path))
        self._window.set_mapping(True)
        self._tell()

    def _is_of(self, plan: SweepPlan) -> bool:
        """Whether ``plan`` has all that is entered; it may have verdicts and a loss beside that."""
        wanted = self._wanted
        if wanted is None:
            return False
        reach = plan.reach if math.isnan(wanted.reach) else wanted.reach
        richer = replace(wanted, reach=reach, judged=wanted.judged or plan.judged)
        return not differences(plan, richer)

    def _name(self) -> str:
        """The name of its file: that of the preset, if it is one."""
        return "" if self._preset in (PRESENT, OWN) else self._preset

    def _show(self, grid: MapGrid, shown: str) -> None:
        """Show another map, and of it the figure ``shown`` if it has that."""
        screen = self._made()
        if shown not in SHOWN or SHOWN[shown].needs(grid.plan):
            shown = first_shown(grid.plan)
        screen.shown = shown
        screen.page.form.shown.show_name(shown)
        screen.show_grid(grid)
        self.changed.emit()

    @Slot()
    def toggle_pause(self) -> None:
        """Begin nothing further, or go on."""
        if self._job is not None:
            self._job.pause(not self._job.is_paused)
            self._tell()

    @Slot()
    def stop(self) -> None:
        """End it soon; what has come stays."""
        if self._job is not None:
            self._ending = True
            self._job.cancel()
            self._tell()

    @Slot()
    def _look(self) -> None:
        """Take what has come, draw it when there is time for that, and see whether it has ended."""
        job = self._job
        if job is None or self.screen is None:
            return
        ended = job.isFinished()
        self._add(job.take())
        if ended:
            self._end(job)
        if self._window.mapped:  # behind the network nobody sees it
            self.screen.draw_owed(now=ended)
        self._tell()

    def _end(self, job: MapJob) -> None:
        """The thread has ended, by itself or because that was asked for."""
        self._timer.stop()
        job.wait()
        self._job = None
        self._ending = False
        self._window.set_mapping(False)
        if job.sentence:
            self._note = job.sentence
            self.failed.emit(job.sentence, "")
        elif not self._window.mapped:
            self._window.tell(f"The map {job.path.name} has ended: Ctrl+M shows it")
        job.deleteLater()

    def _add(self, results: list[MemberResult]) -> None:
        if results and self.screen is not None and self.screen.grid is not None:
            self.screen.grid.add_all(results)
            self.screen.owe()

    def open(self, source: MapSource, shown: str = "") -> None:
        """Show the map in a file, which is read in a thread, or offer one that is only planned.

        ``shown`` is the figure to begin with; empty for that which the plan is for.
        """
        if self._job is not None:
            self.show()
            self._window.tell("A map is being computed: stop it before you open another one")
            return
        file = source.file
        if file is None:
            self._offer(source.plan, shown)
            return

        def read(outdated: Outdated) -> Iterator[Call]:
            try:
                stored = StoredMap(file)
                grid = MapGrid(stored.plan)
                grid.add_all(stored.refresh())
            except (OSError, SpecError) as error:
                sentence = f"{file.name} was not opened. {reason_of(error)}"
                yield lambda: self.failed.emit(sentence, "")
                return
            yield lambda: self._show_file(stored, grid, shown)

        self._reading.ask(read)

    def _offer(self, plan: SweepPlan, shown: str) -> None:
        """Show what would be computed, and no cell."""
        self.path = None
        self._preset = OWN
        self._show(MapGrid(plan), shown or first_shown(plan))
        self._take(plan.spec, entries_of(plan, self._made().shown), "")
        self.show()

    def _show_file(self, stored: StoredMap, grid: MapGrid, shown: str) -> None:
        """Show what was read of a file; one that is not whole may be growing."""
        self._stored = stored
        self._note = ""
        self._offer(grid.plan, shown)
        self.path = stored.path
        self._show(grid, self._made().shown)
        if grid.done < grid.plan.members:
            self._growing.start()
        self._tell()

    @Slot()
    def save(self) -> None:
        """Ask for a name and keep the map there, as much as there is of it."""
        if self.path is None or self.grid is None or not self.path.exists():
            self._window.tell("There is no map to save yet: Start computes one")
            return
        chosen = ask_save(self._window, self.path.name, f"Map (*{SUFFIX})")
        if not chosen:
            return
        target = Path(chosen)
        try:
            copy_map(self.path, target)
        except OSError as error:
            show_unsaved(self._window, error)
            return
        if self._job is None:
            self.path = target
            self._stored = None
            self._growing.stop()
            self._tell()
            self.changed.emit()
        self.kept.emit(str(target))
        self._window.tell(f"{target.name} has {self.grid.done:,} experiments")

    @Slot()
    def _look_into_file(self) -> None:
        """See what another program has added to the file since."""
        if self._stored is None or self.screen is None or self.grid is None:
            return
        try:
            self._add(self._stored.refresh())
        except OSError as error:
            self._growing.stop()
            self._window.tell(named_reason(error))
        if self.grid.done >= self.grid.plan.members:
            self._growing.stop()
        self.screen.draw_owed(now=False)
        self._tell()

    @Slot(object)
    def open_cell(self, cell: Cell) -> None:
        """Open the very experiment of a cell, at its start, from the first seed."""
        if self.grid is None or self.screen is None:
            return
        index = self.screen.index_of(cell)
        try:
            spec = self.grid.plan.member(index, 0)
        except SpecError as error:
            self._window.tell(f"There is no such experiment: {error}")
            return
        self.leave()
        self.opened.emit(spec)
        steps = self.grid.plan.steps
        if steps:
            self._window.tell(
                f"At its start: the map shows it after {steps:,} updates, T trains it"
            )

    @property
    def progress(self) -> MapProgress:
        """How far the map is, and what can be done with it."""
        job = self._job
        grid = self.grid
        ready = self._wanted is not None
        if grid is None:
            return MapProgress(ready=ready, note=self._note)
        if job is None and not self._is_of(grid.plan):
            return MapProgress(ready=ready, note=self._note)
        seeds = grid.plan.seeds
        cells = grid.plan.cells
        done = grid.done // seeds
        if job is None:
            return MapProgress(done=done, of=cells, ready=ready, note=self._note)
        state = Computing.RUNNING
        if self._ending:
            state = Computing.ENDING
        elif job.is_paused:
            state = Computing.PAUSED
        known = job.progress
        if known.of:  # fewer where a map is refined
            cells = max(known.of // seeds, done)
        return MapProgress(
            state, done, cells, known.seconds_left, known.rate / seeds, job.workers.count,
            self._note, ready,
        )  # fmt: skip

    def _tell(self) -> None:
        """Say how far it is: in the form, in the bar on top, and beside the menus."""
        if self.screen is None:
            return
        progress = self.progress
        page = self.screen.page
        page.form.show_progress(progress)
        seeds = f"seeds {self.grid.plan.seeds}" if self.grid is not None else ""
        left = progress.left_words
        self._window.show_map_progress(progress.pill, (seeds, left, ""), progress.status)
        name = self.path.name if self.path is not None and self.grid is not None else ""
        if not self._window.mapped and self._job is not None:
            self._window.name_map(f"{name} · {progress.share_words}")
        else:
            self._window.name_map(name if self._window.mapped else "")

    def close(self) -> None:
        """End what goes on; what has come is in the file."""
        self._timer.stop()
        self._growing.stop()
        if self._job is not None:
            self._job.cancel()
            self._job.wait()
            self._job = None
        self._reading.close()
        if self.screen is not None:
            self.screen.close()
