"""Temporary files that say whose they are, so that what a killed process left can be removed.

A name holds the host, the process and when that began: ``.vgsim-1f3a9c02-4711-88231-x7k2.png``. A
process of another host cannot be asked whether it lives, so its files stay.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

_NAME = re.compile(r"\.vgsim-([0-9a-f]{8})-(\d{1,10})-(\d{1,20})-")
_looked_at: set[str] = set()
"""Folders that were cleared: once by each process is enough, for a folder may be large."""


def temporary(target: Path) -> tuple[int, str]:
    """A new file beside ``target``, of this process: its handle and path; OSError if none can be.

    It has the suffix of ``target``, by which some writers know what to write.
    """
    own = os.getpid()
    prefix = f".vgsim-{_host()}-{own}-{_began(own) or 0}-"
    return tempfile.mkstemp(prefix=prefix, suffix=target.suffix, dir=target.parent)


def remove_from(folder: Path) -> None:
    """Remove from ``folder`` what processes of this host left there that live no more."""
    where = os.path.realpath(folder)
    if where in _looked_at:
        return
    _looked_at.add(where)
    with suppress(OSError):  # a folder that cannot be listed; writing says what is wrong
        for entry in os.scandir(where):
            if _is_left(entry.name):
                with suppress(OSError):  # of another user, or gone by now
                    os.unlink(entry.path)


def _is_left(name: str) -> bool:
    found = _NAME.match(name)
    return found is not None and found[1] == _host() and not _lives(int(found[2]), int(found[3]))


def _lives(process: int, began: int) -> bool:
    """Whether the process that began then still runs; True where nobody can tell."""
    if os.path.isdir("/proc/self"):
        return _began(process) == began
    if os.name != "posix":  # asking would end it there
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it is there, and another user's
    return True


def _began(process: int) -> int | None:
    """Clock ticks from the start of the machine to that of a process; None where unknown."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # the name of the program, in brackets, may hold anything
    return int(stat.rpartition(")")[2].split()[19])


@cache
def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]
