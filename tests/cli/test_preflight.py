"""Preflight: sentences instead of aborts, on every kind of machine, by a faked environment."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from vgsim.cli import preflight

VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR")
BASE_PACKAGES = [
    "libgl1",
    "libegl1",
    "libglib2.0-0",
    "libxkbcommon0",
    "libfontconfig1",
    "libdbus-1-3",
]
X_PACKAGES = [
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
    "libxkbcommon-x11-0",
]


@pytest.fixture(autouse=True)
def bare_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux, no screen, every library there."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(preflight, "_loads", lambda library: True)
    monkeypatch.setattr(preflight, "_is_root", lambda: False)
    for name in VARIABLES:
        # Set first: what the code under test sets is then undone too.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


@pytest.fixture
def no_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nothing that Qt needs is installed."""
    monkeypatch.setattr(preflight, "_loads", lambda library: False)


@pytest.fixture
def compositor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    """A socket that listens where Wayland's would."""
    if not hasattr(socket, "AF_UNIX"):
        pytest.skip("no Unix sockets")
    monkeypatch.chdir(tmp_path)  # the name of a socket may have about 100 characters only
    monkeypatch.setenv("XDG_RUNTIME_DIR", ".")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind("wayland-7")
    server.listen()
    return server


def x_server(monkeypatch: pytest.MonkeyPatch, answers: bool) -> None:
    monkeypatch.setenv("DISPLAY", ":3")
    monkeypatch.setattr(preflight, "_x_answers", lambda: answers)


def test_nothing_is_missing() -> None:
    assert preflight.missing_libraries() == []


@pytest.mark.usefixtures("no_libraries")
def test_without_a_screen_only_the_base_counts() -> None:
    assert preflight.missing_libraries() == BASE_PACKAGES


@pytest.mark.usefixtures("no_libraries")
def test_x_needs_its_own_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    assert preflight.missing_libraries() == BASE_PACKAGES + X_PACKAGES


@pytest.mark.usefixtures("no_libraries")
def test_x_libraries_do_not_matter_offscreen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen:configfile=screens.json")
    assert preflight.missing_libraries() == BASE_PACKAGES


@pytest.mark.usefixtures("no_libraries")
@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_on_other_systems_nothing_is_missing(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert preflight.missing_libraries() == []
    assert preflight.has_screen()
    assert preflight.screen_problem() is None


def test_one_missing_library_is_one_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "_loads", lambda library: library != "libEGL.so.1")
    assert preflight.missing_libraries() == ["libegl1"]


def test_advice_is_a_line_to_paste() -> None:
    lines = preflight.advice(["libgl1", "libxcb-cursor0"]).splitlines()
    assert lines[1].strip() == "sudo apt-get install libgl1 libxcb-cursor0"
    assert "libGL.so.1, libxcb-cursor.so.0" in lines[2]


def test_advice_for_root_without_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "_is_root", lambda: True)
    monkeypatch.setenv("PATH", "")
    assert "  apt-get install libgl1\n" in preflight.advice(["libgl1"])


def test_no_screen_names_render() -> None:
    assert not preflight.has_screen()
    assert "vgsim render" in str(preflight.screen_problem())


def test_x_server_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    x_server(monkeypatch, answers=True)
    assert preflight.has_screen()
    assert preflight.screen_problem() is None


def test_x_server_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    x_server(monkeypatch, answers=False)
    assert "':3'" in str(preflight.screen_problem())


def test_x_asked_for_without_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    assert "DISPLAY is not set" in str(preflight.screen_problem())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks X's own library")
@pytest.mark.parametrize("display", [":9876", "nonsense", "/no/such/socket:0"])
def test_a_display_that_nobody_serves(display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", display)
    assert repr(display) in str(preflight.screen_problem())


def test_a_chosen_platform_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "vnc")
    assert preflight.screen_problem() is None


def test_compositor_answers(compositor: socket.socket) -> None:
    with compositor:
        assert preflight.screen_problem() is None


def test_compositor_has_gone(compositor: socket.socket) -> None:
    compositor.close()
    assert "wayland-7" in str(preflight.screen_problem())


def test_x_serves_where_wayland_does_not(
    compositor: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    compositor.close()
    x_server(monkeypatch, answers=True)
    assert preflight.screen_problem() is None


def test_an_inherited_wayland_connection_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "wayland")
    monkeypatch.setenv("WAYLAND_SOCKET", "5")
    assert preflight.screen_problem() is None


def test_offscreen_when_there_is_no_screen() -> None:
    preflight.prepare_offscreen()
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"


def test_offscreen_when_the_server_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    x_server(monkeypatch, answers=False)
    preflight.prepare_offscreen()
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"


def test_offscreen_when_only_libraries_of_x_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x_server(monkeypatch, answers=True)
    monkeypatch.setattr(preflight, "_loads", lambda library: library not in preflight.XCB)
    preflight.prepare_offscreen()
    assert preflight.missing_libraries() == []


def test_a_working_screen_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    x_server(monkeypatch, answers=True)
    preflight.prepare_offscreen()
    assert "QT_QPA_PLATFORM" not in os.environ


@pytest.mark.usefixtures("no_libraries")
def test_window_problem_tells_all_at_once() -> None:
    told = str(preflight.window_problem())
    assert "apt-get install libgl1" in told
    assert preflight.NO_SCREEN in told


def test_window_has_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    x_server(monkeypatch, answers=True)
    assert preflight.window_problem() is None


def test_drawing_needs_no_screen() -> None:
    assert preflight.drawing_problem() is None
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"


def test_drawing_does_not_need_the_libraries_of_x(monkeypatch: pytest.MonkeyPatch) -> None:
    x_server(monkeypatch, answers=True)
    monkeypatch.setattr(preflight, "_loads", lambda library: library not in preflight.XCB)
    assert preflight.drawing_problem() is None


@pytest.mark.usefixtures("no_libraries")
def test_drawing_needs_the_base(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    assert f"apt-get install {' '.join(BASE_PACKAGES)}\n" in str(preflight.drawing_problem())


def test_a_library_that_no_one_has() -> None:
    code = "from vgsim.cli import preflight; print(preflight._loads('libnosuch.so.1'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_preflight_imports_neither_numpy_nor_qt() -> None:
    code = (
        "import sys, vgsim.cli.preflight; print(*sorted({'numpy', 'PySide6'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
