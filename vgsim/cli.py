"""The command line. The window is imported only when it is opened."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import IO, NoReturn

import numpy as np

import vgsim
from vgsim import atomic, blas, preflight
from vgsim.engine.errors import SpecError, refuse
from vgsim.engine.experiment import Experiment
from vgsim.engine.presets import load, load_preset, preset_names
from vgsim.engine.spec import REGISTRIES, Spec, fields
from vgsim.present.progress import Progress
from vgsim.present.table import stage_table

BAD_USE = 2
"""Exit code for anything the person can mend: a bad argument, spec or file."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it was done, 2 with one line on stderr when it could not be."""
    arguments = _parser().parse_args(_with_command(list(sys.argv[1:] if argv is None else argv)))
    try:
        result: int = arguments.command(arguments)
        return result
    except SpecError as error:
        return _fail(str(error))
    except BrokenPipeError:  # whoever read the output has seen enough
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
    tables = _tables()
    if arguments.kind not in (None, *tables):
        raise refuse("kind", arguments.kind, "one of " + ", ".join(tables))
    for kind, rows in tables.items():
        if arguments.kind in (None, kind):
            print(f"{kind}:")
            for name, summary in rows:
                print(f"  {name:<22} {summary}")
    return 0


def _tables() -> dict[str, list[tuple[str, str]]]:
    """Every registered name with its line of explanation, by kind."""
    tables = {"preset": [(name, load_preset(name).name) for name in preset_names()]}
    for kind, registry in REGISTRIES.items():
        tables[kind] = [(entry.name, entry.summary) for entry in registry]
    tables["view"] = _views()
    tables["field"] = [
        (info.path, f"{info.help} Default {info.default!r}; {info.allowed()}.")
        for info in fields()
        if info.section
    ]
    return tables


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
        from vgsim.views.plots import PLOTS
    except ImportError:  # the list of everything else must not need Qt
        return views
    return views + [(entry.name, entry.summary) for entry in PLOTS]


def _spec(arguments: argparse.Namespace) -> Spec:
    """The preset or file, with ``--set`` and ``--seed`` on top."""
    assignments: dict[str, str] = {}
    for text in arguments.set:
        path, equals, value = text.partition("=")
        if not equals:
            raise refuse("--set", text, "FIELD=VALUE, for example network.depth=20")
        assignments[path.strip()] = value.strip()
    if arguments.seed is not None:
        assignments["training.seed"] = arguments.seed
    return load(arguments.source).with_text(assignments)


def _steps(arguments: argparse.Namespace, spec: Spec, default: int) -> int:
    if arguments.steps is None:
        return default
    return int(spec.with_text({"training.steps": arguments.steps})["training.steps"])


def _run(arguments: argparse.Namespace) -> int:
    spec = _spec(arguments)
    steps = _steps(arguments, spec, spec.training.steps)
    experiment = Experiment(spec)
    progress = Progress(sys.stderr, steps)
    with atomic.text_file(arguments.json) if arguments.json else nullcontext() as out:

        def after() -> None:
            if out is not None:
                _write_record(experiment, out)
            progress.advance(experiment.value)

        experiment.run(steps, after)
        progress.close()
    experiment.evaluate()
    print(stage_table(experiment.frame()))
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
    return value if abs(value) < float("inf") else None


def _trace(arguments: argparse.Namespace) -> int:
    from vgsim.engine.trace import save

    if Path(arguments.out).suffix != ".npz":
        raise refuse("--out", arguments.out, "a file name that ends in .npz")
    spec = _spec(arguments)
    experiment = Experiment(spec)
    experiment.run(_steps(arguments, spec, 0))
    save(experiment, Path(arguments.out))
    return 0


def _why(arguments: argparse.Namespace) -> int:
    from vgsim.engine.diagnosis import judge
    from vgsim.present.why import verdict_text

    spec = _spec(arguments)
    experiment = Experiment(spec)
    experiment.run(_steps(arguments, spec, 0))
    print(f"{spec.name or 'experiment'} · step {experiment.step} · seed {spec.training.seed}")
    print(verdict_text(judge(experiment)))
    return 0


def _render(arguments: argparse.Namespace) -> int:
    problem = preflight.drawing_problem()
    if problem:
        return _fail(problem)
    from vgsim.app.render import render_file

    spec = _spec(arguments)
    render_file(
        spec,
        steps=_steps(arguments, spec, 0),
        moment=arguments.moment,
        view=arguments.view,
        theme=arguments.theme,
        size=arguments.size,
        out=Path(arguments.out),
    )
    return 0


def _open(arguments: argparse.Namespace) -> int:
    problem = preflight.window_problem()
    if problem:
        return _fail(problem)
    spec = load(arguments.file) if arguments.file else None
    from vgsim.app.application import open_window

    return open_window(spec)


COMMANDS = {
    "list": (_list, "print every registered name, or those of one kind"),
    "run": (_run, "train without a window and print a table by stage"),
    "why": (_why, "say why the gradient vanishes or what else is wrong, and what would help"),
    "trace": (_trace, "write every quantity of one pass to an NPZ file"),
    "render": (_render, "draw a picture without a window"),
    "open": (_open, "open the window (what vgsim does without a command)"),
}


def _version() -> str:
    return f"vgsim {vgsim.__version__} (NumPy {np.__version__}; {blas.description()})"


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong, like every other refusal."""

    def error(self, message: str) -> NoReturn:
        """Exit with 2."""
        self.exit(BAD_USE, f"vgsim: {message} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="vgsim",
        description="See why the learning signal of a deep network fades, and what cures it. "
        "Without a command: vgsim [FILE] opens the window.",
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    made = {}
    for name, (function, help_text) in COMMANDS.items():
        made[name] = commands.add_parser(name, help=help_text, description=help_text)
        made[name].set_defaults(command=function)
    made["list"].add_argument("kind", nargs="?", help="print only this kind")
    made["open"].add_argument("file", nargs="?", metavar="FILE", help="a preset or a TOML file")
    for name in ("run", "why", "trace", "render"):
        _add_source(made[name])
    made["run"].add_argument("--json", metavar="FILE", help="write one JSON object per step")
    made["trace"].add_argument("--out", required=True, metavar="T.npz", help="file to write")
    _add_picture(made["render"])
    return parser


def _add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="PRESET|FILE", help="a preset's name or a TOML file")
    parser.add_argument("--steps", metavar="N", help="updates to make")
    parser.add_argument("--seed", metavar="S", help="start of every random stream")
    parser.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE",
        help="change a field, for example network.depth=20; may be repeated",
    )  # fmt: skip


def _add_picture(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--moment", metavar="M", help="go on to a moment: forward:2, loss, "
                        "backward:3, update")  # fmt: skip
    parser.add_argument("--view", default="window", metavar="V",
                        help="window (default), diagram, or a plot (vgsim list view)")  # fmt: skip
    parser.add_argument("--theme", default="light", metavar="T", help="light (default) or dark")
    parser.add_argument("--size", default="1920x1080", metavar="WxH", help="pixels, 1920x1080")
    parser.add_argument("--out", required=True, metavar="X.png", help="file to write")
