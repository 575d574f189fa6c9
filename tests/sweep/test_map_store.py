"""The file of a map: what goes into it comes out, whoever reads it, whatever ends its writer."""

from __future__ import annotations

import math
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.maps import figures, small_plan
from vgsim.core.container import BadContainer
from vgsim.sweep.plan import differences
from vgsim.sweep.results import MemberResult
from vgsim.sweep.store import _COLUMNS, MapStore, StoredMap, is_map, place_of, read

ONE = MemberResult((1, 2), 0, 1e-7, 0.5, 3, 1.25, 0.75, 4, "vanishing", "", 0.01, b"\1" * 16)
BAD = MemberResult((0, 1), 0, failure="It is too deep.")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.vgmap"


def test_what_is_kept_comes_back(path: Path) -> None:
    plan = small_plan(seeds=2)
    with MapStore.begin(path, plan) as store:
        store.add([ONE, BAD])
        assert figures(store.results()) == figures([ONE, BAD])
        assert figures(store.failures()) == figures([BAD])
    assert differences(read(path)[0], plan) == ()
    assert figures(read(path)[1]) == figures([ONE, BAD])
    assert is_map(path)


def test_a_row_has_every_field_of_a_result() -> None:
    columns = _COLUMNS.replace("place", "index").split(", ")
    assert columns == [field.name for field in fields(MemberResult)]


@pytest.mark.parametrize("value", [math.nan, math.inf, 0.0, 5e-324, -1.5])
def test_every_number_comes_back(path: Path, value: float) -> None:
    result = MemberResult((0, 0), 0, first=value, loss=value)
    with MapStore.begin(path, small_plan()) as store:
        store.add([result])
        assert figures(store.results()) == figures([result])


def test_numbers_of_numpy_are_kept_as_numbers(path: Path) -> None:
    result = MemberResult(
        (np.int64(1), np.int64(0)),
        np.int64(0),
        np.float32(0.5),
        np.float64(2),
        np.int64(3),  # type: ignore[arg-type]  # as an ensemble may give them
    )
    with MapStore.begin(path, small_plan()) as store:
        store.add([result])
        (found,) = store.results()
    assert (found.index, found.seed, found.first, found.last, found.hops) == ((1, 0), 0, 0.5, 2, 3)
    assert type(found.first) is float


def test_what_is_missing_is_what_has_not_come(path: Path) -> None:
    plan = small_plan(seeds=2)
    with MapStore.begin(path, plan) as store:
        store.add([ONE, BAD])
        missing = store.missing()
    assert missing.shape == (9, 2)
    assert not missing[place_of(plan, (1, 2)), 0]
    assert missing.sum() == 16


def test_the_same_member_again_takes_its_place(path: Path) -> None:
    with MapStore.begin(path, small_plan()) as store:
        store.add([BAD, ONE])
        store.add([MemberResult((0, 1), 0, 2.0)])
        assert [result.first for result in store.results()] == [1e-7, 2.0]


def test_failures_can_be_tried_again(path: Path) -> None:
    with MapStore.begin(path, small_plan()) as store:
        store.add([BAD, ONE])
        store.forget_failures()
        assert figures(store.results()) == figures([ONE])


def test_a_map_is_gone_on_with(path: Path) -> None:
    with MapStore.begin(path, small_plan()) as store:
        store.add([ONE])
    with MapStore.begin(path, small_plan()) as store:
        store.add([BAD])
    assert len(read(path)[1]) == 2


def test_a_map_of_another_plan_is_not_written_on(path: Path) -> None:
    MapStore.begin(path, small_plan()).close()
    with pytest.raises(BadContainer, match=r"another map.*number of seeds is 1 there and 3 here"):
        MapStore.begin(path, small_plan(seeds=3))
    MapStore.begin(path, small_plan()).close()  # nobody holds it


