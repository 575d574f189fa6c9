"""Every command of the window in one table.

Keys, menus, buttons, what may be used when, tool tips and the page of help are all made from it.
What a command does is a verb of the application, which it finds by the command's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vgsim.ui.pacing import Doing, RunState

MENUS = ("File", "Edit", "View", "Experiment", "Step", "Compare", "Lessons", "Instruments", "Help")


def always(state: RunState) -> str:
    """Whatever the run is doing."""
    return ""


def unless_training(state: RunState) -> str:
    """While a moment can be gone to."""
    if state.training:
        return "Not while it trains"
    return ""


def with_something_before(state: RunState) -> str:
    """While there is a moment to go back to."""
    if not state.can_back:
        return "Nothing is before this moment"
    return unless_training(state)


def with_something_after(state: RunState) -> str:
    """While there is a moment to go on to."""
    if state.at_end:
        return "The recording ends here"
    return unless_training(state)


def with_a_step_after(state: RunState) -> str:
    """While there is a step to go on to."""
    if state.last_step:
        return "This is the last recorded step"
    return unless_training(state)


def with_a_step_before(state: RunState) -> str:
    """While there is a step to go back to."""
    if state.first_step:
        return "This is the first step"
    return unless_training(state)


def if_it_trains_here(state: RunState) -> str:
    """With an experiment: a recording is of a training elsewhere."""
    if state.recorded:
        return "Not with a recording: the training is elsewhere"
    return ""


def with_an_experiment(state: RunState) -> str:
    """With settings that could be another way, or saved."""
    if state.recorded:
        return "Not with a recording: it has no settings of an experiment"
    return ""


def with_a_recording(state: RunState) -> str:
    """While the training of somebody else is shown."""
    if not state.recorded:
        return "Only with a recording: an experiment is a model already"
    return ""


def while_compared(state: RunState) -> str:
    """While something runs beside this one."""
    if not state.compared:
        return "Nothing is compared"
    return ""


def with_two_experiments(state: RunState) -> str:
    """While two experiments are compared, and no recording."""
    if state.compared and not state.pair_of_specs:
        return "Not with a recording: a pair has the settings of two experiments"
    return while_compared(state)


def unless_mapped(state: RunState) -> str:
    """With an experiment to begin with, while no map is in front yet."""
    if state.mapped:
        return "The map is in front"
    return with_an_experiment(state)


def while_mapped(state: RunState) -> str:
    """While a map is in front."""
    if not state.mapped:
        return "No map is in front"
    return ""


def while_mapping(state: RunState) -> str:
    """While a map is computed, in front or not."""
    if not state.mapping:
        return "No map is computed"
    return ""


@dataclass(frozen=True, slots=True)
class ButtonFace:
    """What a button shows: icon, word, and what a press does."""

    icon: str
    label: str
    help: str


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that the user can ask for.

    ``text`` stands in ``menu``, or nowhere if that is empty; ``help`` says what it does; ``keys``
    are those of the window, ``hall_keys`` those of a presentation. ``when`` tells why it cannot be
    used, in a few words; nothing when it can. ``face`` is its button's, and ``ends`` the one that
    it has while the run is ``starts``, which the command then ends.
    """

    name: str
    menu: str
    text: str
    help: str
    keys: str = ""
    when: Callable[[RunState], str] = always
    hall_keys: tuple[str, ...] = ()
    face: ButtonFace | None = None
    starts: Doing | None = None
    ends: ButtonFace | None = None
    choice: bool = False
    """Whether it is one of several of which one is ticked."""
    everywhere: bool = False
    """Whether it can be used on the start page, too, which covers what the others are about."""
    on_map: bool = False
    """Whether it can be used while a map is in front, which covers the network."""

    def hindrance(self, state: RunState) -> str:
        """Why it is of no use now; empty when it is of use."""
        if state.covered and not self.everywhere:
            return "Not on the start page"
        if state.mapped and not (self.everywhere or self.on_map):
            return "Not on a map: Esc goes back to the network"
        return self.when(state)

    def face_in(self, state: RunState) -> ButtonFace:
        """What its button shows; only for commands that have one."""
        assert self.face is not None
        if self.ends is not None and state.doing is self.starts:
            return self.ends
        return self.face


