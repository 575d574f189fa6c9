"""The lesson that one starts from: complete, with a comment on every line that can be there."""

from __future__ import annotations

from pathlib import Path

from vgsim.core.atomic import expanded, text_file
from vgsim.core.errors import refuse
from vgsim.core.resources import resource

_TEMPLATE = "templates", "lesson"


def write_template(path: str | Path) -> tuple[Path, ...]:
    """Write the template into the folder ``path``, which is made if need be; its files.

    SpecError when there is something at ``path`` already, but for an empty folder; OSError when
    it cannot be written.
    """
    folder = expanded(path)
    if not str(path).strip():
        raise refuse("DIR", path, "the name of a folder")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise refuse("DIR", str(path), "a new folder, or an empty one; nothing is written over")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for source in sorted(resource(*_TEMPLATE).iterdir()):
        target = folder / source.name
        with text_file(target) as out:
            out.write(source.read_text("utf-8"))
        written.append(target)
    return tuple(written)
