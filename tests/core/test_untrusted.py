"""Files from elsewhere: regular ones only, within bounds, told in a part of a sentence."""

from __future__ import annotations

import os
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.core import untrusted

posix = pytest.mark.skipif(os.name == "nt", reason="there are no such files")


@given(data=st.binary(max_size=40), most=st.integers(0, 40))
def test_a_file_is_read_whole_or_not_at_all(tmp_path, data, most):
    file = tmp_path / "x"
    file.write_bytes(data)
    if len(data) <= most:
        assert untrusted.contents(file, most) == data
    else:
        with pytest.raises(OSError, match=f"it has {len(data)} bytes and may have {most}"):
            untrusted.contents(file, most)


@posix
def test_nobody_waits_for_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="it is a pipe, not a regular file"):
        untrusted.contents(tmp_path / "pipe", 10)


@posix
def test_a_device_is_not_read():
    with pytest.raises(OSError, match="it is a device, not a regular file"):
        untrusted.contents("/dev/zero", 10)


@posix
def test_a_link_to_a_device_is_one(tmp_path):
    (tmp_path / "x.toml").symlink_to("/dev/zero")
    with pytest.raises(OSError, match="it is a device"):
        untrusted.contents(tmp_path / "x.toml", 10)


def test_a_folder_is_not_read(tmp_path):
    with pytest.raises(OSError, match="it is a folder, not a regular file"):
        untrusted.contents(tmp_path, 10)


@pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="there are no such files")
def test_a_file_that_does_not_know_its_length_is_bounded():
    with pytest.raises(OSError, match="it has more bytes and may have 10"):
        untrusted.contents("/proc/self/maps", 10)


@pytest.mark.parametrize(("name", "said"), [("a\0b", "no zero byte"), ("a\ud800b", "no path")])
def test_what_no_name_holds_is_told(name, said):
    with pytest.raises(OSError, match=said):
        untrusted.contents(name, 10)


def test_reading_ends_when_the_file_is_not_wanted_any_more(tmp_path):
    file = tmp_path / "x"
    file.write_bytes(bytes(10 * untrusted.PIECE))
    wanted = [True]
    with untrusted.until(lambda: not wanted[0]), untrusted.opened(file, 2**30) as opened:
        assert opened.read(10) == bytes(10)
        wanted[0] = False
        with pytest.raises(untrusted.GivenUp):
            while opened.read(1000):
                pass
    assert len(untrusted.contents(file, 2**30)) == 10 * untrusted.PIECE


def _archive(path, packing=zipfile.ZIP_DEFLATED, **parts):
    with zipfile.ZipFile(path, "w", packing) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return path


@given(size=st.integers(0, 60), most=st.integers(0, 60))
def test_a_part_of_an_archive_is_read_whole_or_not_at_all(tmp_path, size, most):
    data = b"a" * size
    path = _archive(tmp_path / "x.zip", part=data)
    with path.open("rb") as file, untrusted.archive(file) as package:
        if size <= most:
            assert untrusted.member(package, package.getinfo("part"), most) == data
        else:
            with pytest.raises(untrusted.BadArchive, match=f"part has {size} bytes and may have"):
                untrusted.member(package, package.getinfo("part"), most)


def test_a_part_that_is_packed_unusually_is_refused(tmp_path):
    path = _archive(tmp_path / "x.zip", zipfile.ZIP_BZIP2, part=b"a")
    with (
        path.open("rb") as file,
        pytest.raises(untrusted.BadArchive, match="packed in another way"),
        untrusted.archive(file) as package,
    ):
        untrusted.member(package, package.getinfo("part"), 10)


def test_an_archive_with_too_many_parts_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(untrusted, "MOST_CONTENTS", 100)
    path = _archive(tmp_path / "x.zip", first=b"a", second=b"b")
    with (
        path.open("rb") as file,
        pytest.raises(untrusted.BadArchive, match="too many parts"),
        untrusted.archive(file),
    ):
        pass


def test_what_is_no_archive_is_told(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"PK\3\4")
    with (
        (tmp_path / "x.zip").open("rb") as file,
        pytest.raises(untrusted.BadArchive, match="ends early"),
        untrusted.archive(file),
    ):
        pass
