"""``vgsim render``: experiments, moments, pictures, reels and tables, without a window."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from vgsim.core import toml, untrusted
from vgsim.core.errors import SpecError, refuse, shorten
from vgsim.diagnosis import judge
from vgsim.diagnosis.effects import measured
from vgsim.diagnosis.verdict import Verdict
from vgsim.export.animation import Share, Still
from vgsim.export.compose import advised, judged, no_room, noting_left_out, wants
from vgsim.export.deck import deck_colors, deck_size
from vgsim.export.exporting import passport_of, save
from vgsim.export.picture import Picture
from vgsim.export.pptx import Slide
from vgsim.export.provenance.record import Provenance
from vgsim.export.reel_files import DECK, painter, save_deck, script_of, slide, write_reel
from vgsim.export.shots import never, silent
from vgsim.export.task import DATA, Task, parse_task
from vgsim.measure.frame import Frame
from vgsim.measure.request import Wish
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment, twin
from vgsim.nn.moments import Phase
from vgsim.nn.places import OtherRun, find_moment
from vgsim.ui.app.window_picture import offer_window
from vgsim.ui.plots import PLOTS
from vgsim.ui.style.application import apply_theme
from vgsim.ui.style.theme import Theme, load_theme

LARGEST_BATCH = 2**20
"""Bytes that a file of a batch may have."""
MOST_BATCH_ENTRIES = 20_000
"""Keys, headings and elements of lists in it: those of a thousand pictures."""
Tell = Callable[[str], None]


def unheard(_: str) -> None:
    """Tell nobody."""


def render(given: Mapping[str, object], share: Share = silent, warn: Tell = unheard) -> Path:
    """Make what ``given`` asks for, as :func:`vgsim.export.task.parse_task` reads it; where it is.

    A file that is there is replaced, once the new one is whole; ``warn`` hears what has no room in
    it. SpecError for anything not allowed, OSError when a file cannot be read or written.
    """
    application()
    task = parse_task(given)
    with _telling(task.out, warn):
        make(task, share)
    return task.out


def render_batch(path: Path, share: Share, tell: Tell, warn: Tell = unheard) -> list[str]:
    """Make every ``[[picture]]`` of a TOML file; the problems, each with the picture's number.

    Paths in it are relative to the file. What can be made is made, whatever the others lack.
    SpecError when the file itself is none, OSError when it cannot be read.
    """
    application()
    tables = _tables(path)
    problems: list[str] = []
    tasks: dict[int, Task] = {}
    for number, table in enumerate(tables, 1):
        with _noting(problems, f"picture {number} ({shorten(table.get('out') or 'no file')})"):
            task = parse_task(table, path.parent)
            _check_alone(task, tasks)
            tasks[number] = task
    for numbers in _together(tasks):
        name = tasks[numbers[0]].out.name
        with _noting(problems, f"picture {', '.join(map(str, numbers))} ({name})"):
            with _telling(tasks[numbers[0]].out, warn):
                make_together([tasks[number] for number in numbers], share)
            tell(f"{numbers[-1]}/{len(tables)} {name}")
    return problems


@contextmanager
def _telling(out: Path, tell: Tell) -> Iterator[None]:
    """Tell, once the block is done, what its pictures have no room for."""
    with noting_left_out() as lost:
        yield
    if lost:
        tell(f"{out.name}: {no_room(lost)}")


@contextmanager
def _noting(problems: list[str], name: str) -> Iterator[None]:
    """Add what goes wrong in the block to ``problems``."""
    try:
        yield
    except (SpecError, OSError, MemoryError) as error:
        problems.append(f"{name}: {_words(error)}")


def _check_alone(task: Task, before: Mapping[int, Task]) -> None:
    """SpecError when an earlier picture goes to the same file and they are not slides of a deck."""
    for number, other in before.items():
        same = os.path.realpath(task.out) == os.path.realpath(other.out)
        if same and not (_is_slide(task) and _is_slide(other)):
            raise refuse("out", task.out.name, f"a file of its own; picture {number} goes there")


def _is_slide(task: Task) -> bool:
    """Whether it is one slide, which may stand in a deck with others."""
    return task.reel is None and task.out.suffix.lower() == DECK


def _together(tasks: Mapping[int, Task]) -> list[list[int]]:
    """Numbers of the tasks, those of slides for the same deck in one list."""
    groups: dict[str, list[int]] = {}
    for number, task in tasks.items():  # what is no slide has a file of its own
        groups.setdefault(os.path.realpath(task.out), []).append(number)
    return list(groups.values())


def _tables(path: Path) -> list[dict[str, object]]:
    """The tables of a batch."""
    allowed = "a TOML file with a [[picture]] table for every picture"
    try:
        text = untrusted.contents(path, LARGEST_BATCH).decode("utf-8")
        document = toml.parse(text, LARGEST_BATCH, MOST_BATCH_ENTRIES)
    except ValueError as error:  # no UTF-8, no TOML
        raise refuse("--batch", str(path), f"{allowed} ({shorten(str(error))})") from None
    tables = document.pop("picture", None)
    if document or not isinstance(tables, list) or not tables:
        raise refuse("--batch", str(path), allowed)
    if not all(isinstance(table, dict) for table in tables):
        raise refuse("--batch", str(path), allowed)
    return tables


def _words(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or 'file'}: {error.strerror or error}"
    return str(error) or "this needs more memory than there is"


def application() -> QApplication:
    """The application, which draws without a window; made when there is none."""
    qInstallMessageHandler(_without_noise)
    offer_window()
    found = QApplication.instance() or QApplication(["vgsim"])
    assert isinstance(found, QApplication)
    return found


def _without_noise(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Pass Qt's messages on, but for what the offscreen platform says of every window."""
    if "propagateSizeHints" not in text:
        print(text, file=sys.stderr)


