"""The main window: menus and transport on top, the panels, a status line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vgsim.core.errors import shorten
from vgsim.measure.frame import Frame
from vgsim.measure.source import RecordingFile
from vgsim.nn.spec import Spec
from vgsim.text.scale import Scale
from vgsim.text.status import banner, status_line
from vgsim.ui.commands import (
    BY_NAME,
    COMMANDS,
    COMPARED_HINTS,
    HINTS,
    MAP_HINTS,
    RECORDED_HINTS,
    START_HINTS,
)
from vgsim.ui.pacing import FULL, Due, RunState
from vgsim.ui.style.application import GUTTER, set_look, ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.text import tool_tip
from vgsim.ui.window.actions import FormKeys, key_texts, make_actions
from vgsim.ui.window.transport import Transport
from vgsim.ui.window.workspace import Workspace

LONGEST_NAME = 60
"""Letters of a file's name beside the menus."""
MESSAGE_MS = 6000
"""How long a message stays in the status line."""


class MainWindow(QMainWindow):
    """All views of one session. Verbs in; the signals of its parts and actions out."""

    closing = Signal()
    file_dropped = Signal(str)
    told = Signal(str)
    """What the status line says for a while."""

    def __init__(self, theme: Theme, scale: Scale, pen_scale: float = 1.0) -> None:
        super().__init__()
        self.setWindowTitle("vgsim")
        self.setMinimumSize(self.minimumSizeHint())
        self.setAcceptDrops(True)
        self.actions_by_name, self.menus = make_actions(self)
        self.transport = Transport()
        self.transport.set_shortcuts(key_texts())
        self.workspace = Workspace(theme, scale, pen_scale)
        self.form = self.workspace.form
        self._status, self._hints = QLabel(), QLabel()
        self._start_note = QLabel("This page comes back under File ▸ Start")
        self._run = RunState()
        self._mapping = False
        self.setMenuWidget(self._header())
        self._pages = QStackedWidget()
        self._pages.addWidget(self.workspace)
        self.setCentralWidget(self._pages)
        self.workspace.network.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.workspace.network.setFocus()  # no button has a focus ring at first
        self._fill_status_bar()
        self.menus["Instruments"].addActions(self.workspace.toggles())
        self._keys = [
            FormKeys(controls, self.workspace.network)
            for controls in (self.form, self.transport, self.workspace.hop)
        ]
        self._quiet = QTimer(self, singleShot=True, interval=MESSAGE_MS)
        self._quiet.timeout.connect(self._show_hints)
        self._problem = ""
        self._show_hints()

    def _header(self) -> QWidget:
        """Menu bar and transport, one above the other."""
        header = QWidget()
        header.setProperty("bar", True)
        header.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(header)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._named, self._map_named = QLabel(), QLabel()
        for named in (self._named, self._map_named):
            named.setFont(ui_font(12))
            named.setTextFormat(Qt.TextFormat.PlainText)
            named.setProperty("role", "muted")
            named.setContentsMargins(0, 0, GUTTER + 8, 0)
            named.hide()
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self.menuBar(), 1)
        top.addWidget(self._named)
        top.addWidget(self._map_named)
        column.addLayout(top)
        column.addWidget(self.transport)
        return header

    def _fill_status_bar(self) -> None:
        for label in (self._hints, self._status, self._start_note):
            label.setFont(ui_font(12))
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", "muted")
        self._hints.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(GUTTER, 0, GUTTER, 0)
        bar.addWidget(self._hints, 1)
        bar.addPermanentWidget(self._status)
        bar.addPermanentWidget(self._start_note)
        self._start_note.hide()

    def sizeHint(self) -> QSize:
        """Comfortable on a laptop."""
        return QSize(1440, 900)

    def minimumSizeHint(self) -> QSize:
        """The smallest at which nothing overlaps."""
        return QSize(1000, 660)

    @property
    def covered(self) -> bool:
        """Whether a page is in front of the panels."""
        return self._run.covered

    def cover(self, page: QWidget) -> None:
        """Put the start page in front of the panels; commands about them wait until it goes."""
        if self._pages.indexOf(page) < 0:
            self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)
        self._set_covered(True)

    def uncover(self) -> None:
        """The panels again."""
        self._pages.setCurrentWidget(self.workspace)
        self._set_covered(False)
        self.workspace.network.setFocus()

    @property
    def mapped(self) -> bool:
        """Whether a map is in front of the panels."""
        return self._run.mapped

    def show_map(self, page: QWidget) -> None:
        """Put the page of a map in front of the panels; transport and status line then are its."""
        if self._pages.indexOf(page) < 0:
            self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)
        self._set_mapped(True)
        page.setFocus()

    def leave_map(self) -> None:
        """The panels again."""
        self._pages.setCurrentWidget(self.workspace)
        self._set_mapped(False)
        self.workspace.network.setFocus()

    def _set_mapped(self, mapped: bool) -> None:
        self._run = replace(self._run, mapped=mapped)
        self.set_state(self._run)
        self._show_hints()
        if not mapped:
            self._status.setText("")

    def show_map_progress(self, pill: str, readout: tuple[str, str, str], status: str) -> None:
        """Say how far a map is, while it is in front."""
        if self.mapped:
            self.transport.set_moment(pill)
            self.transport.set_readout(*readout)
            self._status.setText(status)

    def name_map(self, name: str) -> None:
        """Say beside the menus which map is in front, or computed; empty for none."""
        self._map_named.setText(shorten(name, LONGEST_NAME) if name else "")
        self._map_named.setVisible(bool(name))

    def set_mapping(self, mapping: bool) -> None:
        """Offer what can be done with a map that is computed."""
        if mapping is not self._mapping:
            self._mapping = mapping
            self.set_state(self._run)

    def _set_covered(self, covered: bool) -> None:
        self._run = replace(self._run, covered=covered, mapped=False)
        self.transport.setVisible(not covered)
        self._status.setVisible(not covered)
        self._start_note.setVisible(covered)
        self.set_state(self._run)
        self._show_hints()

    def set_theme(self, theme: Theme) -> None:
        """Paint everything in another theme."""
        self.workspace.set_theme(theme)

    def set_spec(self, spec: Spec, baseline: Spec) -> None:
        """Show ``spec`` in the form, with what differs from ``baseline`` marked."""
        self.form.set_spec(spec, baseline)
        changed = "" if spec == baseline else " (changed)"
        self.setWindowTitle(f"{spec.name or 'Experiment'}{changed} · vgsim")

    def set_recording(self, recording: RecordingFile | None) -> None:
        """Show a recording's modules and its name; None for the form of an experiment again."""
        self.form.setEnabled(recording is None)
        self.workspace.show_recording(recording is not None)
        self._named.setVisible(recording is not None)
        if recording is not None:
            self._named.setText(f"{shorten(recording.path.name, LONGEST_NAME)} · recording")
            self.setWindowTitle(f"{recording.path.name} · recording · vgsim")

    def set_problems(self, problems: Mapping[str, str]) -> None:
        """Say beside each field, and below where it is always seen, what cannot be."""
        self.form.set_problems(problems)
        first = next(iter(problems.values()), "")
        if first:
            self._problem = f"Still the last good experiment: {first}"
        else:
            self._problem = ""
        self._show_hints()

    def tell(self, text: str) -> None:
        """Show a message for a while where the hints are."""
        self._hints.setText(text)
        self._quiet.start()
        self.told.emit(text)

    def hush(self) -> None:
        """Take a message back: it holds no more."""
        self._quiet.stop()
        self._show_hints()

    def _show_hints(self) -> None:
        keys = key_texts()
        if self.covered:
            parts = ["Esc go to the window", *(f"{keys[name]} {name}" for name in START_HINTS)]
        elif self.mapped:
            parts = list(MAP_HINTS)
        elif self._run.compared:
            at_rest = RunState(can_back=True, compared=True, recorded=self._run.recorded)
            parts = [
                f"{keys[name]} {does}"
                for name, does in COMPARED_HINTS.items()
                if not BY_NAME[name].hindrance(at_rest)
            ]
        elif self._run.recorded:
            parts = [f"{keys[name]} {does}" for name, does in RECORDED_HINTS.items()]
            parts.append("− + fold and open")
        else:
            parts = [f"{keys[name]} {name}" for name in HINTS]
        hints = "    ".join(parts)
        set_look(self._hints, "role", "error" if self._problem else "muted")
        self._hints.setText(self._problem or hints)
        self._hints.setToolTip(tool_tip(self._problem))

    def set_state(self, state: RunState) -> None:
        """Offer what fits what the session is doing, and what is in front."""
        before = self._run
        state = replace(state, covered=self.covered, mapped=self.mapped, mapping=self._mapping)
        self._run = state
        other_hints = (state.compared, state.recorded) != (before.compared, before.recorded)
        if other_hints and not self._quiet.isActive():
            self._show_hints()
        if (state.playing or state.training) and self._quiet.isActive():
            self.hush()  # what was said of the stop before is over
        self.transport.set_state(state)
        for command in COMMANDS:
            hindrance = command.hindrance(state)
            action = self.actions_by_name[command.name]
            action.setEnabled(not hindrance)
            action.setToolTip(tool_tip(command.help, hindrance))

    def set_frame(self, frame: Frame, due: Due = FULL) -> None:
        """Show one moment, as much of it as is due."""
        self.workspace.set_frame(frame, due)
        if not due.words or self.mapped:
            return
        line = status_line(frame)
        title = banner(frame)
        if due.training:
            title = "Training" if frame.other is None else "Training both"
        self.transport.set_moment(title)
        self.transport.set_readout(*line.readout)
        self._status.setText(line.text)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell, so that the worker can be ended before the window goes."""
        self.closing.emit()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell the path of the first file that was dropped."""
        self.file_dropped.emit(event.mimeData().urls()[0].toLocalFile())
