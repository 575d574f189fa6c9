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
from typing import IO, NoReturn

import numpy as np

import vgsim
from vgsim import atomic, blas, preflight
from vgsim.engine.errors import SpecError, refuse
from vgsim.engine.experiment import Experiment
from vgsim.engine.presets import load_preset, preset_names
from vgsim.engine.spec import REGISTRIES, Spec, fields
from vgsim.present.progress import Progress, ShareBar
from vgsim.present.table import stage_table
from vgsim.sources import Source, find

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
    assignments = _assignments(arguments)
    if arguments.seed is not None:
        assignments["training.seed"] = arguments.seed
    source = find(arguments.source)
    return replace(source, spec=source.spec.with_text(assignments))


def _steps(arguments: argparse.Namespace, spec: Spec, default: int) -> int:
    if arguments.steps is None:
        return default
    return int(spec.with_text({"training.steps": arguments.steps})["training.steps"])


def _run(arguments: argparse.Namespace) -> int:
    spec = _source(arguments).spec
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
    source = _source(arguments)
    spec = source.spec
    experiment = Experiment(spec)
    experiment.run(_steps(arguments, spec, source.step))
    save(experiment, Path(arguments.out))
    return 0


def _why(arguments: argparse.Namespace) -> int:
    from vgsim.engine.diagnosis import judge
    from vgsim.present.why import verdict_text

    source = _source(arguments)
    spec = source.spec
    experiment = Experiment(spec)
    experiment.run(_steps(arguments, spec, source.updates))
    print(f"{spec.name or 'experiment'} · step {experiment.step} · seed {spec.training.seed}")
    print(verdict_text(judge(experiment)))
    return 0


def _render(arguments: argparse.Namespace) -> int:
    problem = preflight.drawing_problem()
    if problem:
        return _fail(problem)
    if arguments.batch:
        return _render_batch(arguments)
    from vgsim.app.render import render

    bar = ShareBar(sys.stderr)
    try:
        render(_wanted(arguments), bar.show, bar.warn)
    finally:
        bar.close()
    return 0


def _render_batch(arguments: argparse.Namespace) -> int:
    """Every picture of a file; 2 when one of them could not be made."""
    from vgsim.app.render import render_batch

    given = [name for name in _wanted(arguments) if name != "set"]
    if given or arguments.set:
        raise refuse("--batch", " ".join(given) or "--set", "no other argument; the file says all")
    bar = ShareBar(sys.stderr)
    try:
        problems = render_batch(Path(arguments.batch), bar.show, bar.tell, bar.warn)
    finally:
        bar.close()
    for sentence in problems:
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
    "transparent": str, "font_scale": _number, "title": str,
}  # fmt: skip
"""Arguments of ``render`` and how their text is read."""


def _open(arguments: argparse.Namespace) -> int:
    problem = preflight.window_problem()
    if problem:
        return _fail(problem)
    source = find(arguments.file) if arguments.file else None
    from vgsim.app.application import open_window

    return open_window(source)


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
    made["open"].add_argument("file", nargs="?", metavar="FILE", help=_ANYTHING)
    for name in ("run", "why", "trace"):
        _add_source(made[name])
    made["run"].add_argument("--json", metavar="FILE", help="write one JSON object per step")
    made["trace"].add_argument("--out", required=True, metavar="T.npz", help="file to write")
    _add_source(made["render"], optional=True)
    _add_picture(made["render"])
    return parser


_ANYTHING = "a preset's name, a TOML file, or a picture that vgsim exported"


def _add_source(parser: argparse.ArgumentParser, optional: bool = False) -> None:
    count = "?" if optional else None
    parser.add_argument("source", metavar="PRESET|FILE", nargs=count, help=_ANYTHING)
    parser.add_argument("--steps", metavar="N", help="updates to make; for a picture that vgsim "
                        "exported as many as it shows")  # fmt: skip
    parser.add_argument("--seed", metavar="S", help="start of every random stream")
    parser.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE",
        help="change a field, for example network.depth=20; may be repeated",
    )  # fmt: skip


_RENDER_ABOUT = """\
draw a picture, film, deck or table without a window. A file that is there is replaced, once the
new one is whole. The suffix of --out says what is made:

  .png .svg .pdf .pptx         one picture or slide
  .gif .webp .apng .mp4 .pptx  a reel: training with --every, or the moments of a pass with --pass
  .csv .npz .jsonl             the numbers behind a plot
"""
_RENDER_EXAMPLES = """\
examples:
  vgsim render sigmoid-stack --moment backward:3 --out slide.png
  vgsim render sigmoid-stack --compare relu-he --steps 200 --plots gradient,loss --out ab.pdf
  vgsim render relu-he --steps 400 --every 10 --view gradient --size 1280x720 --out train.mp4
  vgsim render relu-he --steps 200 --every 200 --out before-and-after.pptx
  vgsim render sigmoid-stack --pass --out pass.pptx
  vgsim render slide.png --theme dark --out dark.png
  vgsim render --batch lecture.toml

a batch is a TOML file with a [[picture]] table for every picture, whose fields are the arguments
above, without dashes: source, set (a table), out, steps, no caption as caption = false, and so on.
Its paths are relative to it. Pictures with the same .pptx as out become one deck.
"""


def _add_picture(parser: argparse.ArgumentParser) -> None:
    parser.description, parser.epilog = _RENDER_ABOUT, _RENDER_EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    what = parser.add_argument_group("which moment")
    what.add_argument("--moment", metavar="M", help="go on to a moment: start, forward:2, loss, "
                      "backward:3, update")  # fmt: skip
    what.add_argument("--compare", metavar="PRESET|FILE", help="another experiment beside it")
    reel = parser.add_argument_group("reels")
    reel.add_argument("--every", metavar="N", help="a picture after every N of --steps updates, "
                      "and one before the first; N = steps is before and after")  # fmt: skip
    reel.add_argument("--pass", action="store_true", help="a picture for every moment of the pass "
                      "that follows --steps updates")  # fmt: skip
    reel.add_argument("--from", metavar="M", help="first moment of the pass (start)")
    reel.add_argument("--to", metavar="M", help="last moment of the pass (update)")
    reel.add_argument("--seconds", metavar="S", help="how long each picture stays "
                      "(0.1; 0.6 in a pass)")  # fmt: skip
    look = parser.add_argument_group("picture")
    look.add_argument("--view", metavar="V", help="slide (default), window, diagram, hop, why, "
                      "or a plot (vgsim list view)")  # fmt: skip
    look.add_argument("--plots", metavar="P,…", help="plots on a slide, up to three (gradient)")
    look.add_argument("--size", metavar="S", help="16:9 (default), 4:3, 1920x1080 (pixels) or "
                      "25.4x14.3cm")  # fmt: skip
    look.add_argument("--scale", metavar="K", help="times as many pixels, 1 to 4 (1)")
    look.add_argument("--dpi", metavar="D", help="pixels an inch before --scale (144)")
    look.add_argument("--theme", metavar="T", help="light (default), dark, or print, which is "
                      "safe in gray")  # fmt: skip
    look.add_argument("--transparent", action="store_true", help="no background")
    look.add_argument("--font-scale", metavar="F", help="size of the type, 0.5 to 3 (1)")
    look.add_argument("--no-caption", action="store_true", help="a slide without its caption")
    look.add_argument("--title", metavar="TEXT", help="a slide's own title")
    parser.add_argument("--out", metavar="FILE", help="file to write")
    parser.add_argument("--batch", metavar="B.toml", help="make every picture of a file")
