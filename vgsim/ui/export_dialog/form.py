"""What is entered for an export, field by field; it decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from vgsim.export.format import FileKind, Format
from vgsim.ui.export_dialog.fields import (
    LABEL_WIDTH,
    CheckField,
    ChecksField,
    Choice,
    ChoiceField,
    Field,
    LinesField,
    NumberField,
    PlotsField,
    SegmentField,
    SizeField,
    StackField,
    TextField,
)
from vgsim.ui.form.form import section_title
from vgsim.ui.style.application import set_look, ui_font
from vgsim.ui.widgets.buttons import SmallButton
from vgsim.ui.widgets.entries import Chooser, LineEntry
from vgsim.ui.widgets.text import WrappedLabel


class PresetBar(QWidget):
    """A list of names with two buttons; in place of the list one types the name to keep."""

    chosen = Signal(str)
    kept = Signal(str)
    dropped = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._own: frozenset[str] = frozenset()
        self.box = Chooser()
        self.box.setPlaceholderText("None")
        self.box.setAccessibleName("Preset")
        self.entry = LineEntry()
        self.entry.setAccessibleName("Name of the preset")
        self.entry.setPlaceholderText("Name, then Return")
        self.keep_button = SmallButton("Keep…", "Keep what is entered as a preset")
        self.drop_button = SmallButton("Delete", "Delete this preset")
        self.problem = WrappedLabel("error", ui_font(11, tabular=False))
        self.problem.show_text("")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.box)
        self._pages.addWidget(self.entry)
        self._pages.setFixedHeight(self.box.sizeHint().height())
        self._lay_out()
        self.box.chosen.connect(self._choose)
        self.keep_button.clicked.connect(self._begin)
        self.drop_button.clicked.connect(self._drop)
        self.entry.returnPressed.connect(self._keep)
        self.entry.abandoned.connect(self.end)

    def set_presets(self, shipped: Sequence[str], own: Sequence[str], now: str) -> None:
        """Offer these names; ``now`` is the one that what is entered agrees with, or ""."""
        self._own = frozenset(own)
        items = [(name, name, "Shipped with vgsim") for name in shipped]
        self.box.set_items(items + [(name, name, "Your own") for name in own])
        self.show_name(now)

    def show_name(self, name: str) -> None:
        """Say which preset what is entered agrees with; "" for none."""
        self.box.show_name(name)
        self.drop_button.setEnabled(name in self._own)

    def naming(self) -> bool:
        """Whether a name is being typed."""
        return self._pages.currentWidget() is self.entry

    def set_problem(self, sentence: str) -> None:
        """Say why the name cannot be."""
        self.problem.show_text(sentence)
        set_look(self.entry, "invalid", bool(sentence))

    def end(self) -> None:
        """Back to the list."""
        self.set_problem("")
        self._pages.setCurrentWidget(self.box)
        self.keep_button.show_face("", "Keep…", "Keep what is entered as a preset")
        self.box.setFocus()

    def _lay_out(self) -> None:
        label = QLabel("&Preset")
        label.setFont(ui_font(12, tabular=False))
        label.setProperty("role", "muted")
        label.setFixedWidth(LABEL_WIDTH)
        label.setBuddy(self.box)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(label)
        row.addWidget(self._pages, 1)
        row.addWidget(self.keep_button)
        row.addWidget(self.drop_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.problem)
        for button in (self.keep_button, self.drop_button):
            button.setAutoDefault(False)

    def _choose(self, name: str) -> None:
        self.drop_button.setEnabled(name in self._own)
        self.chosen.emit(name)

    def _begin(self) -> None:
        """Ask for a name; pressed again, take it."""
        if self.naming():
            self._keep()
            return
        self.entry.show_text(self.box.name() if self.box.name() in self._own else "")
        self._pages.setCurrentWidget(self.entry)
        self.keep_button.show_face("", "Keep", "Keep what is entered under this name")
        self.entry.setFocus()
        self.entry.selectAll()

    def _keep(self) -> None:
        self.kept.emit(self.entry.text())

    def _drop(self) -> None:
        self.dropped.emit(self.box.name())


_KINDS = (
    ("pass", "This pass", "Every moment of the pass that is open"),
    ("training", "Training", "From the initial parameters on, a picture every so many updates"),
)
_SCALES = tuple(
    (scale, f"{scale}×", f"{scale * scale} times the pixels, the same layout" if scale > 1 else
     "As many pixels as the size says")
    for scale in (1, 2, 3, 4)
)  # fmt: skip
_SECTIONS = {
    "Picture": ("view", "show", "layer", "over", "plots", "title", "sentences", "caption"),
    "File": ("format", "kind", "steps", "every", "seconds", "size", "scale", "dpi"),
    "Look": ("theme", "transparent", "font_scale"),
}


_OF_PICTURES = (
    "view", "over", "title", "sentences", "caption", "size", "scale", "dpi", "theme", "transparent",
    "font_scale",
)  # fmt: skip
"""What says nothing of a table."""


@dataclass(frozen=True, slots=True)
class ExportChoices:
    """What there is to choose from.

    Of a map the ``figures`` that it can show, the axes of its ``stack`` (a label, and values as a
    request says them) and what can lie ``over`` it. ``formats_note`` says why there are no other
    formats.
    """

    views: Sequence[Choice]
    plots: Sequence[Choice]
    formats: Sequence[Format]
    themes: Sequence[Choice]
    slide_plots: int = 3
    figures: Sequence[Choice] = ()
    stack: Sequence[tuple[str, Sequence[Choice]]] = ()
    over: Sequence[Choice] = ()
    formats_note: str = ""
    says: str = "From the verdict"
    """What a slide says where the user enters no sentences."""


class ExportForm(QWidget):
    """All fields; those that say nothing for the rest of what is entered are hidden."""

    changed = Signal()
    left = Signal()

    def __init__(self, choices: ExportChoices) -> None:
        super().__init__()
        self._choices = choices
        self._formats = {form.name: form for form in choices.formats}
        self.fields = _fields(choices)
        offers = {
            "show": choices.figures, "layer": choices.stack, "over": choices.over,
            "plots": choices.plots,
        }  # fmt: skip
        self._unasked = {name for name, offer in offers.items() if not offer}
        self._headings: dict[str, QWidget] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 0, 0, 2)
        column.setSpacing(7)
        for at, (title, names) in enumerate(_SECTIONS.items()):
            heading = section_title(title)
            heading.setContentsMargins(0, 8 if at else 0, 0, 0)
            self._headings[title] = heading
            column.addWidget(heading)
            for name in names:
                column.addWidget(self.fields[name])
                if name == "format" and choices.formats_note:
                    self.note = _note(choices.formats_note)
                    column.addWidget(self.note)
        column.addStretch(1)
        for field in self.fields.values():
            field.changed.connect(self._tell)
            field.left.connect(self.left)
        self._offer()

    def entries(self) -> dict[str, object]:
        """What is entered, by field; nothing of fields that offer no choice here."""
        return {
            name: field.value() for name, field in self.fields.items() if name not in self._unasked
        }

    def set_entries(self, entries: Mapping[str, object]) -> None:
        """Show these entries without emitting a change."""
        for name, field in self.fields.items():
            if name in entries:
                field.show_value(entries[name])
        self._offer()

    def set_problems(self, problems: Mapping[str, str]) -> None:
        """Say below each field what is wrong with it."""
        for name, field in self.fields.items():
            field.set_problem(problems.get(name, ""))

    def set_hints(self, title: str, pixels: str, centimeters: str) -> None:
        """The title there is if none is entered, and the size in both units."""
        entry = self.fields["title"].target()
        entry.setProperty("placeholderText", title)
        size = self.fields["size"]
        assert isinstance(size, SizeField)
        size.set_measures(pixels, centimeters)

    def _tell(self) -> None:
        self._offer()
        self.changed.emit()

    def _offer(self) -> None:
        entries = self.entries()
        form = self._formats.get(str(entries["format"]), self._choices.formats[0])
        training = form.several and entries["kind"] == "training"
        table = form.kind is FileKind.TABLE
        shown = {
            "plots": entries["view"] == "slide",
            "title": entries["view"] in ("slide", "comparison"),
            "sentences": entries["view"] == "slide",
            "caption": entries["view"] in ("slide", "comparison"),
            "kind": form.several,
            "steps": training,
            "every": training,
            "seconds": form.timed,
            "scale": form.pixels,
            "transparent": form.transparent,
        }
        for name in _OF_PICTURES:
            shown[name] = shown.get(name, True) and not table
        shown |= dict.fromkeys(self._unasked, False)
        for name, wanted in shown.items():
            self.fields[name].setVisible(wanted)
        for title, names in _SECTIONS.items():
            self._headings[title].setVisible(any(shown.get(name, True) for name in names))


def _format_choices(choices: ExportChoices) -> list[Choice]:
    return [(form.name, form.label, form.summary) for form in choices.formats]


def _note(text: str) -> WrappedLabel:
    """A remark below a field."""
    label = WrappedLabel("muted", ui_font(11, tabular=False))
    label.show_text(text)
    label.setContentsMargins(LABEL_WIDTH, 0, 0, 0)
    return label


def _fields(choices: ExportChoices) -> dict[str, Field]:
    return {
        "view": ChoiceField("&View", choices.views, "What is drawn"),
        "show": ChoiceField("Fi&gure", choices.figures, "What is shown of every cell"),
        "layer": StackField(choices.stack, "Which map of the stack"),
        "over": ChecksField("Over it", choices.over),
        "plots": PlotsField(
            "P&lots", choices.plots, choices.slide_plots, "What a slide has beside the network"
        ),
        "title": TextField("T&itle", "From the experiment", "Empty for one from the experiment"),
        "sentences": LinesField(
            "S&ays", choices.says, "What the slide says instead of it, one a line"
        ),
        "caption": CheckField("", "Captio&n", "Which experiment and moment this is, below"),
        "format": ChoiceField("&Format", _format_choices(choices), "What kind of file"),
        "kind": SegmentField("Sho&ws", _KINDS, "What follows one another"),
        "steps": NumberField("&Updates", "of training", 50, "How many updates there are to be"),
        "every": NumberField("&Every", "updates a picture", 1, "Updates from picture to picture"),
        "seconds": NumberField("Secon&ds", "a picture", 0.1, "How long each picture stays"),
        "size": SizeField("Si&ze", "How wide and how high"),
        "scale": SegmentField("S&harpness", _SCALES, "Pixels for each pixel of the layout"),
        "dpi": NumberField("D&ots", "an inch", 12, "Pixels an inch before the sharpness"),
        "theme": SegmentField("&Theme", choices.themes, "Colors of the picture"),
        "transparent": CheckField("", "T&ransparent ground", "What lies behind shines through"),
        "font_scale": NumberField("T&ype size", "times", 0.1, "1 is as in the window"),
    }