COMMANDS: tuple[Command, ...] = (
    Command(
        "start_page", "File", "Start", "Lessons, gallery, files, and what was opened lately",
        everywhere=True,
    ),
    Command(
        "open", "File", "Open…", "An experiment, a recording, a map, or a file that vgsim exported",
        "Ctrl+O", everywhere=True,
    ),
    Command(
        "data", "File", "Open data…", "A table or arrays of your own, for this network to learn",
        "Ctrl+Shift+O", everywhere=True,
    ),
    Command(
        "lesson", "File", "Open lesson…", "One of your own: its lesson.toml, or a zip of it",
        everywhere=True,
    ),
    Command(
        "save", "File", "Save experiment as…", "Save it as a TOML file", "Ctrl+S",
        with_an_experiment,
    ),
    Command(
        "save_map", "File", "Save map as…", "Keep the map in front as a file of that name",
        "Ctrl+Shift+S", while_mapped, on_map=True,
    ),
    Command(
        "export", "File", "Export…", "Save a picture, animation or slide", "Ctrl+Shift+E",
        face=ButtonFace("export", "Export", "Export picture"), on_map=True,
    ),
    Command(
        "export_again", "File", "Export again", "As last time, as another file", "Ctrl+E",
        on_map=True,
    ),
    Command("quit", "File", "Quit", "Close vgsim", "Ctrl+Q", everywhere=True),
    Command(
        "copy", "Edit", "Copy picture", "Copy the picture last exported", "Ctrl+Shift+C",
        on_map=True,
    ),
    Command("copy_svg", "Edit", "Copy as SVG", "The same picture as shapes", on_map=True),
    Command(
        "copy_data", "Edit", "Copy data of the plot", "Its numbers as a table", "Ctrl+Shift+D",
        on_map=True,
    ),
    Command(
        "step", "Step", "Step on", "One moment on", "Right", with_something_after,
        ("PgDown", "Right"), ButtonFace("step", "Step", "One moment on"),
    ),
    Command(
        "back", "Step", "Step back", "One moment back", "Left", with_something_before,
        ("PgUp", "Left"), ButtonFace("back", "Back", "One moment back"),
    ),
    Command(
        "play", "Step", "Play or pause the pass", "Play to the end of the pass", "Space",
        with_something_after, ("Space",),
        ButtonFace("play", "Play pass", "Moment after moment, to the end of the pass"),
        Doing.PLAYING, ButtonFace("pause", "Pause", "Stop playing"),
    ),
    Command(
        "start", "Step", "To the start of the pass", "Before the first moment", "Home",
        unless_training, ("Home",),
    ),
    Command(
        "loss", "Step", "To the loss", "Forward is done, backward comes next", "L",
        unless_training, ("L",),
    ),
    Command(
        "end", "Step", "To the end of the pass", "The update is done", "End",
        unless_training, ("End",),
    ),
    Command(
        "goto", "Step", "Go to…", "Any stage of this pass, or any step", "G", unless_training
    ),
    Command(
        "next_step", "Step", "Next step", "The same moment of the next step, or recorded step",
        "Ctrl+Right", with_a_step_after,
    ),
    Command(
        "last_step", "Step", "Step before", "The same moment of the step before, or recorded step",
        "Ctrl+Left", with_a_step_before,
    ),
    Command("inspect", "Step", "Inspect by keyboard", "Arrows then move what is inspected", "I"),
    Command(
        "stops", "Step", "Stop when…", "Rules that stop playing and training",
        when=if_it_trains_here,
    ),
    Command(
        "train", "Experiment", "Train or stop", "Train at full speed", "T", if_it_trains_here,
        ("T",),
        ButtonFace("train", "Train", "Update after update, at full speed"),
        Doing.TRAINING, ButtonFace("stop", "Stop", "Stop training"),
    ),
    Command(
        "model", "Experiment", "Model it…", "A simulated experiment of the recording's form", "M",
        with_a_recording,
    ),
    Command(
        "map", "Experiment", "Map…", "This experiment over two of its fields, cell by cell",
        "Ctrl+M", unless_mapped, on_map=True,
    ),
    Command(
        "map_back", "Experiment", "Back to the network", "Leave the map; what is computed goes on",
        when=while_mapped, on_map=True,
    ),
    Command(
        "map_pause", "Experiment", "Pause the map or go on", "Begin no further cells, or go on",
        when=while_mapping, on_map=True,
    ),
    Command(
        "map_stop", "Experiment", "Stop the map", "What is computed stays",
        when=while_mapping, on_map=True,
    ),
    Command("compare", "Compare", "Keep this one as B", "Run it beside what you change", "B"),
    Command(
        "change_one", "Compare", "Change one thing…", "B as a copy of A with one field changed",
        "C", with_an_experiment,
    ),
    Command(
        "beside", "Compare", "Open another recording beside it…", "A recording becomes B",
    ),
    Command(
        "swap", "Compare", "Swap A and B", "Each goes on in the other's place", "X", while_compared
    ),
    Command(
        "promote", "Compare", "Go on with B alone", "B becomes the experiment, as it is now",
        when=while_compared,
    ),
    Command(
        "save_pair", "Compare", "Save the pair…", "A, B and this moment as one file",
        when=with_two_experiments,
    ),
    Command("pin_a", "Compare", "Pin A", "Keep its curves behind what comes"),
    Command(
        "pin_b", "Compare", "Pin B", "Keep its curves behind both", when=while_compared
    ),
    Command(
        "compare_end", "Compare", "End the comparison", "A goes on alone",
        when=while_compared,
    ),
    Command(
        "reset", "Experiment", "Reset", "Back to the same initial weights", "R", if_it_trains_here,
        ("R",),
        ButtonFace("reset", "Reset", "Back to the first moment"),
    ),
    Command("guide", "Lessons", "Guide", "Open the guide where you left it, or close it", "Ctrl+L"),
    Command("page_next", "Lessons", "Next page", "The next page of the lesson", "PgDown"),
    Command("page_back", "Lessons", "Page before", "The page before", "PgUp"),
    Command(
        "lessons_clear", "Lessons", "Clear progress", "Forget answers and pages of all lessons",
        everywhere=True,
    ),
    Command("present", "View", "Present", "Whole screen, large type; Esc ends it", "F11"),
    Command(
        "theme_system", "View", "System theme", "Follow the system's light or dark", choice=True,
        everywhere=True,
    ),
    Command(
        "theme_light", "View", "Light theme", "Always light", choice=True, everywhere=True
    ),
    Command("theme_dark", "View", "Dark theme", "Always dark", choice=True, everywhere=True),
    Command(
        "theme", "", "Light or dark", "From light to dark or back",
        face=ButtonFace("theme", "", "Light or dark"), everywhere=True,
    ),
    Command("layout", "View", "Reset layout", "Put every panel back to its place"),
    Command("explain", "Help", "What is this?", "Say what the keyboard is at; Tab goes on", "F2"),
    Command(
        "symbols", "Help", "Every symbol", "What every symbol and word means", everywhere=True
    ),
    Command("workflow", "Help", "How vgsim works", "The way to work with it, and its limits"),
    Command(
        "keys", "Help", "Keyboard shortcuts", "All keys on one page", "F1", everywhere=True
    ),
    Command("about", "Help", "About vgsim", "Version and licenses", everywhere=True),
)  # fmt: skip
BY_NAME = {command.name: command for command in COMMANDS}
TRANSPORT = ("reset", "back", "step", "play", "train")
"""Commands with a button in the transport, from left to right."""
HINTS = ("step", "back", "play", "train", "reset", "export")
"""Commands whose keys the status line shows while there is no message."""
COMPARED_HINTS = {"step": "step both", "back": "back", "train": "train both",
                  "swap": "swap A and B", "change_one": "change one thing"}  # fmt: skip
"""Those that it shows while two experiments are compared, and what they then do."""
RECORDED_HINTS = {"step": "step back stage by stage", "next_step": "next recorded step"}
"""The same with a recording, and what they do there."""
MAP_HINTS = (
    "Enter open this cell's experiment", "← → ↑ ↓ next cell", "S slice by row or column",
    "Space pause", "Esc network",
)  # fmt: skip
"""What it says on a map, whose page has these keys itself."""
START_HINTS = ("keys", "open")
"""The same on the start page."""


def likeliest(state: RunState) -> str:
    """The command to ask for next, whose button is the only filled one."""
    for command in COMMANDS:
        if command.starts is not None and command.starts is state.doing:
            return command.name
    return "back" if state.at_end else "step"
