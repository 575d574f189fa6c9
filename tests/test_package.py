"""The package as it is shipped: resources, the way in, and what no file may contain."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import vgsim
import vgsim.__main__ as door
from vgsim.core.resources import resource, resource_names

ROOT = Path(__file__).resolve().parents[1]


def tracked_files() -> list[Path]:
    """Every file that git tracks here."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [file for file in files if file.is_file()]


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this Python in a fresh process that has no say yet on BLAS threads."""
    inherited = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=inherited, check=False
    )


def test_version_is_the_installed_one() -> None:
    assert metadata.version("vgsim") == vgsim.__version__


def test_the_command_is_the_module() -> None:
    (command,) = metadata.entry_points(group="console_scripts", name="vgsim")
    assert command.load() is door.main


@pytest.mark.parametrize(
    ("folder", "suffix", "name"),
    [
        ("presets", ".toml", "sigmoid-stack"),
        ("themes", ".toml", "light"),
        ("themes", ".toml", "dark"),
        ("fonts", ".ttf", "Inter-Regular"),
        ("datasets", ".npz", "digits"),
    ],
)
def test_resources_are_found(folder: str, suffix: str, name: str) -> None:
    assert name in resource_names(folder, suffix)
    assert resource(folder, name + suffix).stat().st_size > 0


def test_python_m_vgsim_tells_its_version() -> None:
    done = python("-m", "vgsim", "--version")
    assert (done.returncode, vgsim.__version__ in done.stdout) == (0, True), done.stderr


def test_the_command_line_leaves_qt_alone() -> None:
    code = "import sys, vgsim.cli.main; print('PySide6' in sys.modules)"
    assert python("-c", code).stdout.strip() == "False"


def test_blas_is_limited_before_numpy_comes() -> None:
    code = (
        "import os, sys, vgsim.__main__ as door; before = 'numpy' in sys.modules\n"
        "door.main(['list'])\n"
        "print(before, os.environ['OPENBLAS_NUM_THREADS'], file=sys.stderr)"
    )
    assert python("-c", code).stderr.strip() == "False 1"


def test_no_file_names_a_package_registry() -> None:
    # Put together here, so that this file does not name them either.
    hosts = [".".join(host).encode() for host in (("pypi", "org"), ("pythonhosted", "org"))]
    guilty = [f for f in tracked_files() if any(host in f.read_bytes() for host in hosts)]
    assert guilty == []


def test_no_lock_file() -> None:
    names = {file.name for file in tracked_files()}
    assert not {name for name in names if name.endswith(".lock") or name.startswith("pylock.")}


def test_the_license_is_there() -> None:
    assert "vgsim contributors" in (ROOT / "LICENSE").read_text(encoding="utf-8")
