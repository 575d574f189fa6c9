"""What must be looked at before Qt and NumPy are imported. Standard library only.

Qt ends the process (exit code 134, a core dump) where it finds no screen, and a stack trace is all
that a missing system library gives. Looking first turns both into a sentence.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

# Library -> the Debian package that brings it. With these alone every library that Qt's widgets
# and platform plugins are linked to is found on a bare Debian 12; the rest come as dependencies.
BASE = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
XCB = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYLAND = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
BY_PLATFORM = {"xcb": XCB, "wayland": WAYLAND}

NO_SCREEN = (
    "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open; "
    "'vgsim render' makes pictures without one, for example: "
    "vgsim render sigmoid-stack --out picture.png"
)


def missing_libraries() -> list[str]:
    """Debian packages of the system libraries that Qt needs here and that do not load.

    The libraries of X or Wayland count only where the window would open on them. Always empty
    outside Linux, where Qt brings everything along.
    """
    if not sys.platform.startswith("linux"):
        return []
    return _packages_missing({**BASE, **BY_PLATFORM.get(_platform(), {})})


def advice(packages: Iterable[str]) -> str:
    """What to type to get ``packages`` on Debian, and what to look for on other systems."""
    wanted = list(packages)
    known = {**BASE, **XCB, **WAYLAND}
    files = [file for file, package in known.items() if package in wanted]
    # A bare machine or a container is often used as root and has no sudo at all.
    if _is_root() and shutil.which("sudo") is None:
        sudo = ""
    else:
        sudo = "sudo "
    return (
        "Qt needs system libraries that are missing here. On Debian or Ubuntu, install them with:\n"
        f"  {sudo}apt-get install {' '.join(wanted)}\n"
        f"On other systems, install the packages that contain {', '.join(files)}."
    )


def has_screen() -> bool:
    """Whether the environment names a place for a window; whether it answers is not tried."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def screen_problem() -> str | None:
    """A sentence saying why no window can open here, or None when one can.

    Ask after :func:`missing_libraries`: without X's own library an X server cannot be asked, and
    then the libraries are the problem to tell.
    """
    if not has_screen():
        return NO_SCREEN
    if not sys.platform.startswith("linux"):
        return None
    problems = {"xcb": _x_problem, "wayland": _wayland_problem}
    look = problems.get(_platform())
    return look() if look else None


def prepare_offscreen() -> None:
    """Have Qt draw in memory when there is no usable screen; call before a QApplication is made."""
    if screen_problem() is not None or _packages_missing(BY_PLATFORM.get(_platform(), {})):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def window_problem() -> str | None:
    """All that keeps a window from opening here, in plain text, or None."""
    missing = missing_libraries()
    problems = (advice(missing) if missing else None, screen_problem())
    return "\n".join(filter(None, problems)) or None


def drawing_problem() -> str | None:
    """All that keeps Qt from drawing into a file here, or None; needs no screen.

    Calls :func:`prepare_offscreen`, after which the libraries of a screen no longer count.
    """
    prepare_offscreen()
    missing = missing_libraries()
    if missing:
        return advice(missing)
    return None


def _platform() -> str:
    """The Qt platform that a window would open on: "xcb", "wayland", "offscreen", or ""."""
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    if chosen:
        # "wayland;xcb" is a list in order of preference, "offscreen:option" carries options.
        return chosen.split(";")[0].split(":")[0]
    # Qt itself falls back from one to the other, so X counts only where Wayland is of no use.
    display = os.environ.get("DISPLAY")
    wayland = os.environ.get("WAYLAND_DISPLAY")
    if wayland and (not display or _wayland_problem() is None):
        return "wayland"
    return "xcb" if display else ""


def _packages_missing(libraries: dict[str, str]) -> list[str]:
    """Packages of those libraries that do not load, each once, in the order of the table."""
    missing = (package for file, package in libraries.items() if not _loads(file))
    return list(dict.fromkeys(missing))


def _loads(library: str) -> bool:
    """Whether the dynamic loader finds ``library`` and all that it needs in turn."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _x_problem() -> str | None:
    """Why no window can open on X, or None."""
    display = os.environ.get("DISPLAY", "")
    if display and _x_answers():
        return None
    if display:
        named = f"DISPLAY is {display!r}, but no X server lets vgsim in there"
    else:
        named = "QT_QPA_PLATFORM asks for X, but DISPLAY is not set"
    return f"{named}, so no window can open; 'vgsim render' makes pictures without a screen."


def _x_answers() -> bool:
    """Whether the X server named by DISPLAY accepts us, asked through the library Qt uses.

    It knows every spelling of DISPLAY and brings the access cookie, which a look at the socket
    would not; a refused cookie ends Qt just as a server that is not there.
    """
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not failed


def _wayland_problem() -> str | None:
    """Why no window can open on Wayland, or None."""
    if os.environ.get("WAYLAND_SOCKET"):  # a connection that the compositor opened for us
        return None
    name = os.environ.get("WAYLAND_DISPLAY") or "wayland-0"
    # An absolute name replaces the folder, as in Wayland's own client library.
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / name
    if _socket_answers(path):
        return None
    return (
        f"No Wayland compositor answers at {path}, so no window can open; "
        "'vgsim render' makes pictures without a screen."
    )


def _socket_answers(path: Path) -> bool:
    """Whether something listens on the Unix socket ``path``."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            client.connect(str(path))
        except (OSError, ValueError):  # ValueError: a zero byte in the name
            return False
    return True


def _is_root() -> bool:
    """Whether the superuser runs this; False where the system has none."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
