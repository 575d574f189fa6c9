"""A picture of a map opened in the window: the map in its file, or its plan."""

from __future__ import annotations

import pytest

from tests.helpers.map_files import map_file, map_plan
from vgsim.cli.main import main
from vgsim.export.sources import Source, find
from vgsim.ui.app.opening import DataQuestions


class Opened:
    """What was told and what was opened, through the real questions of a window."""

    def __init__(self, window) -> None:
        self.told: list[str] = []
        self.sources: list[Source] = []
        self.questions = DataQuestions(window, self.told.append)

    def open(self, picture) -> None:
        self.questions.settle(find(str(picture)), self.sources.append)


@pytest.fixture
def opened(vgsim):
    return Opened(vgsim.window)


@pytest.fixture
def picture(styled, tmp_path):
    """A picture beside its map."""
    file = map_file(tmp_path / "tanh.vgmap", map_plan())
    out = tmp_path / "x.png"
    assert main(["render", str(file), "--size", "320x200", "--out", str(out)]) == 0
    return out


def test_the_file_beside_it_is_asked_for_and_opened(opened, picture):
    opened.open(picture)
    question = opened.questions.question
    assert question is not None and opened.sources == []
    question.allowed.emit(str(picture.with_name("tanh.vgmap")))
    (source,) = opened.sources
    assert source.map.file == picture.with_name("tanh.vgmap") and opened.told == []


def test_without_a_file_beside_it_its_plan_is_opened_unasked(opened, picture):
    picture.with_name("tanh.vgmap").unlink()
    opened.open(picture)
    (source,) = opened.sources
    assert opened.questions.question is None
    assert source.map.file is None and source.map.plan.shape == (4, 5)
    assert opened.told == ["tanh.vgmap is not beside x.png: this is its plan, to be computed anew"]


def test_another_map_in_its_place_is_not_taken(opened, picture):
    other = map_file(picture.with_name("tanh.vgmap"), map_plan(seeds=1))
    opened.open(picture)
    opened.questions.question.allowed.emit(str(other))
    (source,) = opened.sources
    assert source.map.file is None and source.map.plan.seeds == 2
    assert opened.told[0].startswith("tanh.vgmap is not the map that the picture shows")


def test_what_cannot_be_read_is_told(opened, picture):
    broken = picture.with_name("tanh.vgmap")
    broken.write_bytes(b"no map at all")
    opened.open(picture)
    opened.questions.question.allowed.emit(str(broken))
    assert opened.sources[0].map.file is None
    assert "tanh.vgmap cannot be read" in opened.told[0]


def test_a_no_reads_nothing_and_opens_the_plan(opened, picture):
    opened.open(picture)
    opened.questions.question.refused.emit()
    assert opened.sources[0].map.file is None
    assert opened.told == ["tanh.vgmap was not to be read: this is its plan, to be computed anew"]
