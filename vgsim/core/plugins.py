"""Kinds that other packages bring: found by entry points, imported late, never fatal.

A package names the modules that register its kinds:

    [project.entry-points."vgsim.kinds"]
    my-kinds = "my_package.kinds"

``vgsim.kinds`` is for what trains and what is said: activations, datasets, outcomes and the like.
They are imported the first time anybody asks a registry for its names. ``vgsim.plots`` is for
what needs Qt; it is imported with vgsim's own plots, so that `run`, `why` and `trace` load no Qt.
"""

from __future__ import annotations

import os
import re
import sys
from functools import cache
from threading import RLock

KINDS = "vgsim.kinds"
PLOTS = "vgsim.plots"

problems: list[str] = []
"""A sentence for each package that could not be used, so far."""

_loaded: set[str] = set()
_loading = RLock()


def load(group: str) -> None:
    """Import what the installed packages register under ``group``, once.

    A package that fails is told on stderr and in :data:`problems`; all others go on.
    """
    if group in _loaded:
        return
    with _loading:  # another thread waits meanwhile; a plug-in that asks does not
        if group in _loaded:
            return
        _loaded.add(group)
        if group in _groups():
            _load(group)


def _load(group: str) -> None:
    from importlib.metadata import entry_points  # slow to import, and seldom needed

    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        try:
            found = point.load()
            if callable(found):
                found()
        except (Exception, SystemExit) as error:
            if point.dist is not None:
                package = point.dist.name
            else:
                package = point.value
            first = str(error).partition("\n")[0]
            _tell(f"{package}: its kinds are left out ({type(error).__name__}: {first})")


def _tell(problem: str) -> None:
    problems.append(problem)
    if sys.stderr is not None:  # a program without a console has none
        print(f"vgsim: {problem}", file=sys.stderr)


@cache
def _groups() -> frozenset[str]:
    """Groups that anything on the path has entry points in, by reading those small files.

    It takes a millisecond, where importing ``importlib.metadata`` takes fifty.
    """
    found: set[str] = set()
    for folder in dict.fromkeys(sys.path):
        if folder.endswith((".zip", ".egg", ".whl")) and os.path.isfile(folder):
            return frozenset((KINDS, PLOTS))  # that one needs the slow way
        for text in _texts(folder or os.curdir):
            found.update(re.findall(r"^\[(.+)\]\s*$", text, re.MULTILINE))
    return frozenset(found)


def _texts(folder: str) -> list[str]:
    """What ``entry_points.txt`` says, of every package in one folder of the path."""
    texts: list[str] = []
    try:
        names = os.listdir(folder)
    except OSError:
        return texts
    for name in names:
        if name.endswith((".dist-info", ".egg-info")):
            try:
                with open(os.path.join(folder, name, "entry_points.txt"), encoding="utf-8") as file:
                    texts.append(file.read())
            except (OSError, UnicodeDecodeError):
                continue  # most packages have no such file
    return texts
