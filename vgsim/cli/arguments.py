"""The words of the command line: commands, their arguments, and the help about them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import NoReturn

from vgsim.core import toml

BAD_USE = 2
"""Exit code for anything the user can mend: a bad argument, spec or file."""


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong, like every other refusal."""

    def error(self, message: str) -> NoReturn:
        """Exit with 2."""
        self.exit(BAD_USE, f"vgsim: {message} (see {self.prog} --help)\n")


def parser(
    commands: Mapping[str, tuple[object, str]], version: str, files: Mapping[str, Sequence[str]]
) -> argparse.ArgumentParser:
    """What reads the command line.

    ``commands`` are a function and a sentence by name, ``files`` the suffixes that render writes by
    what becomes of them.
    """
    made = _Parser(
        prog="vgsim",
        description="See why the learning signal of a deep network fades, and what cures it. "
        "Without a command: vgsim [FILE] opens the window.",
        epilog="Only regular files are read, no pipes and devices, and within bounds: a TOML file "
        f"may have {toml.MOST_BYTES // 1024} KiB. README.md lists them under Files from elsewhere.",
    )
    made.add_argument("--version", action="version", version=version)
    subparsers = made.add_subparsers(required=True, metavar="COMMAND")
    of = {}
    for name, (function, help_text) in commands.items():
        of[name] = subparsers.add_parser(name, help=help_text, description=help_text)
        of[name].set_defaults(command=function)
    of["list"].add_argument("kind", nargs="?", metavar="KIND|FILE", help="print only this kind, "
                            "or what a recording (.vgrun) or a map (.vgmap) holds")  # fmt: skip
    of["list"].add_argument("--step", metavar="N", help="of a recording: the gradients of this "
                            "step instead of the last")  # fmt: skip
    of["open"].add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help=f"{_ANYTHING}; or a lesson, by name, folder or zip; or data: .csv .npz .npy .idx …",
    )
    for name in ("run", "why", "trace"):
        _add_source(of[name])
    of["data"].add_argument("file", metavar="FILE", help="a table of text, packed or not")
    _add_set(of["data"], "data.decimal=comma")
    of["run"].add_argument("--json", metavar="FILE", help="write one JSON object per step")
    of["why"].add_argument("--no-effects", action="store_true", help="do not measure what each "
                           "remedy does, which takes minutes for a large network; Ctrl+C ends "
                           "that and tells what is known by then")  # fmt: skip
    of["why"].add_argument("--effects-updates", metavar="N", help="updates over which each remedy "
                           "is measured, with and without it, from a fresh start and from here; "
                           "300 if not given, then more where nothing is clear yet")  # fmt: skip
    of["why"].add_argument("--json", action="store_true", help="print the verdict as one JSON "
                           "object, without effects")  # fmt: skip
    of["trace"].add_argument("--out", required=True, metavar="T.npz", help="file to write")
    _add_source(of["render"], optional=True)
    _add_picture(of["render"], files)
    _add_sweep(of["sweep"])
    _add_lesson(of["lesson"])
    of["model"].add_argument("recording", metavar="FILE", help="a recording, run.vgrun")
    of["model"].add_argument("--step", metavar="N", help="as it was trained at this recorded step "
                             "instead of the last: its learning rate, its updates")  # fmt: skip
    of["model"].add_argument("--out", metavar="FILE.toml", help="write it to a file, for "
                             "vgsim FILE.toml and vgsim why FILE.toml")  # fmt: skip
    return made


_ANYTHING = (
    "a preset's name, a TOML file, a recording (.vgrun), a map (.vgmap), a file of data, or a "
    "picture or table that vgsim exported"
)


def _add_source(parser: argparse.ArgumentParser, optional: bool = False) -> None:
    count = "?" if optional else None
    parser.add_argument("source", metavar="PRESET|FILE", nargs=count, help=_ANYTHING)
    parser.add_argument("--steps", "--step", metavar="N", help="updates to make; for a picture "
                        "that vgsim exported as many as it shows; of a recording (why, render) "
                        "the step, the last if not given")  # fmt: skip
    parser.add_argument("--seed", metavar="S", help="start of every random stream")
    _add_set(parser, "network.depth=20")


