"""A format says everything about itself: a copy of one, and a new one, are good for all."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from vgsim.__main__ import main
from vgsim.export.format import FORMATS, FileKind
from vgsim.export.reading import read_provenance, suffixes
from vgsim.ui.app.exhibit import moment_choices
from vgsim.ui.export_dialog.form import ExportForm

NAMES = tuple(entry.name for entry in FORMATS)
PICTURE = ("relu-small", "--view", "gradient", "--size", "320x200", "--moment", "backward:1")
SEVERAL = ("relu-small", "--view", "gradient", "--size", "320x200", "--every", "1", "--steps", "1")


@pytest.fixture(params=NAMES)
def copied(request):
    """A format, and a copy of it under another name and suffix."""
    form = FORMATS[request.param]
    copy = replace(form, name="copy", suffix=".copy")
    FORMATS.add("copy", copy, copy.summary, label=copy.label)
    yield form, copy
    FORMATS._entries.pop("copy")


def made(form, folder) -> Path:
    path = folder / f"x{form.suffix}"
    words = SEVERAL if form.several else PICTURE
    assert main(["render", *words, "--out", str(path)]) == 0
    return path


def pictures_of(path: Path) -> list[tuple[int, int, int]]:
    """Sides and mean lightness of every picture of an MP4."""
    import av

    with av.open(str(path)) as container:
        return [
            (frame.width, frame.height, round(float(frame.to_ndarray(format="gray").mean())))
            for frame in container.decode(video=0)
        ]


def content(path: Path) -> object:
    """What a file holds, but for the time at which it was made."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as package:
            return {name: package.read(name) for name in package.namelist()}
    data = path.read_bytes()
    if data[4:8] == b"ftyp":  # colors are rounded by how memory happens to be aligned
        return pictures_of(path)
    return len(data) if data.startswith(b"%PDF") else data  # Qt numbers every document anew


def test_a_copy_writes_the_same_file_and_is_read_back(styled, copied, tmp_path):
    if copied[0].name == "mp4":
        pytest.importorskip("av")
    first, second = (made(form, tmp_path) for form in copied)
    assert content(first) == content(second)
    assert read_provenance(first) == read_provenance(second)
    assert ".copy" in suffixes()


def test_a_copy_offers_the_same_fields(styled, qtbot, copied):
    form, copy = copied
    if form.kind is FileKind.TABLE:
        pytest.skip("tables are copied from a plot, not chosen in the dialog")
    entries = ExportForm(moment_choices())
    qtbot.addWidget(entries)
    shown = []
    for name in (form.name, copy.name):
        entries.set_entries({"format": name, "kind": "training", "view": "slide"})
        shown.append([name for name, field in entries.fields.items() if field.isVisibleTo(entries)])
    assert shown[0] == shown[1]


def test_help_names_a_copy(copied, capsys):
    with pytest.raises(SystemExit):
        main(["render", "--help"])
    assert ".copy" in capsys.readouterr().out


BMP = """
from vgsim.core.atomic import written
from vgsim.export.format import Format, FileKind, register

MARK = b"vgsim:"

def compose(drawable):
    return drawable.image()

def write(pages, output):
    with written(output.path) as scratch:
        next(pages).save(str(scratch), "BMP")
        with scratch.open("ab") as file:
            file.write(MARK + output.provenance.dumps().encode())

def starts(head):
    return head.startswith(b"BM")

def read(file):
    file.seek(0)
    before, mark, text = file.read().rpartition(MARK)
    return text.decode() if mark else None

register(
    Format("bmp", ".bmp", "BMP", "Pixels for old programs", FileKind.PICTURE, compose, write,
           starts, read, transparent=False)
)
"""
DIALOG = """
from PySide6.QtWidgets import QApplication

from vgsim.ui.app.exhibit import moment_choices
from vgsim.ui.export_dialog.form import ExportForm
app = QApplication([])
form = ExportForm(moment_choices())
form.set_entries({"format": "bmp"})
print(form.entries()["format"], form.fields["transparent"].isVisibleTo(form))
"""


@pytest.fixture
def package(tmp_path):
    """Runs Python where a package is installed that brings a format."""
    site = tmp_path / "site"
    info = site / "my_formats-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "my_formats.py").write_text(BMP)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-formats\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[vgsim.kinds]\nmine = my_formats\n")
    root = str(Path(__file__).parents[1])
    places = os.pathsep.join([str(site), root])

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], capture_output=True, text=True, check=False, cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": places},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.slow
def test_a_format_of_another_package_is_offered_everywhere(package, tmp_path):
    package("-m", "vgsim", "render", *PICTURE, "--out", "x.bmp")
    assert (tmp_path / "x.bmp").read_bytes().startswith(b"BM")
    package("-m", "vgsim", "render", "x.bmp", "--theme", "dark", "--out", "dark.bmp")
    assert package("-c", textwrap.dedent(DIALOG)).strip() == "bmp False"
