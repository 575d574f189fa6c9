"""The form of a map: its axes, what each cell is, what is drawn over it, and how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vgsim.nn.spec import Spec
from vgsim.sweep.figures import SHOWN
from vgsim.ui.form.form import section_title
from vgsim.ui.map.axis_rows import AxisRows, LabelledRow
from vgsim.ui.map.model.entries import (
    GENERAL,
    MapEntries,
    asks_for_loss,
    first_entries,
    varied_fields,
)
from vgsim.ui.map.model.state import Computing, MapProgress
from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.buttons import PushButton
from vgsim.ui.widgets.card import Card, VerticalScroll
from vgsim.ui.widgets.entries import Chooser, LineEntry
from vgsim.ui.widgets.text import ClampedLabel, ElidedLabel, WrappedLabel, hairline, tool_tip

OWN = "own"
"""The choice that a map has which is none of the presets."""
PRESENT = "present"
"""The choice among presets that is the experiment of the window."""
OVER = (
    ("theory", "Theory, χ₁ = 1", "Where the gradient neither fades nor grows, by mean field"),
    ("scale", "Depth scale, 6 ξ", "Where an endless network has changed it by 1.3 decades"),
    ("contours", "Decades as contours", "Every third decade, and where it neither fades nor grows"),
)  # fmt: skip
"""What may be drawn over a map: name, label, what it is."""
REFINE = "A tenth of the cells, where what is shown changes most; the others follow"
KEPT = "What is computed stays."


class MapForm(Card):
    """It shows entries and says what the user wants; it computes nothing.

    ``edited`` when an axis, seeds, updates or the loss to reach is another one; ``shown_chosen``
    and ``over_changed`` need nothing to be computed anew.
    """

    edited = Signal()
    preset_chosen = Signal(str)
    shown_chosen = Signal(str)
    over_changed = Signal()
    start_asked = Signal()
    pause_asked = Signal()
    stop_asked = Signal()

    def __init__(self) -> None:
        super().__init__("Map")
        self._state = Computing.IDLE
        self.preset = Chooser()
        self.preset.setAccessibleName("Preset")
        self.preset.setPlaceholderText("Own map")
        self.across = AxisRows("Across")
        self.up = AxisRows("Up", optional=True)
        self.layers = AxisRows("Layers", optional=True)
        self.shown = Chooser((each.name, each.label, each.summary) for each in SHOWN)
        self.shown.setAccessibleName("Show")
        self.seeds = _entry("Seeds")
        self.steps = _entry("Updates")
        self.reach = _entry("Loss to reach")
        self.expect = ClampedLabel(4, ui_font(11, tabular=False))
        self.expect.show_text("")
        self.refine = _check("At the edges alone", REFINE)
        self.refine.setChecked(False)
        self.held = ElidedLabel("", ui_font(12, tabular=False))
        self.over = {name: _check(label, about) for name, label, about in OVER}
        self.general = WrappedLabel("error", ui_font(11, tabular=False))
        self.general.show_text("")
        self._make_rows()
        self._make_foot()
        self._lay_out()
        self._connect()
        self.set_spec(Spec())
        self.set_entries(first_entries(Spec()))
        self.show_progress(MapProgress())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def _make_rows(self) -> None:
        self.rows = {
            "preset": LabelledRow("Preset", self.preset),
            "shown": LabelledRow("Show", self.shown),
            "seeds": LabelledRow("Seeds", self.seeds),
            "steps": LabelledRow("Updates", self.steps),
            "reach": LabelledRow("Down to J", self.reach),
            "refine": LabelledRow("Compute", self.refine),
            "held": LabelledRow("Held", self.held),
        }

    def _make_foot(self) -> None:
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.share = ElidedLabel("", ui_font(12, 500))
        self.left_label = ElidedLabel("", ui_font(12))
        self.left_label.setProperty("role", "muted")
        self.start_button = PushButton("play", "Start", "Compute the map", ["Pause", "Go on"])
        self.stop_button = PushButton("stop", "Stop", "End it; what is computed stays")
        self.kept = WrappedLabel("muted", ui_font(11, tabular=False))
        self.kept.show_text(KEPT)

    def _lay_out(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 12, 4)
        column.setSpacing(6)
        column.addWidget(self.rows["preset"])
        column.addWidget(self.expect)
        column.addWidget(self.general)
        for title, parts in (
            ("ACROSS", [self.across]),
            ("UP", [self.up]),
            ("LAYERS", [self.layers]),
            ("EACH CELL", [row for name, row in self.rows.items() if name != "preset"]),
            ("OVER IT", list(self.over.values())),
        ):  # fmt: skip
            column.addSpacing(4)
            column.addWidget(hairline())
            heading = section_title(title)
            heading.setContentsMargins(0, 2, 0, 0)
            column.addWidget(heading)
            for part in parts:
                column.addWidget(part)
        column.addStretch(1)
        self.body.setSpacing(8)
        self.body.addWidget(VerticalScroll(content), 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(0, 0, 12, 0)
        foot.setSpacing(8)
        self.body.addLayout(foot)
        foot.addWidget(hairline())
        foot.addWidget(self.bar)
        told = QHBoxLayout()
        told.addWidget(self.share, 1)
        told.addWidget(self.left_label)
        foot.addLayout(told)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.start_button, self.stop_button):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            buttons.addWidget(button, 1)
        foot.addLayout(buttons)
        foot.addWidget(self.kept)
        outer = self.layout()
        if outer is not None:
            outer.setContentsMargins(15, 9, 3, 10)
        self.body.setContentsMargins(0, 0, 0, 0)

    def _connect(self) -> None:
        self.preset.chosen.connect(self.preset_chosen)
        for axis in (self.across, self.up, self.layers):
            axis.changed.connect(self.edited)
        for entry in (self.seeds, self.steps, self.reach):
            entry.settled.connect(self.edited)
        self.shown.chosen.connect(self._choose_shown)
        for check in self.over.values():
            check.clicked.connect(self.over_changed)
        self.start_button.clicked.connect(self._press)
        self.stop_button.clicked.connect(self.stop_asked)

    def set_presets(self, presets: Iterable[tuple[str, str, str]]) -> None:
        """Offer presets of maps, (name, title, what to expect), after the present experiment."""
        own = (PRESENT, "This experiment", "The experiment of the window, over two of its fields")
        self.preset.set_items([own, *presets])
        self.show_preset(PRESENT)

    def show_preset(self, name: str, expect: str = "") -> None:
        """Show which one is chosen, and what there is to see in it."""
        self.preset.show_name(name)
        self.expect.show_text(expect)

    def set_spec(self, spec: Spec) -> None:
        """Offer the fields of the experiment that all cells are made from."""
        known = varied_fields(spec)
        for axis in (self.across, self.up, self.layers):
            axis.set_fields(spec, known)

    def show_held(self, held: str) -> None:
        """Say what is the same in all cells."""
        self.held.setText(held)
        self.held.set_tip(tool_tip(held, "The same in every cell"))

    def set_entries(self, entries: MapEntries) -> None:
        """Show these."""
        self.across.set_entry(entries.across)
        self.up.set_entry(entries.up)
        self.layers.set_entry(entries.layers)
        self.shown.show_name(entries.shown)
        self.seeds.show_text(entries.seeds)
        self.steps.show_text(entries.steps)
        self.reach.show_text(entries.reach)
        self._show_reach()

    def entries(self) -> MapEntries:
        """What is entered."""
        across = self.across.entry()
        assert across is not None  # it has no choice of none
        return MapEntries(
            across, self.up.entry(), self.layers.entry(), self.shown.name(), self.seeds.text(),
            self.steps.text(), self.reach.text(),
        )  # fmt: skip

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Say beside each entry what is wrong with it."""
        for name, axis in (("across", self.across), ("up", self.up), ("layers", self.layers)):
            axis.set_problem(problems.get(name, ""))
        for name in ("shown", "seeds", "steps", "reach"):
            self.rows[name].set_problem(problems.get(name, ""))
        self.general.show_text(problems.get(GENERAL, ""))

    def drawn_over(self) -> frozenset[str]:
        """Names of what is to be drawn over the map."""
        return frozenset(name for name, check in self.over.items() if check.isChecked())

    def show_progress(self, progress: MapProgress) -> None:
        """Show how far it is, and what can be done now."""
        self._state = progress.state
        self.bar.setVisible(progress.known)
        self.share.setText(progress.share_words)
        self.left_label.setText(progress.left_words)
        running = progress.state.running
        face = progress.face
        self.start_button.show_face(*face)
        self.start_button.set_primary(not running and not progress.complete)
        self.start_button.setEnabled(progress.can_start)
        self.stop_button.setEnabled(running)
        self.kept.show_text(progress.note or KEPT)
        self.bar.setValue(round(1000 * progress.share))
        for axis in (self.across, self.up, self.layers):
            axis.setEnabled(not running)
        for widget in (self.preset, self.seeds, self.steps, self.reach, self.refine):
            widget.setEnabled(not running)

    @Slot()
    def _press(self) -> None:
        """The one button that begins, pauses and goes on."""
        if self._state.running:
            self.pause_asked.emit()
        else:
            self.start_asked.emit()

    @Slot(str)
    def _choose_shown(self, name: str) -> None:
        self._show_reach()
        self.shown_chosen.emit(name)

    def _show_reach(self) -> None:
        self.rows["reach"].setVisible(asks_for_loss(self.shown.name()))

    def sizeHint(self) -> QSize:
        """As narrow as its entries can be read."""
        return QSize(276, 640)

    def minimumSizeHint(self) -> QSize:
        """The same, and low: what is above the buttons scrolls."""
        return QSize(230, 300)


def _entry(name: str) -> LineEntry:
    entry = LineEntry()
    entry.setAccessibleName(name)
    return entry


def _check(label: str, about: str) -> QCheckBox:
    check = QCheckBox(label)
    check.setFont(ui_font(12, tabular=False))
    check.setToolTip(tool_tip(about))
    check.setChecked(True)
    return check
