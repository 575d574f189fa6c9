"""The command line. The window is imported only when it is opened."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np

import vgsim
from vgsim.cli import preflight
from vgsim.cli.arguments import BAD_USE, parser
from vgsim.cli.progress import Progress, ShareBar
from vgsim.cli.record import ABOUT, record
from vgsim.core import atomic, blas
from vgsim.core.errors import SpecError, first_told, refuse
from vgsim.core.registry import HOMES, registry
from vgsim.diagnosis.verdict import Effect, Remedy, Verdict
from vgsim.export.format import FileKind
from vgsim.export.formats import FORMATS
from vgsim.export.sources import (
    Source,
    allow,
    find,
    is_data,
    named_by_user,
    refuse_recording,
    refuse_unasked,
    unlike,
    without_map_file,
)
from vgsim.lessons import shelf
from vgsim.lessons.lesson import Lesson
from vgsim.lessons.reading import is_lesson
from vgsim.measure.snapshot import frame_of
from vgsim.measure.source import RecordingFile, open_source
from vgsim.nn.continuing import PresentState
from vgsim.nn.data_files import FIRST_ON_DATA, fields_for, is_archive, is_table
from vgsim.nn.datasets.tables import TableChoices, plan_of
from vgsim.nn.datasets.user_npz import arrays_told
from vgsim.nn.experiment import Experiment, copy_of
from vgsim.nn.presets import PresetCard, load_preset, preset_cards, preset_names
from vgsim.nn.spec import Spec, fields
from vgsim.record.listing import listing
from vgsim.record.reader import RecordedRun, is_recording
from vgsim.sweep.axes import axis_text
from vgsim.sweep.figures import SHOWN
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.plan import SweepPlan
from vgsim.sweep.presets import MapPreset, map_presets
from vgsim.sweep.store import is_map
from vgsim.sweep.store import read as read_map
from vgsim.text.data_plan import plan_lines
from vgsim.text.glossary import glossary
from vgsim.text.map_listing import listing as map_listing
from vgsim.text.own_units import ALL, typical_error
from vgsim.text.table import stage_table


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it was done, 2 with one line on stderr when it could not be."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["record"]:  # whose last words are those of another program
        return record(words[1:])
    arguments = parser(COMMANDS, _version(), _files()).parse_args(_with_command(words))
    try:
        result: int = arguments.command(arguments)
        return result
    except SpecError as error:
        return _fail(str(error))
    except BrokenPipeError:  # the reader of the output has closed it, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _fail(f"{error.filename or 'file'}: {error.strerror or error}")
    except MemoryError:
        return _fail("this needs more memory than there is")
    except KeyboardInterrupt:
        return _fail("stopped")


def _fail(sentence: str) -> int:
    print(f"vgsim: {sentence}", file=sys.stderr)
    return BAD_USE


def _with_command(words: list[str]) -> list[str]:
    """Insert the command that opens the window when none is named."""
    if words and (words[0] in COMMANDS or words[0] in ("-h", "--help", "--version")):
        return words
    return ["open", *words]


def _list(arguments: argparse.Namespace) -> int:
    if arguments.kind is not None and is_recording(arguments.kind):
        for line in listing(RecordedRun(arguments.kind), arguments.step):
            print(line)
        return 0
    if arguments.step is not None:
        raise refuse("--step", arguments.step, "a step of a recording, which is to be named")
    if arguments.kind is not None and is_map(arguments.kind):
        plan, results = read_map(arguments.kind)
        grid = MapGrid(plan)
        grid.add_all(results)
        for line in map_listing(grid, arguments.kind):
            print(line)
        return 0
    tables = _tables()
    if arguments.kind not in (None, *tables):
        raise refuse(
            "kind", arguments.kind, "one of " + ", ".join(tables) + ", or a recording or a map"
        )
    for kind, rows in tables.items():
        if arguments.kind in (None, kind):
            print(f"{kind}:")
            for name, summary in rows:
                print(f"  {name:<22} {summary}")
    return 0


def _tables() -> dict[str, list[tuple[str, str]]]:
    """Every registered name with its line of explanation, by kind."""
    tables = {"preset": [(card.name, _on_card(card)) for card in preset_cards()]}
    tables["map"] = [(preset.name, _of_map(preset)) for preset in map_presets()]
    tables["shown"] = [(entry.name, entry.summary) for entry in SHOWN]
    tables["lesson"] = [(lesson.name, _in_a_line(lesson)) for lesson in shelf.titles()]
    for kind in HOMES:
        tables[kind] = [(entry.name, entry.summary) for entry in registry(kind)]
    tables["view"] = _views()
    tables["figure"] = _figures()
    tables["symbol"] = [(symbol.name, symbol.title) for symbol in glossary().values()]
    tables["field"] = [
        (info.path, f"{info.help} Default {info.default!r}; {info.allowed()}.")
        for info in fields()
        if info.section
    ]
    return tables


def _on_card(card: PresetCard) -> str:
    """What a gallery shows of a preset, in a line."""
    return f"{card.title}: {card.expect} ({', '.join(card.tags)})"


def _of_map(preset: MapPreset) -> str:
    """What a shipped map has along its axes, and what there is to see."""
    along = " × ".join(axis_text(axis) for axis in preset.plan.axes)
    return f"{preset.title}: {preset.expect} ({along})"


def _in_a_line(lesson: Lesson) -> str:
    """What a list of lessons says of one."""
    length = f"{len(lesson.pages)} pages, {lesson.minutes} minutes"
    return f"{lesson.number} {lesson.title}: {lesson.about} ({length})"


def _views() -> list[tuple[str, str]]:
    """What ``vgsim render`` draws; without Qt's system libraries only those it needs no Qt for."""
    views = [
        ("slide", "title, diagram, plots, caption and source, made for a lecture"),
        ("window", "the whole window"),
        ("diagram", "the network and its chain rule"),
        ("hop", "the chain rule of the moment with its matrices"),
        ("why", "the verdict: what is wrong, the evidence, what would help"),
        ("comparison", "two experiments side by side, and what differs"),
    ]
    try:
        from vgsim.ui.plots.kinds import PLOTS
    except ImportError:  # the list of everything else must not need Qt
        return views
    return views + [(entry.name, entry.summary) for entry in PLOTS]


