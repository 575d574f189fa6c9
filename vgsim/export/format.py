"""What a kind of file is: its name, what it can do, how it is written and read back. No Qt.

Each module of ``vgsim.export.formats`` registers what it defines here; everything else asks the
registry, and no other module knows a format by its name or suffix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Protocol

from vgsim.core.registry import Registry
from vgsim.export.picture import PictureRequest
from vgsim.export.progress import Progress, Stop, never, silent
from vgsim.export.provenance.record import Provenance
from vgsim.export.table import Table


class FileKind(StrEnum):
    """What a file holds."""

    PICTURE = "picture"
    VECTOR = "vector"
    DOCUMENT = "document"
    ANIMATION = "animation"
    TABLE = "table"


class Drawable(Protocol):
    """One moment as a format asks for it, in the window's thread; see ``export.drawn_moment``."""

    @property
    def picture(self) -> PictureRequest:
        """How it is to look."""

    @property
    def provenance(self) -> Provenance:
        """What lets a file of it open as this moment."""

    def image(self) -> Any:
        """A ``QImage`` of exactly ``picture.pixels``."""

    def staged(self) -> Any:
        """A context manager of a widget that is laid out, and the ``Page`` it lies on."""

    def slide(self) -> Any:
        """A ``PaintedSlide``: an image below a title that is text."""

    def table(self) -> Table:
        """The numbers behind a plot; SpecError for a view that has none."""


@dataclass(frozen=True, slots=True)
class Output:
    """A file to be written, and all that its writer has to know beside the pages.

    ``seconds`` is how long each page of an animation stays. ``progress`` is called with
    how many pages are done; ``stop`` is asked before each, and before the file is moved into place.
    """

    path: Path
    picture: PictureRequest
    provenance: Provenance | None = None
    seconds: float = 1.0
    progress: Progress = silent
    stop: Stop = never


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    ``compose`` makes a page of a moment, in the window's thread; ``write`` makes the file of the
    pages, on any thread: Canceled when stopped, OSError when it cannot be written, and then an old
    file is as it was. A format that holds ``several`` pages is given them as they come, any other
    exactly one. ``starts`` tells by its first bytes whether a file is of this kind, and ``read``
    finds the text of the provenance in it: None when there is none, ``Damaged`` when it is broken.
    """

    name: str
    suffix: str
    label: str
    summary: str
    kind: FileKind
    compose: Callable[[Drawable], Any]
    write: Callable[[Iterator[Any], Output], None]
    starts: Callable[[bytes], bool]
    read: Callable[[IO[bytes]], str | None]
    several: bool = False
    transparent: bool = True
    """Whether what lies behind can shine through."""
    editable: bool = False
    """Whether title and caption stay text that can be edited."""
    shape: Callable[[tuple[int, int]], str] | None = None
    """The shape that its pages have for a picture so wide and high, where all must have one."""

    @property
    def timed(self) -> bool:
        """Whether each page stays for some seconds."""
        return self.kind is FileKind.ANIMATION

    @property
    def pixels(self) -> bool:
        """Whether it is made of pixels, so that a sharpness means something."""
        return self.kind not in (FileKind.VECTOR, FileKind.TABLE)


FORMATS: Registry[Format] = Registry("format")


def register(form: Format) -> Format:
    """Offer a format everywhere; ValueError when its name is taken."""
    return FORMATS.add(form.name, form, form.summary, label=form.label)