def _add_set(parser: argparse._ActionsContainer, example: str) -> None:
    parser.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE",
        help=f"change a field, for example {example}; may be repeated",
    )  # fmt: skip


_SWEEP_ABOUT = """\
compute a map: many small experiments that differ in two fields or more, as stacks, in processes of
this machine or on a Dask cluster. What has come stays in the file; the same line goes on with it,
whatever ended it.

an axis is FIELD=LOW:HIGH:COUNT, with :log at the end for equal factors, or FIELD=A,B,C. Any number,
choice, or yes or no of an experiment can be one (vgsim list field); whole numbers are rounded.
"""
_SWEEP_EXAMPLES = """\
examples:
  vgsim sweep tanh-depth-gain --out tanh.vgmap
  vgsim sweep tanh-xavier --x network.depth=2:64:12:log --y init.gain=0.5:3:25 --seeds 5 \\
      --set network.width=64 --out edge.vgmap
  vgsim sweep relu-he --x network.activation=sigmoid,tanh,relu \\
      --y training.learning_rate=1e-3:1:7:log --steps 300 --judge --out verdicts.vgmap
  vgsim sweep tanh-depth-gain --scheduler tcp://HOST:8786 --out tanh.vgmap
  vgsim list tanh.vgmap
"""


def _add_sweep(parser: argparse.ArgumentParser) -> None:
    parser.description = _SWEEP_ABOUT
    parser.epilog = _SWEEP_EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("source", metavar="MAP|PRESET|FILE", help="a shipped map (vgsim list map), "
                        "a map's file (.vgmap, or TOML with a table [map]), or whatever else vgsim "
                        "run takes, with --x and --y")  # fmt: skip
    what = parser.add_argument_group("what is varied")
    what.add_argument("--x", metavar="AXIS", help="across: network.depth=2:64:12:log")
    what.add_argument("--y", metavar="AXIS", help="up: init.gain=0.5:3:25")
    what.add_argument("--axis", metavar="AXIS", action="append", default=[], help="a further one, "
                      "for a stack of maps; may be repeated")  # fmt: skip
    what.add_argument("--seeds", metavar="N", help="seeds of each cell, of which the median is "
                      "shown (1)")  # fmt: skip
    what.add_argument("--seed", metavar="S", help="the first of them")
    _add_set(what, "network.width=64")
    how = parser.add_argument_group("how far, and what is measured")
    how.add_argument("--steps", metavar="N", help="updates of each cell; 0 is the gradient at the "
                     "start (0)")  # fmt: skip
    how.add_argument("--reach", metavar="J", help="note the first update whose loss is at or below "
                     "J")  # fmt: skip
    how.add_argument("--judge", action="store_true", help="a verdict on each cell")
    how.add_argument("--show", metavar="FIGURE", help="what is told at the end, and where --refine "
                     "looks for edges (vgsim list shown)")  # fmt: skip
    how.add_argument("--refine", action="store_true", help="a tenth of the cells: a coarse grid, "
                     "then where an edge runs or neighbors differ most; the same line without it "
                     "does the rest")  # fmt: skip
    where = parser.add_argument_group("where").add_mutually_exclusive_group()
    where.add_argument("--workers", metavar="N", help="processes of this machine (one a core)")
    where.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler that runs, "
                       "tcp://HOST:8786; needs the extra 'cluster'")  # fmt: skip
    parser.add_argument("--out", required=True, metavar="FILE.vgmap", help="file of the map")


def _add_lesson(parser: argparse.ArgumentParser) -> None:
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    words = "say file and line of all that is wrong with a lesson, and compute every value in it"
    check = tasks.add_parser("check", help=words, description=words)
    check.add_argument("lesson", metavar="DIR|ZIP", help=_LESSON)
    words = "write a lesson to start from, with a comment on every line, into a new folder"
    new = tasks.add_parser("new", help=words, description=words)
    new.add_argument("folder", metavar="DIR", help="the folder; its name is that of the lesson")
    words = "make slides with speaker notes (.pptx) or a handout (.pdf) of a lesson"
    export = tasks.add_parser("export", help=words, description=words)
    export.add_argument("lesson", metavar="NAME|DIR|ZIP", help=_LESSON)
    export.add_argument("--out", required=True, metavar="FILE", help="file to write: .pptx or .pdf")