def _figures() -> list[tuple[str, str]]:
    """What a page of a lesson may have in its text; nothing without Qt's system libraries."""
    try:
        from vgsim.ui.guide.figures.kinds import FIGURES
    except ImportError:  # as above
        return []
    return [(entry.name, entry.summary) for entry in FIGURES]


def _assignments(arguments: argparse.Namespace) -> dict[str, str]:
    """What ``--set`` says, by field."""
    assignments: dict[str, str] = {}
    for text in arguments.set:
        path, equals, value = text.partition("=")
        if not equals:
            raise refuse("--set", text, "FIELD=VALUE, for example network.depth=20")
        assignments[path.strip()] = value.strip()
    return assignments


def _source(arguments: argparse.Namespace) -> Source:
    """The preset or file, with ``--set`` and ``--seed`` on top."""
    source = find(arguments.source)
    assignments = _assignments(arguments)
    for sentence in unlike(source, assignments):
        print(f"vgsim: {sentence}", file=sys.stderr)
    source = allow(source, named_by_user(source, assignments))
    refuse_unasked(source)
    spec = source.spec.with_text(assignments)
    if arguments.seed is not None:
        spec = _with_option(spec, "seed", arguments.seed)
    return replace(source, goal=spec)


def _with_option(spec: Spec, name: str, text: str) -> Spec:
    """``spec`` with what the option --``name`` says of training, which refusals call like it."""
    path = f"training.{name}"
    try:
        return spec.with_text({path: text})
    except SpecError as error:
        raise error.renamed({path: f"--{name}"}) from None


def _steps(arguments: argparse.Namespace, spec: Spec, default: int) -> int:
    if arguments.steps is None:
        return default
    return _with_option(spec, "steps", arguments.steps).training.steps


