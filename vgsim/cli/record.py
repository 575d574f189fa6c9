"""The command ``record``; it needs neither Qt nor anything else that is drawn."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from vgsim.cli.arguments import BAD_USE

ABOUT = "run a training script in PyTorch as it is, and record where its gradient goes"
_EXAMPLES = """\
examples:
  vgsim record train.py --epochs 3
  vgsim record --every 100 --out long.vgrun -m package.train config.toml
"""


def record(words: Sequence[str]) -> int:
    """Run the program that is named after the command's own options; its exit code.

    Options end where the script or module is named: all that follows belongs to it.
    """
    reader = argparse.ArgumentParser(
        prog="vgsim record",
        usage="vgsim record [--every N] [--out FILE] (train.py | -m MODULE) [ARGS…]",
        description=ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    reader.add_argument("--every", default="10", metavar="N", help="record each N-th update (10)")
    reader.add_argument("--out", default="run.vgrun", metavar="FILE", help="file to write")
    reader.add_argument("-m", action="store_true", dest="module", help="run a module by name")
    end = _own_words(words)
    chosen = reader.parse_args(list(words[:end]))
    program = list(words[end:])
    problem = _problem(program, chosen.module, chosen.every)
    if problem:
        print(f"vgsim: {problem}", file=sys.stderr)
        return BAD_USE
    from vgsim.record.pytorch.script import run_recorded

    return run_recorded(program, chosen.module, Path(chosen.out), int(chosen.every))


def _own_words(words: Sequence[str]) -> int:
    """How many words belong to the command itself."""
    at = 0
    while at < len(words):
        word = words[at]
        if word == "-m":
            return at + 1
        if word in ("--every", "--out"):
            at += 2
        elif word.startswith("-"):
            at += 1
        else:
            return at
    return len(words)


def _problem(program: Sequence[str], as_module: bool, every: str) -> str:
    if not every.isdecimal() or int(every) < 1:
        return f"--every = {every}: allowed is a whole number from 1"
    if not program:
        return "record needs a script, or a module after -m (see vgsim record --help)"
    if not as_module and not Path(program[0]).is_file():
        return f"{program[0]}: No such file or directory"
    if importlib.util.find_spec("torch") is None:
        return "record needs PyTorch, which is not installed here"
    return ""