@pytest.mark.parametrize("opened", [
    lambda path: MapStore.begin(path, small_plan()),
    lambda path: MapStore.create(path, small_plan()),
    MapStore.open,
])  # fmt: skip
def test_two_writers_are_refused(path: Path, opened: object) -> None:
    with (
        MapStore.begin(path, small_plan()) as store,
        pytest.raises(BadContainer, match="another program is writing it, and only one can"),
    ):
        opened(path)  # type: ignore[operator]  # one of the three
    store.close()
    MapStore.open(path).close()
    assert [file.name for file in path.parent.iterdir()] == ["a.vgmap"]


@pytest.mark.parametrize("content", [b"", b"a text", b"SQLite format 3\0" + bytes(200)])
def test_what_is_no_map_is_not_opened(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(BadContainer):
        MapStore.open(path)
    with pytest.raises(BadContainer):
        StoredMap(path)


def test_another_file_is_not_replaced(path: Path) -> None:
    path.write_bytes(b"a text")
    for begun in (MapStore.begin, MapStore.create):
        with pytest.raises(BadContainer):
            begun(path, small_plan())
    assert path.read_bytes() == b"a text"


@pytest.mark.parametrize("statement", [
    "CREATE TRIGGER t AFTER INSERT ON members BEGIN DELETE FROM members; END",
    "CREATE VIEW v AS SELECT 1",
    "CREATE INDEX i ON members (abs(place))",
    "ALTER TABLE members ADD COLUMN more TEXT",
])  # fmt: skip
def test_nothing_is_written_to_foreign_tables(path: Path, statement: str) -> None:
    MapStore.begin(path, small_plan()).close()
    database = sqlite3.connect(path)
    database.execute(statement)
    database.commit()
    database.close()
    with pytest.raises(BadContainer, match="other tables"):
        MapStore.open(path)


@pytest.mark.parametrize("statement", [
    "UPDATE members SET place = 9",
    "UPDATE members SET seed = -1",
    "UPDATE meta SET value = 'nonsense' WHERE key = 'plan'",
    "DELETE FROM meta",
])  # fmt: skip
def test_a_file_is_not_believed(path: Path, statement: str) -> None:
    with MapStore.begin(path, small_plan()) as store:
        store.add([ONE])
    database = sqlite3.connect(path)
    database.execute(statement)
    database.commit()
    database.close()
    with pytest.raises(BadContainer):
        read(path)


def test_a_reader_follows_a_map_that_grows(path: Path) -> None:
    with MapStore.begin(path, small_plan()) as store:
        reader = StoredMap(path)
        assert reader.refresh() == []
        store.add([ONE])
        assert figures(reader.refresh()) == figures([ONE])
        store.add([BAD])
        assert figures(reader.refresh()) == figures([BAD])
        assert reader.refresh() == []
    assert reader.refresh() == []


def test_a_reader_is_told_of_another_map_in_its_place(path: Path) -> None:
    MapStore.create(path, small_plan()).close()
    reader = StoredMap(path)
    MapStore.create(path, small_plan(seeds=2)).close()
    with pytest.raises(BadContainer, match="another map has taken its place"):
        reader.refresh()


def test_what_a_killed_writer_had_written_is_there(path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "from tests.helpers.maps import small_plan\n"
        "from tests.sweep.test_map_store import ONE\n"
        "from vgsim.sweep.store import MapStore\n"
        "MapStore.begin(sys.argv[1], small_plan()).add([ONE])\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], cwd=Path(__file__).parents[2])
    assert done.returncode == -signal.SIGKILL
    assert figures(read(path)[1]) == figures([ONE])
    with MapStore.begin(path, small_plan()) as store:
        assert figures(store.results()) == figures([ONE])
    assert os.listdir(path.parent) == ["a.vgmap"]


def test_cells_have_numbers() -> None:
    plan = small_plan("network.depth=1:3:3", "init.gain=0.5,1")
    assert [place_of(plan, index) for index in plan.indices()] == list(range(6))
