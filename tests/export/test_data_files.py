"""Files of data: named without a folder and by their hash, and read only when a user says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.exports import save
from tests.helpers.specs import small
from vgsim.__main__ import main
from vgsim.core.errors import SpecError
from vgsim.export.compose import wants
from vgsim.export.picture import PictureRequest
from vgsim.export.reading import read_provenance
from vgsim.export.sources import allow, carried, find, refuse_unasked, unlike
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.data_files import fingerprint, portable_path
from vgsim.nn.experiment import Experiment

PICTURE = PictureRequest(view="gradient", size="320x200")
ROWS = "a,b,kind\n" + "".join(f"{n},{n % 5},{'xy'[n % 2]}\n" for n in range(40))


@pytest.fixture
def data(tmp_path):
    """A user's own data in a folder whose name is nobody's business."""
    folder = tmp_path / "private"
    folder.mkdir()
    (folder / "mine.csv").write_text(ROWS)
    return folder / "mine.csv"


@pytest.fixture
def exported(styled, theme, data, tmp_path):
    """A picture of an experiment with those data."""
    spec = small(data__dataset="csv", data__path=str(data))
    frame = frame_of(Experiment(spec), request=Request(wants(PICTURE)))
    path = tmp_path / "x.png"
    save(frame, PICTURE, path, theme, overwrite=False)
    assert carried(frame).endswith("; data file mine.csv by name and hash")
    return path


def test_a_picture_holds_the_name_and_the_hash_and_no_folder(exported, data):
    carried = read_provenance(exported)
    assert carried.spec.data.path == "mine.csv"
    assert json.loads(dict(carried.picture)["sha256.data.path"]) == fingerprint(str(data))
    assert b"private" not in exported.read_bytes()


def test_nothing_is_read_unasked(exported, monkeypatch):
    monkeypatch.chdir(exported.parent / "private")  # where the bare name would lead to the file
    source = find(str(exported))
    assert [file.path for file in source.asks_for] == ["mine.csv"]
    with pytest.raises(SpecError, match=r"--set data\.path=FILE"):
        refuse_unasked(source)


@pytest.mark.parametrize("command", ["run", "why", "trace", "render"])
def test_the_command_line_says_how_to_allow_it(exported, data, command, capsys, tmp_path):
    out = {
        "trace": ["--out", str(tmp_path / "t.npz")],
        "render": ["--out", str(tmp_path / "y.png")],
    }
    words = [command, str(exported), *out.get(command, [])]
    assert main(words) == 2
    assert "mine.csv" in (told := capsys.readouterr().err) and "--set data.path=" in told
    assert "a,b,kind" not in told
    assert main([*words, "--set", f"data.path={data}"]) == 0


def test_other_content_under_the_name_is_told(exported, data, capsys):
    data.write_text(ROWS.replace("1,1", "1,7"))
    assert main(["run", str(exported), "--set", f"data.path={data}"]) == 0
    assert "mine.csv is not as it was when this was exported" in capsys.readouterr().err


def test_the_same_content_elsewhere_is_no_news(exported, data):
    copy = data.with_name("copy.csv")
    copy.write_text(ROWS)
    source = find(str(exported))
    assert unlike(source, {"data.path": str(copy)}) == []
    allowed = allow(source, {"data.path": str(copy)})
    assert allowed.asks_for == () and allowed.spec.data.path == str(copy)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/home/me/a.csv", "a.csv"), ("~/a.csv", "a.csv"), ("a.csv", "a.csv"),
        ("sets/a.csv", "sets/a.csv"), ("../me/a.csv", "a.csv"),
        ("C:\\me\\a.csv", "a.csv"), ("\\\\host\\me\\a.csv", "a.csv"), ("", ""),
    ],
)  # fmt: skip
def test_a_path_leaves_without_the_folders_of_this_machine(path, shown):
    assert portable_path(path) == shown


def test_a_picture_of_old_with_a_whole_path_asks_too(tmp_path, data):
    from tests.helpers.provenance import picture
    from vgsim.export.formats.png import save_png
    from vgsim.export.provenance.record import Provenance

    old = Provenance(small(data__dataset="csv", data__path=str(data)), 0, "start", "gradient")
    save_png(picture(), tmp_path / "old.png", old)
    source = find(str(tmp_path / "old.png"))
    assert [Path(file.path).name for file in source.asks_for] == ["mine.csv"]
