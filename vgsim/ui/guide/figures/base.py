"""What a figure on a page is, and the registry of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from vgsim.core.errors import refuse
from vgsim.core.registry import Registry
from vgsim.measure.frame import Frame
from vgsim.text.pointed import Pointed
from vgsim.text.scale import Scale
from vgsim.ui.guide.model.score import PageScore
from vgsim.ui.style.theme import Theme

Setting = str | float | int | bool


class LessonFigureView(QWidget):
    """A live view of the network behind the page, in the text: ```figure NAME in its Markdown.

    It is as wide as the page and as high as it wants (``sizeHint`` or ``heightForWidth``). The
    page gives it every frame by :meth:`set_frame`, asks for the measurements that it ``wants``
    while it is shown, and lights what is pointed at by :meth:`set_pointed`; it says by ``pointed``
    what the mouse is on.

    Some figures ask for more by signals: ``asked``, ``export_asked``, ``noted``.
    """

    wants: ClassVar[tuple[type, ...]] = ()
    """Measurements that it draws."""
    defaults: ClassVar[Mapping[str, Setting]] = {}
    """Every setting that a page may give it, with what it is if the page does not."""
    pointed = Signal(object)
    """A :class:`vgsim.text.pointed.Pointed`; an empty one when the mouse has left."""
    asked = Signal(object)
    """A :class:`vgsim.lessons.lesson.PageAction` to be done as if it were the page's own."""
    export_asked = Signal(object)
    """Entries of the Export dialog, which is to open with them and all else as last time."""
    noted = Signal(str)
    """What the user has written here, to be kept for the next time."""

    def __init__(self, settings: Mapping[str, object], theme: Theme, scale: Scale) -> None:
        super().__init__()
        self.settings = checked_settings(type(self), settings)
        self.theme = theme
        self.scale = scale
        self.frame: Frame | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_up()
        policy = self.sizePolicy()
        if policy.hasHeightForWidth():  # Qt would hold it to its height at another width
            policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)
            self.setSizePolicy(policy)

    @classmethod
    def check(cls, settings: Mapping[str, Setting]) -> None:
        """Raise SpecError for a setting, of the right type, whose value it cannot show."""

    def set_up(self) -> None:
        """Make what it is made of, once; settings, theme and scale are there."""

    def set_frame(self, frame: Frame | None) -> None:
        """Show one moment."""
        self.frame = frame
        self.show_frame()
        self.update()

    def show_frame(self) -> None:
        """Take over what is shown of the present frame, before it is painted."""

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self.theme = theme
        self.update()

    def set_note(self, text: str) -> None:
        """Show what was written here the last time."""

    def set_scores(self, scores: tuple[PageScore, ...]) -> None:
        """Show what became of the questions of this lesson."""

    def set_pointed(self, points: tuple[Pointed, ...]) -> None:
        """Light what these point at, if there is any of it here."""


FIGURES: Registry[type[LessonFigureView]] = Registry("figure")


def checked_settings(
    kind: type[LessonFigureView], given: Mapping[str, object]
) -> dict[str, Setting]:
    """All settings of that kind, those of a page among them; SpecError for what it cannot show.

    A whole number may stand for one with a point.
    """
    settings = dict(kind.defaults)
    for name, value in given.items():
        if name not in settings:
            raise refuse(
                "setting", name, ", ".join(settings) or "none: this figure has no settings"
            )
        sort = type(settings[name])
        if sort is float and type(value) is int:
            value = float(value)
        if type(value) is not sort:
            raise refuse(name, value, f"a {_SORTS[sort]}")
        assert isinstance(value, (str, float, int, bool))  # as its default is
        settings[name] = value
    kind.check(settings)
    return settings


_SORTS = {str: "text", float: "number", int: "whole number", bool: "yes or no (true, false)"}