def make(task: Task, share: Share = silent) -> None:
    """Make one file; the errors of :func:`render`."""
    if task.out.suffix.lower() in DATA:
        save_table(_still(task, share)[0], task)
        return
    theme = load_theme(task.picture.theme)
    apply_theme(application(), theme)
    if task.reel is not None:
        _make_reel(task, theme, share)
        return
    frame, verdict = _still(task, share)
    save(frame, task.picture, task.out, theme, verdict, overwrite=True)


def make_together(tasks: Sequence[Task], share: Share = silent) -> None:
    """Make one file of several tasks: a lesson, a slide of each; the errors of :func:`render`."""
    if len(tasks) == 1:
        make(tasks[0], share)
        return
    _check_sizes([task.picture for task in tasks])
    slides: list[Slide] = []
    passport: Provenance | None = None
    for task in tasks:
        theme = load_theme(task.picture.theme)
        apply_theme(application(), theme)
        still = Still(*_still(task, share))
        passport = passport or passport_of(still.frame, task.picture)
        made = slide(still, task.picture, painter(task.out, partial(load_theme, theme.name)))
        slides.append(dataclasses.replace(made, colors=deck_colors(task.picture)))
    save_deck(slides, tasks[0].out, tasks[0].picture, passport)


def _check_sizes(pictures: Sequence[Picture]) -> None:
    """SpecError unless they fit slides of one size, for a deck has no other."""
    sizes = list(dict.fromkeys(deck_size(picture) for picture in pictures))
    if len(sizes) > 1:
        raise refuse("size", " and ".join(sizes), "one shape for all slides of a deck")


def _still(task: Task, share: Share) -> tuple[Frame, Verdict | None]:
    """The moment that a picture shows, with all that it draws."""
    experiment = Experiment(task.spec)
    goal = find_moment(experiment, task.moment) if task.moment else None
    for done in _run(experiment, task.steps):
        share(done)
    if goal is not None:
        experiment.seek(experiment.step, goal.position)
    experiment.evaluate()
    wish = Wish(wants(task.picture))
    frame = frame_of(experiment, wish=wish)
    if task.rival is not None:
        partner = OtherRun(task.rival)
        partner.follow(experiment)
        frame = dataclasses.replace(frame, other=frame_of(partner.experiment, wish=wish))
    return frame, _verdict(experiment, task.picture)


def _verdict(experiment: Experiment, picture: Picture) -> Verdict | None:
    """What the picture says of the experiment, with measured remedies where it shows any."""
    if not judged(picture):
        return None
    verdict = judge(twin(experiment))
    return measured(verdict, experiment.spec, never) if advised(picture) else verdict


def _run(experiment: Experiment, steps: int) -> Iterator[float]:
    """Take ``steps`` updates, and tell now and then which share is done."""
    chunk = max(steps // 100, 1)
    while experiment.step < steps:
        experiment.run(min(chunk, steps - experiment.step))
        yield experiment.step / steps


def _make_reel(task: Task, theme: Theme, share: Share) -> None:
    assert task.reel is not None  # it is one
    script = script_of(task.spec, task.picture, task.route, task.rival)
    write_reel(script, task.reel, painter(task.out, partial(load_theme, theme.name)), share=share)


def save_table(frame: Frame, task: Task) -> None:
    """The numbers behind a plot."""
    from vgsim.ui.app.plot_data import save_data

    if task.picture.view not in PLOTS:
        raise refuse("view", task.picture.view, "with data one of " + ", ".join(PLOTS.names()))
    try:
        save_data(task.picture.view, frame, task.out)
    except SpecError as error:
        if frame.moment.phase is not Phase.START:
            raise
        allowed = f"one at which {task.picture.view} has numbers, for example backward:1"
        raise refuse("moment", str(frame.moment), allowed) from error
