"""``vgsim render``: experiments, moments, pictures, animations and tables, without a window."""

from __future__ import annotations

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
from vgsim.export.animation import Share, painter, script_of, write_animation
from vgsim.export.compose import no_room, noting_left_out
from vgsim.export.drawn_moment import DrawnMoment
from vgsim.export.format import FileKind, Format, Output
from vgsim.export.maps.drawn_map import DrawnMap, drawn_map
from vgsim.export.picture import PictureRequest
from vgsim.export.progress import silent
from vgsim.export.provenance.record import Provenance
from vgsim.export.request import ExportRequest, formats_of
from vgsim.export.still import still
from vgsim.export.task import Task, parse_task
from vgsim.export.writing import save
from vgsim.measure.frame import Frame
from vgsim.nn.moments import Phase
from vgsim.ui.app.window_picture import offer_window
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.style.application import apply_theme
from vgsim.ui.style.theme import Theme, load_theme

LARGEST_BATCH = 2**20
"""Bytes that a file of a batch may have."""
MOST_BATCH_ENTRIES = 20_000
"""Keys, headings and elements of lists in it: those of a thousand pictures."""
Tell = Callable[[str], None]


def unheard(_: str) -> None:
    """Ignore the message."""


def render(given: Mapping[str, object], share: Share = silent, warn: Tell = unheard) -> Path:
    """Make what ``given`` asks for, as :func:`vgsim.export.task.parse_task` reads it; where it is.

    A file that is there is replaced, once the new one is whole; ``warn`` is called with what
    has no room in it, or is otherwise than one might expect. SpecError for anything not allowed,
    OSError when a file cannot be read or written.
    """
    application()
    task = parse_task(given)
    for sentence in task.notes:
        warn(f"{task.out.name}: {sentence}")
    with _telling(task.out, warn):
        make(task, share)
    return task.out


def render_batch(path: Path, share: Share, tell: Tell, warn: Tell = unheard) -> list[str]:
    """Make every ``[[picture]]`` of a TOML file; the problems, each with the picture's number.

    Paths in it are relative to the file. One picture's problem does not keep the others from
    being made.
    SpecError when the file is not such a table, OSError when it cannot be read.
    """
    application()
    tables = _tables(path)
    problems: list[str] = []
    tasks: dict[int, Task] = {}
    for number, table in enumerate(tables, 1):
        with _noting(problems, f"picture {number} ({shorten(table.get('out') or 'no file')})"):
            task = parse_task(table, path.parent)
            _check_alone(task, tasks)
            for sentence in task.notes:
                warn(f"{task.out.name}: {sentence}")
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
    """Whether it is one page of a kind of file that can hold several of them."""
    several = any(form.several for form in formats_of(task.out.name))
    return task.request.sequence is None and several


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
    request = task.request
    theme = load_theme(request.picture.theme)
    apply_theme(application(), theme)
    if request.sequence is not None:
        paint = painter(request, partial(load_theme, theme.name))
        script = script_of(task.goal, request, other_run=task.other_run)
        write_animation(script, request, task.out, paint, share=share)
        return
    scene = _scene(task, theme, share)
    try:
        save(scene, request.format, task.out, overwrite=True)
    except SpecError as error:
        if isinstance(scene, DrawnMap):
            raise
        raise _about_data(error, request, scene.frame) from error


def _about_data(error: SpecError, request: ExportRequest, frame: Frame) -> SpecError:
    """``error``, or what it means for a table before the pass: that the moment is another."""
    view = request.picture.view
    if request.format.kind is not FileKind.TABLE or view not in PLOTS:
        return error
    if frame.moment.phase is not Phase.START:
        return error
    allowed = f"one at which {view} has numbers, for example backward:1"
    return refuse("moment", str(frame.moment), allowed)


def make_together(tasks: Sequence[Task], share: Share = silent) -> None:
    """Make one file of several tasks: a lesson, a slide of each; the errors of :func:`render`."""
    if len(tasks) == 1:
        make(tasks[0], share)
        return
    first = tasks[0]
    several = next(form for form in formats_of(first.out.name) if form.several)
    _check_shapes(several, [task.request.picture for task in tasks])
    pages: list[object] = []
    provenance: Provenance | None = None
    for task in tasks:
        request = task.request
        theme = load_theme(request.picture.theme)
        apply_theme(application(), theme)
        scene = _scene(task, theme, share)
        provenance = provenance or scene.provenance
        pages.append(request.format.compose(scene))
    output = Output(first.out, first.request.picture, provenance)
    several.write(iter(pages), output)


def _check_shapes(form: Format, pictures: Sequence[PictureRequest]) -> None:
    """SpecError unless the pages fit one shape, where the format knows no other."""
    if form.shape is None:
        return
    shapes = list(dict.fromkeys(form.shape(picture.layout) for picture in pictures))
    if len(shapes) > 1:
        raise refuse("size", " and ".join(shapes), "one shape for all slides of a deck")


def _scene(task: Task, theme: Theme, share: Share) -> DrawnMoment | DrawnMap:
    """What a picture shows: a map, or the moment of an experiment with all that is drawn of it."""
    picture = task.request.picture
    if task.map is not None and task.map.file is not None:
        return drawn_map(task.map.file, picture, theme)
    frame, verdict = still(task.goal, task.steps, task.moment, picture, task.other_run, share)
    return DrawnMoment(frame, picture, theme, verdict)