_LESSON = "a lesson's name (vgsim list lesson), or the folder or zip of one"
_RENDER_ABOUT = """\
draw a picture, animation, deck or table without a window. A file that is there is replaced, once
the new one is whole. Every file carries its experiment, step and moment, so that vgsim opens it
there; of data of your own only the name and the hash, of a recording the name and the start, of a
map the name and the plan. The suffix of --out says what is made:
"""
_RENDER_EXAMPLES = """\
examples:
  vgsim render sigmoid-stack --moment backward:3 --out slide.png
  vgsim render sigmoid-stack --compare relu-he --steps 200 --plots gradient,loss --out ab.pdf
  vgsim render relu-he --steps 400 --every 10 --view gradient --size 1280x720 --out train.mp4
  vgsim render relu-he --steps 200 --every 200 --out before-and-after.pptx
  vgsim render sigmoid-stack --pass --out pass.pptx
  vgsim render slide.png --theme dark --out dark.png
  vgsim render run.vgrun --step 400 --moment backward:layers.3 --out there.png
  vgsim render tanh.vgmap --show ratio --theme dark --out map.pdf
  vgsim render stack.vgmap --layer network.norm=batch --out cells.csv
  vgsim render --batch lecture.toml

a batch is a TOML file with a [[picture]] table for every picture, whose fields are the arguments
above, without dashes: source, set (a table), out, steps, no caption as caption = false, and so on.
Its paths are relative to it. Pictures with the same .pptx as out become one deck,
whose slides have one shape.
"""


def _add_picture(parser: argparse.ArgumentParser, files: Mapping[str, Sequence[str]]) -> None:
    width = max(len(" ".join(suffixes)) for suffixes in files.values())
    rows = [f"  {' '.join(suffixes):<{width}}  {made}" for made, suffixes in files.items()]
    parser.description = "\n".join([_RENDER_ABOUT, *rows])
    parser.epilog = _RENDER_EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    what = parser.add_argument_group("which moment")
    what.add_argument("--moment", metavar="M", help="go on to a moment: start, forward:2, loss, "
                      "backward:3, update; of a recording also backward:NAME")  # fmt: skip
    what.add_argument(
        "--compare", metavar="PRESET|FILE", help="another experiment or recording beside it"
    )
    several = parser.add_argument_group("several pictures")
    several.add_argument("--every", metavar="N", help="a picture after every N of --steps updates, "
                      "and one before the first; N = steps is before and after. Of a recording "
                      "its recorded steps, N apart at least")  # fmt: skip
    several.add_argument("--pass", action="store_true", help="a picture for every moment of the "
                         "pass that follows --steps updates")  # fmt: skip
    several.add_argument("--from", metavar="M", help="first moment of the pass (start)")
    several.add_argument("--to", metavar="M", help="last moment of the pass (update)")
    several.add_argument("--seconds", metavar="S", help="how long each picture stays "
                      "(0.1; 0.6 in a pass)")  # fmt: skip
    look = parser.add_argument_group("picture")
    look.add_argument("--view", metavar="V", help="slide (default), window, diagram, hop, why, "
                      "comparison, or a plot (vgsim list view); of a map slide or map")  # fmt: skip
    look.add_argument(
        "--plots", metavar="P,…", help="plots on a slide, up to three (gradient); '' for none"
    )
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
    look.add_argument(
        "--sentence", dest="sentences", action="append", metavar="TEXT",
        help="say this on a slide instead of the verdict; may be repeated",
    )  # fmt: skip
    of_map = parser.add_argument_group("of a map")
    of_map.add_argument("--show", metavar="F", help="the figure that it shows (vgsim list shown); "
                        "the one that it was computed for if not given")  # fmt: skip
    of_map.add_argument(
        "--layer", action="append", metavar="FIELD=VALUE",
        help="which map of a stack, by a value of its third axis or a further one; may be repeated",
    )  # fmt: skip
    of_map.add_argument("--over", metavar="O,…", help="what lies over it: theory, its scale of "
                        "depth as scale, contours; '' for nothing (all)")  # fmt: skip
    parser.add_argument("--out", metavar="FILE", help="file to write")
    parser.add_argument("--batch", metavar="B.toml", help="make every picture of a file")
