"""Where a map is kept that is begun in the window."""

from __future__ import annotations

import os
import re
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from vgsim.core.container import BadContainer
from vgsim.core.errors import refuse
from vgsim.sweep.plan import SweepPlan, differences
from vgsim.sweep.store import SUFFIX, MapStore, StoredMap

FOLDER = "maps"
MOST = 1000
"""Maps of one name."""


def map_folder() -> Path:
    """The folder for maps in the user's folder for data, made if need be; OSError if it cannot."""
    place = QStandardPaths.StandardLocation.AppLocalDataLocation
    folder = Path(QStandardPaths.writableLocation(place)) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def map_file(folder: Path, plan: SweepPlan, preset: str) -> Path:
    """The file of ``plan`` in ``folder``: one that has cells of it already, or a new one.

    It is called as the preset, or by its fields. SpecError when there are too many of that name.
    """
    name = preset or "-".join(_short(axis.path) for axis in plan.axes)
    for number in range(1, MOST + 1):
        path = folder / (f"{name}{SUFFIX}" if number == 1 else f"{name}-{number}{SUFFIX}")
        if not path.exists() or _is_of(path, plan):
            return path
    raise refuse("maps", str(folder), f"a folder with fewer than {MOST:,} maps named {name}")


def copy_map(source: Path, target: Path) -> None:
    """What has come of a map so far into another file, whole or not at all; OSError if it cannot.

    Nothing happens where both are the same file.
    """
    if target.exists() and source.samefile(target):
        return
    stored = StoredMap(source)
    results = stored.refresh()
    partial = target.with_name(f"{target.name}.part")
    try:
        with MapStore.create(partial, stored.plan) as store:
            store.add(results)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def _is_of(path: Path, plan: SweepPlan) -> bool:
    """Whether the map at ``path`` is the one of ``plan``, to be gone on with."""
    try:
        return not differences(StoredMap(path).plan, plan)
    except BadContainer:
        return False


def _short(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.rpartition(".")[2].lower()).strip("-")
