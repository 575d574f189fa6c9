"""One finished picture as a file, and what files are called."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from vgsim.export.format import Drawable, Format, Output
from vgsim.export.progress import Stop, never
from vgsim.export.request import ExportRequest
from vgsim.export.shots import OnePass, Training
from vgsim.measure.frame import Frame
from vgsim.measure.subject import Subject
from vgsim.nn.moments import Moment
from vgsim.text.stages import stage_name

LONGEST_NAME = 60
"""Letters that the experiment's name may take in the name of a file."""
Rest = Callable[[Stop], None]
"""What is left to do once the widgets are painted, on any thread. Canceled when stopped before
the file is moved into place, OSError when it cannot be written; then an old file is as it was."""


def save(scene: Drawable, form: Format, path: Path, *, overwrite: bool) -> None:
    """Write the picture of a scene to ``path``.

    SpecError for what cannot be drawn, OSError, naming ``path``, when it cannot be written or may
    not be overwritten; then an old file is as it was.
    """
    begun(scene, form, path, overwrite=overwrite)(never)


def begun(scene: Drawable, form: Format, path: Path, *, overwrite: bool) -> Rest:
    """Paint the picture, in the main thread, and return what is left. Raises as :func:`save`."""
    if not overwrite and path.exists():
        raise FileExistsError(errno.EEXIST, "there is such a file already", str(path))
    pages = iter([form.compose(scene)])  # gone once it is written: pictures are large
    output = Output(path, scene.picture, scene.provenance)

    def rest(stop: Stop) -> None:
        form.write(pages, replace(output, stop=stop))

    return rest


def named(path: Path, form: Format, offered: Sequence[Format]) -> tuple[Path, Format]:
    """The file that a user means by ``path``, and the format it gets.

    The suffix of a format that is ``offered`` chooses that one; any other name gets the suffix of
    the format that was chosen before.
    """
    suffix = path.suffix.lower()
    if suffix == form.suffix:
        return path, form
    fitting = [other for other in offered if other.suffix == suffix]
    if not fitting:
        return path.with_name(path.name + form.suffix), form
    alike = [other for other in fitting if other.several is form.several]
    return path, (alike or fitting)[0]


def name_for(frame: Frame, request: ExportRequest) -> str:
    """The name of the file that an export makes unless told otherwise.

    It says what is in the file, and the step as the window does: "sigmoid-stack_step-20_loss.png".
    """
    several = {OnePass: "pass", Training: "training"}.get(type(request.sequence), "")
    if isinstance(request.sequence, Training):
        several += f"-{request.sequence.steps}"
    step = frame.step
    view = request.picture.view
    parts = (
        slug(frame.subject.name) or "experiment",
        f"step-{step}" if step and not several else "",
        several or _moment_part(frame.moment, frame.subject),
        "" if view == "slide" else view,
    )
    return "_".join(part for part in parts if part) + request.format.suffix


def slug(text: str) -> str:
    """Small letters, digits and hyphens, which any file system takes."""
    words = "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
    return "-".join(words)[:LONGEST_NAME].rstrip("-")


def _moment_part(moment: Moment, subject: Subject) -> str:
    if moment.stage and subject.named:
        return f"{moment.phase}-{slug(stage_name(moment.stage, subject))}"
    if moment.stage:
        return f"{moment.phase}-h{moment.stage}"
    return str(moment.phase)


def fresh(path: Path) -> Path:
    """``path``, or the first of "name (2).png", "name (3).png" … that does not exist yet."""
    if not path.exists():
        return path
    numbered = (path.with_name(f"{path.stem} ({n}){path.suffix}") for n in count(2))
    return next(other for other in numbered if not other.exists())
