"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import stat

import pytest

from vgsim.core.atomic import obstacle, text_file, written


def test_a_file_appears_only_when_the_block_ends(tmp_path):
    target = tmp_path / "x.txt"
    with text_file(target) as out:
        out.write("whole")
        assert not target.exists()
    assert target.read_text() == "whole" and list(tmp_path.iterdir()) == [target]


def test_an_error_leaves_the_old_file_alone(tmp_path):
    target = tmp_path / "x.txt"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), text_file(target) as out:
        out.write(str(1 / 0))
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_stays_one(tmp_path):
    target, link = tmp_path / "there" / "x.txt", tmp_path / "link.txt"
    target.parent.mkdir()
    link.symlink_to(target)
    with text_file(link) as out:
        out.write("new")
    assert link.is_symlink() and target.read_text() == "new"


@pytest.mark.skipif(os.name == "nt", reason="there are no such devices")
def test_a_device_stays_one_and_is_written():
    reader, writer = os.pipe()
    with text_file(f"/dev/fd/{writer}") as out:
        out.write("through")
    os.close(writer)
    with os.fdopen(reader) as back:
        assert back.read() == "through"
    with text_file(os.devnull) as out:
        out.write("gone")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


@pytest.mark.skipif(os.name == "nt", reason="there are no such devices")
def test_nothing_is_in_the_way_of_a_file_a_link_or_a_device(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "there")
    reader, writer = os.pipe()
    for path in (tmp_path / "x", tmp_path / "link", os.devnull, f"/dev/fd/{writer}"):
        assert obstacle(path) == ""
    os.close(reader)
    os.close(writer)


def test_what_is_in_the_way_is_told(tmp_path):
    (tmp_path / "x").touch()
    assert "this is a folder" in obstacle(tmp_path)
    assert obstacle(tmp_path / "no" / "x").endswith("the folder no does not exist")
    assert obstacle(tmp_path / "x" / "y").endswith("x is none")
    assert "home" in obstacle("~nosuchuser/x")


def test_a_folder_is_refused_by_its_own_name(tmp_path):
    with pytest.raises(OSError, match=r"directory|denied") as caught, text_file(tmp_path):
        pass
    assert caught.value.filename == str(tmp_path) and list(tmp_path.iterdir()) == []


def test_a_failure_while_writing_names_the_file_and_not_the_scratch(tmp_path):
    target = tmp_path / "x.bin"
    with pytest.raises(OSError, match="full") as caught, written(target) as scratch:
        raise OSError(28, "disk full", str(scratch))
    assert caught.value.filename == str(target) and list(tmp_path.iterdir()) == []


def test_a_closed_pipe_is_not_the_files_fault(tmp_path):
    with pytest.raises(BrokenPipeError) as caught, written(tmp_path / "x.bin"):
        raise BrokenPipeError(32, "Broken pipe")
    assert caught.value.filename is None


def test_an_unknown_home_is_refused_with_the_path():
    with pytest.raises(OSError, match="home") as caught, text_file("~nosuchuser/x.txt"):
        pass
    assert caught.value.filename == "~nosuchuser/x.txt"
