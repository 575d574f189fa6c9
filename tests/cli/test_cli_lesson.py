"""``vgsim lesson`` and ``vgsim list lesson``, in process."""

from __future__ import annotations

import shutil

import pytest

from tests.cli.test_cli import _refused, _said
from vgsim.cli import preflight
from vgsim.cli.main import main
from vgsim.lessons import shelf
from vgsim.ui.app import application


def test_list_has_every_lesson_with_its_length(capsys):
    text = _said(capsys, "list", "lesson")
    for lesson in shelf.titles():
        (row,) = (row for row in text.splitlines() if row.startswith(f"  {lesson.name} "))
        assert lesson.title in row and f"{len(lesson.pages)} pages" in row


def test_new_says_what_it_wrote_and_what_comes_next(capsys, tmp_path):
    folder = str(tmp_path / "mine")
    text = _said(capsys, "lesson", "new", folder)
    assert "lesson.toml" in text and f"vgsim lesson check {folder}" in text


def test_new_refuses_what_is_there_already(capsys, tmp_path):
    (tmp_path / "old.txt").touch()
    assert "a new folder, or an empty one" in _refused(capsys, "lesson", "new", str(tmp_path))


@pytest.mark.parametrize(("suffix", "head"), [(".pptx", b"PK"), (".PDF", b"%PDF-")])
def test_export_writes_what_the_suffix_says(styled, capsys, tmp_path, suffix, head):
    folder = tmp_path / "mine"
    _said(capsys, "lesson", "new", str(folder))
    out = tmp_path / f"mine{suffix}"
    _said(capsys, "lesson", "export", str(folder), "--out", str(out))
    assert out.read_bytes().startswith(head)


def test_export_names_the_suffixes_there_are(capsys):
    error = _refused(capsys, "lesson", "export", shelf.names()[0], "--out", "x.docx")
    assert "ends in .pptx or .pdf" in error


def test_export_says_before_its_work_that_a_folder_is_missing(capsys, tmp_path):
    out = str(tmp_path / "none" / "x.pdf")
    assert "does not exist" in _refused(capsys, "lesson", "export", "absent", "--out", out)


def test_export_of_no_lesson_is_refused(capsys, tmp_path):
    out = str(tmp_path / "x.pdf")
    error = _refused(capsys, "lesson", "export", "absent", "--out", out)
    assert "lesson = absent: allowed is the folder or zip of one" in error


def test_check_counts_what_it_computed(capsys, tmp_path):
    folder = str(tmp_path / "mine")
    _said(capsys, "lesson", "new", folder)
    text = _said(capsys, "lesson", "check", folder)
    assert text.startswith("4 pages, ") and text.endswith(" values computed\n")


def test_check_names_all_that_is_wrong_a_line_each(capsys, tmp_path):
    folder = tmp_path / "mine"
    _said(capsys, "lesson", "new", str(folder))
    script = folder / "lesson.toml"
    text = script.read_text("utf-8").replace('"goto" ', '"gotoo"').replace('"step" ', '"leap"')
    script.write_text(text, "utf-8")
    assert main(["lesson", "check", str(folder)]) == 2
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == "" and len(lines) == text.count('"gotoo"') + text.count('"leap"')
    assert all(line.startswith("vgsim: lesson.toml, line ") for line in lines)


def test_check_warns_of_a_figure_that_is_typed(capsys, tmp_path):
    folder = tmp_path / "mine"
    _said(capsys, "lesson", "new", str(folder))
    (folder / "one-thing.md").write_text("B reads 95 % of them.\n\nA less than 20.\n", "utf-8")
    assert main(["lesson", "check", str(folder)]) == 0
    _, err = capsys.readouterr()
    assert "one-thing.md, line 1: 95 %" in err and "one-thing.md, line 3: 20" in err


def test_a_zip_is_checked_like_its_folder(capsys, tmp_path):
    folder = tmp_path / "mine"
    _said(capsys, "lesson", "new", str(folder))
    zipped = shutil.make_archive(str(tmp_path / "zipped"), "zip", tmp_path, "mine")
    assert _said(capsys, "lesson", "check", zipped) == _said(capsys, "lesson", "check", str(folder))


@pytest.mark.parametrize("kind", ["name", "folder", "zip"])
def test_a_lesson_opens_in_the_window(monkeypatch, tmp_path, kind):
    opened = []
    monkeypatch.setattr(preflight, "window_problem", lambda: None)
    monkeypatch.setattr(application, "open_window", lambda *_, lesson: opened.append(lesson) or 0)
    main(["lesson", "new", str(tmp_path / "mine")])
    zipped = shutil.make_archive(str(tmp_path / "mine"), "zip", tmp_path, "mine")
    given = {"name": shelf.names()[0], "folder": str(tmp_path / "mine"), "zip": zipped}[kind]
    assert main([given]) == 0
    assert opened == [given]


def test_a_broken_lesson_is_told_before_a_window_opens(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(preflight, "window_problem", lambda: None)
    (tmp_path / "lesson.toml").write_text("title = 1\n", "utf-8")
    assert "lesson.toml, line 1: title = 1: allowed is a text" in _refused(capsys, str(tmp_path))