def _check_target(name: str, path: str) -> None:
    """SpecError when the file could not be written: better before the work than after it."""
    if not path.strip():
        raise refuse(name, path, "a file name")
    if why_not := atomic.obstacle(path):
        raise refuse(name, path, why_not)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.json is not None:
        _check_target("--json", arguments.json)
    source = _source(arguments)
    spec = source.spec
    if source.moment:
        shown = source.updates
    else:
        shown = spec.training.steps
    steps = _steps(arguments, spec, shown)
    experiment = Experiment(spec)
    progress = Progress(sys.stderr, steps)
    with atomic.text_file(arguments.json) if arguments.json is not None else nullcontext() as out:

        def after() -> None:
            if out is not None:
                _write_record(experiment, out)
            progress.advance(experiment.value)

        experiment.run(steps, after)
        progress.close()
    experiment.evaluate()
    frame = frame_of(experiment)
    print(stage_table(frame))
    if frame.errors is not None:
        print(f"{typical_error(frame.errors, ALL)} (RMS, in the data's own units)")
    return 0


def _data(arguments: argparse.Namespace) -> int:
    """Print how a table is read, or which arrays of an NPZ file are."""
    refuse_recording(arguments.file)
    if is_archive(arguments.file):
        spec = load_preset(FIRST_ON_DATA).replace(fields_for(arguments.file))
        spec = spec.with_text(_assignments(arguments))
        print("\n".join(arrays_told(spec.data)))
        return 0
    spec = load_preset(FIRST_ON_DATA).replace({"data.dataset": "csv", "data.path": arguments.file})
    spec = spec.with_text(_assignments(arguments))
    print("\n".join(plan_lines(plan_of(spec.data.path, TableChoices.of(spec.data)))))
    return 0


def _write_record(experiment: Experiment, out: IO[str]) -> None:
    """One step as one line of JSON; a number that overflowed is null."""
    telemetry = experiment.telemetry
    record = {
        "step": experiment.step,
        "loss": _json(experiment.value),
        "accuracy": _json(experiment.accuracy()),
        "dh_rms": _json(telemetry.dh_rms.tolist()),
        "dh_norm": _json(telemetry.dh_norm.tolist()),
        "dW_norm": _json(telemetry.dW_norm.tolist()),
        "db_norm": _json(telemetry.db_norm.tolist()),
    }
    out.write(json.dumps(record, allow_nan=False) + "\n")


def _json(value: float | list[float]) -> object:
    if isinstance(value, list):
        return [_json(item) for item in value]
    if abs(value) < float("inf"):
        return value
    return None


def _trace(arguments: argparse.Namespace) -> int:
    from vgsim.nn.trace import save

    if Path(arguments.out).suffix != ".npz":
        raise refuse("--out", arguments.out, "a file name that ends in .npz")
    _check_target("--out", arguments.out)
    source = _source(arguments)
    spec = source.spec
    experiment = Experiment(spec)
    experiment.run(_steps(arguments, spec, source.step))
    save(experiment, Path(arguments.out))
    return 0


def _why(arguments: argparse.Namespace) -> int:
    from vgsim.diagnosis import judge
    from vgsim.diagnosis.effects import HORIZON
    from vgsim.measure.forecast import phase_of
    from vgsim.measure.own_units import own_errors
    from vgsim.nn.continuing import origin_of
    from vgsim.text.verdicts import answer_text, phase_text, remedies_text, verdict_record

    if arguments.source not in preset_names() and is_recording(arguments.source):
        from vgsim.cli.why_recorded import why_recorded

        return why_recorded(arguments)
    source = _source(arguments)
    spec = source.spec
    updates = _count("--effects-updates", arguments.effects_updates, HORIZON)
    experiment = Experiment(spec)
    experiment.run(_steps(arguments, spec, source.updates))
    origin = origin_of(experiment)
    here = copy_of(experiment)  # judging goes some updates further
    here.run(experiment.step - here.step)
    here.evaluate()
    told = typical_error(own_errors(here), ALL)
    verdict = judge(experiment)
    if arguments.json:
        print(json.dumps(verdict_record(verdict), ensure_ascii=False, indent=2))
        return 0
    print(f"{spec.name or 'experiment'} · step {origin.kept.step} · seed {spec.training.seed}")
    print(answer_text(verdict), flush=True)  # before what may take long
    if not arguments.no_effects:
        verdict = _with_effects(verdict, spec, updates, origin)
    if verdict.remedies:
        print(remedies_text(verdict))
    phase = phase_of(experiment)
    if phase is not None:
        print(phase_text(phase))
    if told:
        print(f"{told} (RMS, in the data's own units)")
    return 0


