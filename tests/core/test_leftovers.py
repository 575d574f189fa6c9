"""What a killed process left in a folder is removed by the next one that writes there."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from vgsim.core import atomic as leftovers
from vgsim.core.atomic import written

_HANGS = """
import sys, time
from vgsim.core.atomic import written
with written(sys.argv[1]) as scratch:
    scratch.write_text("half")
    print(scratch.name, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def writing(tmp_path):
    """A process in the middle of a file, and the name of its temporary one."""
    command = [sys.executable, "-c", _HANGS, str(tmp_path / "x.png")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    yield process, process.stdout.readline().strip()
    process.kill()
    process.wait()
    process.stdout.close()


def write(path):
    leftovers._looked_at.clear()
    with written(path) as scratch:
        scratch.write_text("whole")


def names(folder):
    return sorted(os.listdir(folder))


def test_what_a_living_process_writes_stays(writing, tmp_path):
    _, temporary = writing
    write(tmp_path / "y.png")
    assert names(tmp_path) == sorted([temporary, "y.png"])


@pytest.mark.skipif(os.name != "posix", reason="nobody can tell there whether a process lives")
def test_what_a_killed_process_left_is_removed(writing, tmp_path):
    process, temporary = writing
    process.kill()
    process.wait()
    assert names(tmp_path) == [temporary]
    write(tmp_path / "y.png")
    assert names(tmp_path) == ["y.png"]


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="only /proc tells when one began")
def test_a_process_that_began_later_under_the_number_is_another_one(tmp_path):
    name = f".vgsim-{leftovers._host()}-{os.getpid()}-1-abc.png"
    (tmp_path / name).touch()
    write(tmp_path / "y.png")
    assert names(tmp_path) == ["y.png"]


@pytest.mark.parametrize("name", [".vgsim-00000000-1-1-abc.png", ".hidden.png", ".vgsim-notes"])
def test_what_is_of_another_host_or_no_such_file_stays(tmp_path, name):
    (tmp_path / name).touch()
    write(tmp_path / "y.png")
    assert names(tmp_path) == sorted([name, "y.png"])


def test_a_folder_is_looked_through_once(tmp_path, monkeypatch):
    write(tmp_path / "y.png")
    listed = []
    monkeypatch.setattr(os, "scandir", listed.append)
    with written(tmp_path / "z.png") as scratch:
        scratch.write_text("whole")
    assert listed == []
