"""Closing ends the process, whatever goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("closing_program.py")
STATES = (
    "at rest", "playing", "training", "judging", "still", "animation", "dialog", "comparison",
    "presentation", "message",
)  # fmt: skip


def _closed(tmp_path, state, times):
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    command = [sys.executable, str(PROGRAM), state, str(times), str(tmp_path)]
    return subprocess.run(
        command, env=os.environ | home, timeout=600, capture_output=True, text=True
    )


@pytest.mark.parametrize("state", STATES)
def test_closing_ends_the_process(tmp_path, state):
    done = _closed(tmp_path, state, 4 if state == "still" else 1)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert not [path for path in tmp_path.glob(".*") if path.is_file()]  # half a picture


@pytest.mark.exhaustive
@pytest.mark.parametrize("state", STATES)
def test_closing_ends_the_process_twenty_times_of_twenty(tmp_path, state):
    done = _closed(tmp_path, state, 20)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
