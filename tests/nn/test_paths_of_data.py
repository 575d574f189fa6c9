"""A path of data in a TOML file starts from the folder of that file."""

from __future__ import annotations

from vgsim.nn.presets import load_file


def test_data_beside_the_file_are_found_from_anywhere(tmp_path, monkeypatch):
    (tmp_path / "sets").mkdir()
    (tmp_path / "mine.csv").write_text("a,y\n5,p\n3,q\n")
    toml = tmp_path / "sets" / "x.toml"
    toml.write_text('[data]\ndataset = "csv"\npath = "../mine.csv"\n')
    monkeypatch.chdir(tmp_path.parent)
    spec = load_file(toml)
    assert spec.data.path == str(tmp_path / "sets" / "../mine.csv")


def test_a_path_that_is_not_beside_it_stays(tmp_path):
    toml = tmp_path / "x.toml"
    toml.write_text('[data]\ndataset = "csv"\npath = "other.csv"\n')
    assert load_file(toml).data.path == "other.csv"
