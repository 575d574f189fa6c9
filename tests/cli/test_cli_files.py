"""Files from elsewhere on the command line: one line and exit code 2, never a wait."""

from __future__ import annotations

import os

import pytest

from vgsim.cli.main import main

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such files")


@pytest.fixture
def pipe(tmp_path) -> str:
    """A pipe to which nobody writes."""
    path = tmp_path / "pipe.toml"
    os.mkfifo(path)
    return str(path)


def _refused(capsys, *words: str) -> str:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("vgsim: ") and err.count("\n") == 1
    return err


@pytest.mark.parametrize("command", ["run", "why", "open"])
def test_a_pipe_is_no_experiment(capsys, pipe, command):
    assert "it is a pipe, not a regular file" in _refused(capsys, command, pipe)


def test_a_device_is_no_experiment(capsys):
    assert "it is a device, not a regular file" in _refused(capsys, "run", "/dev/zero")


def test_a_pipe_is_nothing_to_compare_with(styled, capsys, pipe):
    line = _refused(capsys, "render", "sigmoid-stack", "--compare", pipe, "--out", pipe + ".png")
    assert "it is a pipe" in line


@pytest.mark.parametrize("name", ["pipe", "device"])
def test_neither_is_a_batch(styled, capsys, pipe, name):
    path = pipe if name == "pipe" else "/dev/zero"
    line = _refused(capsys, "render", "--batch", path)
    assert line == f"vgsim: {path}: it is a {name}, not a regular file\n"


def test_of_many_pictures_that_cannot_be_made_five_are_told(styled, capsys, tmp_path):
    batch = tmp_path / "many.toml"
    batch.write_text('[[picture]]\nsource = "nothing"\nout = "a.png"\n' * 8)
    assert main(["render", "--batch", str(batch)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 6 and lines[-1] == "vgsim: … and 3 more"


def test_a_batch_beyond_the_bounds_is_told(styled, capsys, tmp_path):
    batch = tmp_path / "deep.toml"
    batch.write_text("[[picture]]\n" + ".".join("abcdefghi") + " = 1\n")
    assert "a key may have 8 parts (at line 2)" in _refused(capsys, "render", "--batch", str(batch))


def test_an_experiment_with_many_unknown_fields_is_told_in_one_line(capsys, tmp_path):
    file = tmp_path / "many.toml"
    file.write_text("[network]\n" + "".join(f"a{n} = 1\n" for n in range(1000)))
    assert "network.a4, … and 995 more: allowed is" in _refused(capsys, "run", str(file))


@pytest.mark.parametrize("field", ["source", "compare", "out"])
def test_a_batch_tells_of_a_name_that_holds_a_zero_byte(styled, capsys, tmp_path, field):
    names = {"source": "sigmoid-stack", "out": "x.png"} | {field: "a\\u0000b.png"}
    batch = tmp_path / "batch.toml"
    batch.write_text("[[picture]]\n" + "".join(f'{key} = "{names[key]}"\n' for key in names))
    assert "a name holds no zero byte" in _refused(capsys, "render", "--batch", str(batch))


def test_what_a_terminal_would_obey_is_not_said(capsys, tmp_path):
    file = tmp_path / "loud.toml"
    file.write_text('"\\u001b[2J" = 1\n')
    assert "�[2J = 1: allowed is a known field" in _refused(capsys, "run", str(file))