def _with_effects(verdict: Verdict, spec: Spec, updates: int, origin: PresentState) -> Verdict:
    """The verdict with what its remedies do; Ctrl+C leaves it at what is known by then."""
    from vgsim.diagnosis.effects import Bench
    from vgsim.diagnosis.stopping import never

    bar = ShareBar(sys.stderr)
    found: dict[Remedy, Effect] = {}
    known = 0
    try:
        for told in Bench(spec, updates).effects(verdict.outcome, verdict.remedies, never, origin):
            found[told.remedy] = told
            known = sum(min(each.through, updates) for each in found.values())
            bar.show(known / (updates * len(verdict.remedies)))
    except KeyboardInterrupt:
        bar.warn("Measuring was ended: remedies are told as far as they were measured.")
    finally:
        bar.close()
    return replace(verdict, effects=tuple(found.values()))


def _count(name: str, text: str | None, default: int) -> int:
    """A number of updates from an argument; SpecError when it is none."""
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1_000_000:
        raise refuse(name, text, "a whole number from 1 to 1000000")
    return int(text)


def _render(arguments: argparse.Namespace) -> int:
    problem = preflight.drawing_problem()
    if problem:
        return _fail(problem)
    if arguments.batch is not None:
        return _render_batch(arguments)
    from vgsim.cli.render import render

    bar = ShareBar(sys.stderr)
    try:
        render(_wanted(arguments), bar.show, bar.warn)
    except SpecError as error:
        raise error.renamed(_FLAGS) from None
    finally:
        bar.close()
    return 0


def _render_batch(arguments: argparse.Namespace) -> int:
    """Every picture of a file; 2 when one of them could not be made."""
    from vgsim.cli.render import render_batch

    given = [name for name in _wanted(arguments) if name != "set"]
    if given or arguments.set:
        raise refuse("--batch", " ".join(given) or "--set", "no other argument; the file says all")
    if not arguments.batch.strip():
        raise refuse("--batch", arguments.batch, "a TOML file")
    bar = ShareBar(sys.stderr)
    try:
        problems = render_batch(Path(arguments.batch), bar.show, bar.tell, bar.warn)
    finally:
        bar.close()
    for sentence in first_told(problems):
        _fail(sentence)
    return BAD_USE if problems else 0


def _wanted(arguments: argparse.Namespace) -> dict[str, object]:
    """What the arguments of ``render`` say, as a table of a batch says it."""
    wanted: dict[str, object] = {}
    for name, read in _PICTURE_ARGUMENTS.items():
        value = getattr(arguments, name)
        if value is not None and value is not False:
            wanted[name] = read(value) if isinstance(value, str) else value
    if arguments.no_caption:
        wanted["caption"] = False
    wanted["set"] = _assignments(arguments)
    return wanted


def _number(text: str) -> object:
    """A number where it is one; other text is refused with what is allowed."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


_PICTURE_ARGUMENTS: dict[str, Callable[[str], object]] = {
    "source": str, "seed": str, "steps": _number, "moment": str, "compare": str,
    "every": _number, "pass": str, "from": str, "to": str, "seconds": _number, "out": str,
    "view": str, "plots": _names, "size": str, "scale": _number, "dpi": _number, "theme": str,
    "transparent": str, "font_scale": _number, "title": str, "sentences": str,
    "show": str, "layer": str, "over": _names,
}  # fmt: skip
"""Arguments of ``render`` and how their text is read."""
_FLAGS = {name: "--" + name.replace("_", "-") for name in _PICTURE_ARGUMENTS} | {
    "source": "PRESET|FILE",
    "caption": "--no-caption",
    "sentences": "--sentence",
}
"""What a user typed for the fields of a picture."""


def _sweep(arguments: argparse.Namespace) -> int:
    from vgsim.cli import sweep

    sweep.check_target(arguments.out)
    known = sweep.known_map(arguments.source)
    assignments = _assignments(arguments)
    if known is not None:
        plan, shown = known
        asked = sweep.asked_map(plan, arguments, assignments, shown)
    else:
        asked = sweep.asked_map(_experiment_of_map(arguments, assignments), arguments, assignments)
    return sweep.sweep(asked, arguments.out, sweep.workers_of(arguments), arguments.refine)


def _experiment_of_map(
    arguments: argparse.Namespace, assignments: dict[str, str]
) -> Spec | SweepPlan:
    """The experiment that is varied; of the picture of a map its plan, without the map's file."""
    source = without_map_file(find(arguments.source))
    for sentence in unlike(source, assignments):
        print(f"vgsim: {sentence}", file=sys.stderr)
    source = allow(source, named_by_user(source, assignments))
    refuse_unasked(source)
    if source.map is not None:
        return source.map.plan
    return source.spec


def _model(arguments: argparse.Namespace) -> int:
    from vgsim.cli.model import model

    return model(arguments)


def _lesson(arguments: argparse.Namespace) -> int:
    from vgsim.cli import lesson

    if arguments.task in lesson.DRAWING:
        problem = preflight.drawing_problem()
        if problem:
            return _fail(problem)
    return lesson.TASKS[arguments.task](arguments)


def _open(arguments: argparse.Namespace) -> int:
    problem = preflight.window_problem()
    if problem:
        return _fail(problem)
    file = arguments.file
    lesson = file is not None and (file in shelf.names() or is_lesson(file))
    data = file is not None and is_data(file) and is_table(file)
    if file is not None and not lesson and not data:
        source = find(file)
        if isinstance(source.goal, RecordingFile) and not source.asks_for:
            open_source(source.goal)  # what is wrong with it is told before a window opens
    else:
        source = None
    from vgsim.ui.app.application import open_window

    if lesson:
        from vgsim.ui.window.lesson_names import load_known

        load_known(file)  # what is wrong with it is told before a window opens
        return open_window(None, lesson=file)
    if data:
        return open_window(None, data=file)
    return open_window(source, file or "")


COMMANDS = {
    "list": (
        _list,
        "print every registered name, those of one kind, or what a recording or map holds",
    ),
    "run": (_run, "train without a window and print a table by stage"),
    "why": (_why, "say why the gradient vanishes or what else is wrong, and what would help"),
    "data": (_data, "say how a table of text (CSV) is read, column by column, and why"),
    "trace": (_trace, "write every quantity of one pass to an NPZ file"),
    "render": (_render, "draw a picture without a window"),
    "sweep": (_sweep, "compute a map: one experiment over two fields or more"),
    "lesson": (_lesson, "check a lesson, begin one, or make slides and a handout of it"),
    "record": (record, ABOUT),
    "model": (_model, "print the simulated experiment nearest to a recording (.vgrun), as TOML"),
    "open": (_open, "open the window (what vgsim does without a command)"),
}


def _files() -> dict[str, list[str]]:
    """Suffixes of all formats, by what the help says of them."""
    found: dict[str, list[str]] = {}
    for entry in FORMATS:
        form = entry.value
        words = "one picture or slide"
        if form.kind is FileKind.TABLE:
            words = "the numbers behind a plot"
        elif form.several:
            words = "several: training with --every, or the moments of a pass with --pass"
        found.setdefault(words, []).append(form.suffix)
    return found


def _version() -> str:
    return f"vgsim {vgsim.__version__} (NumPy {np.__version__}; {blas.description()})"
