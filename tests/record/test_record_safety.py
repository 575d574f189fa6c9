"""A recording survives what happens to processes, disks and files; each failure is one sentence."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vgsim import record
from vgsim.core import container


def a_recording(path: Path, steps: int = 3) -> record.Recording:
    run = record.Recording(path)
    run.stage("a").stage("b", inputs=["a"])
    for step in range(steps):
        run.step(step, loss=1.0 / (step + 1), dh_rms=[0.1, 0.2 + step])
    return run


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def said(path: Path) -> str:
    with pytest.raises(record.BadContainer) as caught:
        record.read(path)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence.removeprefix(f"{path}: ")


GROWING = """
    import sys
    from vgsim import record
    run = record.Recording(sys.argv[1]).stage("a").stage("b")
    step = 0
    while True:
        run.step(step, dh_rms=[step, -step], dh_units=[[step] * 9, None])
        step += 1
        if step == 20:
            print("twenty", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
@pytest.mark.parametrize("later", [0.0, 0.05, 0.2])
def test_a_killed_training_loses_the_unfinished_step_only(tmp_path: Path, later: float) -> None:
    path = tmp_path / "run.vgrun"
    process = python(GROWING, str(path))
    assert process.stdout is not None and process.stdout.readline() == "twenty\n"
    time.sleep(later)
    process.kill()
    process.communicate()
    found = record.read(path)
    assert not found.finished and "not finished" in found.lacks
    assert len(found.steps) >= 20
    assert found["dh_rms"].tolist() == [[step, -step] for step in found.steps]
    for step in found.steps:
        assert set(found.at(step).figures) == {"dh_rms", "dh_units"}


def test_steps_are_seen_as_they_come(tmp_path: Path) -> None:
    run = a_recording(tmp_path / "run.vgrun", steps=2)
    found = record.read(tmp_path / "run.vgrun")
    assert found["dh_rms"].shape == (2, 2)
    assert found.refresh() is False
    run.stage("c").step(5, loss=0.1, dh_rms=[1, 2, 3])
    assert found.refresh() is True
    assert found.steps.tolist() == [0, 1, 5]
    assert found["dh_rms"][2].tolist() == [1, 2, 3]
    assert found.recorded("dh_rms")[:, 2].tolist() == [False, False, True]
    run.close()
    found.refresh()
    assert found.finished and found.lacks == ""


def test_a_recording_begun_anew_is_read_from_its_start(tmp_path: Path) -> None:
    a_recording(tmp_path / "run.vgrun").close()
    found = record.read(tmp_path / "run.vgrun")
    with record.Recording(tmp_path / "run.vgrun") as again:
        again.about("started", "later").stage("other").step(9, dh_rms=[4])
    found.refresh()
    assert found.steps.tolist() == [9] and found["dh_rms"].tolist() == [[4]]
    assert found.stages == ("other",)


def test_a_finished_recording_is_one_file(tmp_path: Path) -> None:
    a_recording(tmp_path / "run.vgrun").close()
    assert [file.name for file in tmp_path.iterdir()] == ["run.vgrun"]
    record.read(tmp_path / "run.vgrun")
    assert [file.name for file in tmp_path.iterdir()] == ["run.vgrun"]


def test_a_recording_is_finished_while_others_look_at_it(tmp_path: Path) -> None:
    run = a_recording(tmp_path / "run.vgrun")
    found = record.read(tmp_path / "run.vgrun")
    run.close()
    assert [file.name for file in tmp_path.iterdir()] == ["run.vgrun"]
    assert found.at(2)["dh_rms"].tolist() == [0.1, 2.2]


def test_a_plain_copy_of_the_growing_file_opens_and_says_what_it_lacks(tmp_path: Path) -> None:
    run = a_recording(tmp_path / "run.vgrun")
    shutil.copyfile(tmp_path / "run.vgrun", tmp_path / "copy.vgrun")
    found = record.read(tmp_path / "copy.vgrun")
    assert "its log (-wal) is not beside it" in found.lacks
    assert found.steps.tolist() == []
    run.close()


@pytest.fixture
def locked(tmp_path: Path):
    """A function that makes a folder read-only; the superuser is not held by that."""
    folders = []

    def lock(folder: Path) -> None:
        folder.chmod(0o555)
        folders.append(folder)
        if os.access(folder, os.W_OK):
            pytest.skip("whoever runs this may write anywhere")

    yield lock
    for folder in folders:
        folder.chmod(0o755)


def test_it_opens_where_nothing_may_be_written(tmp_path: Path, locked: Callable) -> None:
    a_recording(tmp_path / "run.vgrun").close()
    locked(tmp_path)
    assert record.read(tmp_path / "run.vgrun").steps.tolist() == [0, 1, 2]


def test_an_unfinished_one_opens_there_with_its_log(tmp_path: Path, locked: Callable) -> None:
    run = a_recording(tmp_path / "run.vgrun")
    folder = tmp_path / "copy"
    folder.mkdir()
    for ending in ("", "-wal"):
        shutil.copyfile(tmp_path / f"run.vgrun{ending}", folder / f"run.vgrun{ending}")
    locked(folder)
    assert record.read(folder / "run.vgrun").steps.tolist() == [0, 1, 2]
    run.close()


def test_a_file_that_opens_nowhere_in_place_is_read_from_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is on a read-only disk, also for the superuser."""
    run = a_recording(tmp_path / "run.vgrun")
    really = container._open

    def refuse(path: Path, mode: str) -> sqlite3.Connection:
        if mode == "mode=ro":
            raise sqlite3.OperationalError("unable to open database file")
        return really(path, mode)

    monkeypatch.setattr(container, "_open", refuse)
    assert record.read(tmp_path / "run.vgrun").steps.tolist() == [0, 1, 2]
    run.close()
    assert record.read(tmp_path / "run.vgrun").steps.tolist() == [0, 1, 2]


FULL = """
    import resource, signal, sys
    from vgsim import record
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    run = record.Recording(sys.argv[1]).stage("a")
    run.step(0, dh_rms=[1])
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
    for step in range(1, 60):
        run.step(step, dh_t=[[step + k / 7 for k in range(500)]])
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    run.step(99, dh_rms=[2])
    run.close()
    print(run.failed)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limit of file size here")
def test_a_full_disk_costs_steps_and_one_warning(tmp_path: Path) -> None:
    out, err = python(FULL, str(tmp_path / "run.vgrun")).communicate()
    failed = int(out)
    assert failed > 5
    assert err.count("\n") == 1 and "could not be written" in err and "training goes on" in err
    found = record.read(tmp_path / "run.vgrun")
    assert found.steps[0] == 0 and found.steps[-1] == 99
    assert len(found.steps) == 61 - failed
    assert any(f"{failed} recorded steps are missing" in note.text for note in found.notes)


def test_a_folder_that_is_not_there_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(record.BadContainer, match="cannot be written"):
        record.Recording(tmp_path / "none" / "run.vgrun")


def test_another_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "thesis.tex"
    path.write_text("all my work", "utf-8")
    with pytest.raises(record.BadContainer, match="not replaced"):
        record.Recording(path)
    assert path.read_text("utf-8") == "all my work"


def test_a_training_that_is_never_closed_is_finished_at_exit(tmp_path: Path) -> None:
    code = """
        import sys
        from vgsim import record
        run = record.Recording(sys.argv[1]).stage("a").step(0, dh_rms=[1])
    """
    python(code, str(tmp_path / "run.vgrun")).communicate()
    assert record.read(tmp_path / "run.vgrun").finished


def test_an_exception_ends_the_recording_and_goes_on(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), a_recording(tmp_path / "run.vgrun"):
        raise ZeroDivisionError
    found = record.read(tmp_path / "run.vgrun")
    assert found.finished and found.notes[0].text == "The training ended with ZeroDivisionError."


def test_another_programs_database(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE t (x)")
    other.close()
    assert said(tmp_path / "other.db") == (
        "it is a database of another program, no recording of vgsim"
    )


def changed(path: Path, *statements: str) -> Path:
    a_recording(path).close()
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    return path


def test_a_newer_version(tmp_path: Path) -> None:
    path = changed(tmp_path / "run.vgrun", "PRAGMA user_version=7")
    assert said(path) == "a newer vgsim made it (layout 7; this one reads up to 1)"


@pytest.mark.parametrize("content", [b"hello", b"PK\3\4" + bytes(200), bytes(5000)])
def test_a_foreign_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.vgrun"
    path.write_bytes(content)
    assert said(path) == "it is no recording of vgsim"


def test_an_empty_file_a_folder_and_none(tmp_path: Path) -> None:
    (tmp_path / "run.vgrun").touch()
    assert said(tmp_path / "run.vgrun") == "it is empty, and no recording"
    for path in (tmp_path, tmp_path / "none.vgrun"):
        with pytest.raises(OSError):
            record.read(path)


@pytest.mark.parametrize("part", [0.2, 0.5, 0.95])
def test_a_file_that_ends_early(tmp_path: Path, part: float) -> None:
    path = tmp_path / "run.vgrun"
    a_recording(path, steps=50).close()
    content = path.read_bytes()
    path.write_bytes(content[: int(part * len(content))])
    assert said(path).startswith("it ends early")


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE notes",
        "DROP TABLE steps",
        "UPDATE stages SET id = 9 WHERE id = 1",
        "UPDATE stages SET name = x'00' WHERE id = 1",
        "UPDATE stages SET shape = '-3'",
        "UPDATE figures SET coding = 'pickle'",
        "UPDATE figures SET coding = 'ragged counts' WHERE name = 'dh_rms'",
        "UPDATE figures SET owner = 'histogram'",
        "UPDATE meta SET value = '10 -10 -1' WHERE key = 'bins'",
        "UPDATE stages SET kind = hex(zeroblob(40000000))",
        "UPDATE meta SET value = '0 9000000 9000000' WHERE key = 'bins'",
        "UPDATE meta SET value = 'a' WHERE key = 'bins'",
        "UPDATE steps SET step = 'x'",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100001) "
        "INSERT INTO notes (text) SELECT i FROM n",
    ],
)
def test_a_spoiled_file_is_a_sentence(tmp_path: Path, statement: str) -> None:
    assert said(changed(tmp_path / "run.vgrun", statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE arrays SET data = x'00'",
        "UPDATE arrays SET data = 'text'",
        "UPDATE arrays SET data = zeroblob(8000)",
    ],
)
def test_spoiled_values_are_a_sentence(tmp_path: Path, statement: str) -> None:
    found = record.read(changed(tmp_path / "run.vgrun", statement))
    with pytest.raises(record.BadContainer, match="damaged"):
        found["dh_rms"]
    with pytest.raises(record.BadContainer, match="damaged"):
        found.at(1)


BOMB = zlib.compress(bytes(2**24))
"""Claims two million stages, in 16 KB."""


@pytest.mark.parametrize("name", ["dh_histogram", "dh_units", "saturated"])
def test_a_blob_that_claims_more_than_there_is_is_not_unfolded(tmp_path: Path, name: str) -> None:
    run = a_recording(tmp_path / "run.vgrun")
    counts = np.ones((2, record.BINS.size), int)
    run.step(9, dh_units=[[1.0], None], dh_histogram=counts, saturated=[0, 1]).close()
    database = sqlite3.connect(tmp_path / "run.vgrun")
    which = "(SELECT id FROM figures WHERE name = ?)"
    database.execute(f"UPDATE arrays SET data = ?, layout = ? WHERE figure = {which}",
                     (BOMB, BOMB, name))  # fmt: skip
    database.commit()
    database.close()
    with pytest.raises(record.BadContainer, match=f"damaged: {name}"):
        record.read(tmp_path / "run.vgrun").at(9)


def test_a_view_in_place_of_a_table_is_not_run(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n"
    path = changed(tmp_path / "run.vgrun", "DROP TABLE notes", f"CREATE VIEW notes AS {endless}")
    assert "it has no table notes" in said(path)


def test_noise_within_the_file_is_never_more_than_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "run.vgrun"
    run = a_recording(path)
    run.step(9, dh_units=[[1.0, 2.0], None], dh_histogram=np.ones((2, record.BINS.size), int))
    run.close()
    content = path.read_bytes()
    noise = np.random.default_rng(5)
    for _ in range(40):
        spoiled = np.frombuffer(content, np.uint8).copy()
        places = noise.integers(100, len(content), 30)
        spoiled[places] = noise.integers(0, 256, 30)
        path.write_bytes(spoiled.tobytes())
        try:
            found = record.read(path)
            found["dh_rms"]
            for row in range(len(found.steps)):
                found.at_row(row)
        except (record.BadContainer, KeyError):
            pass


ALONE = """
    import sys
    class Nothing:
        def find_spec(self, name, path=None, target=None):
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top not in ("numpy", "vgsim"):
                raise ImportError(f"{top} is not installed here")
    sys.meta_path.insert(0, Nothing())
    from vgsim import record
    with record.Recording(sys.argv[1]) as run:
        run.stage("a").step(0, dh_rms=[1], dh_units=[[1, 2]])
    print(record.read(sys.argv[1])["dh_rms"], sorted(n for n in sys.modules if n == "vgsim.nn"))
"""


def test_it_needs_the_standard_library_and_numpy_alone(tmp_path: Path) -> None:
    out, err = python(ALONE, str(tmp_path / "run.vgrun")).communicate()
    assert (out, err) == ("[[1.]] []\n", "")


FORKED = """
    import os, sys
    from vgsim import record
    run = record.Recording(sys.argv[1]).stage("a").step(0, dh_rms=[1])
    child = os.fork()
    if child == 0:
        sys.exit()  # as a worker that loads data
    os.waitpid(child, 0)
    run.step(1, dh_rms=[2]).close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_file_that_is_kept_open_keeps_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = a_recording(tmp_path / "run.vgrun")
    monkeypatch.setattr(container._finish, "__defaults__", (0.0,))
    other = sqlite3.connect(tmp_path / "run.vgrun", isolation_level=None)
    other.execute("BEGIN").execute("SELECT * FROM steps").fetchall()
    run.close()
    assert "another program has it open, so that run.vgrun-wal has to" in capsys.readouterr().err
    assert record.read(tmp_path / "run.vgrun").steps.tolist() == [0, 1, 2]
    other.close()


def test_a_file_that_may_not_be_written_is_said_to_be_that(tmp_path: Path) -> None:
    class Refusing:
        """A connection to a full disk."""

        def execute(self, statement: str) -> object:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error

        def close(self) -> None:
            pass

    assert container._finish(Refusing()) == "database or disk is full"


def test_a_forked_worker_does_not_end_the_recording(tmp_path: Path) -> None:
    _, err = python(FORKED, str(tmp_path / "run.vgrun")).communicate()
    assert err == ""
    found = record.read(tmp_path / "run.vgrun")
    assert found.finished and found["dh_rms"].tolist() == [[1], [2]]


def test_a_recording_that_another_process_writes_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "run.vgrun"
    process = python(GROWING, str(path))
    assert process.stdout is not None and process.stdout.readline() == "twenty\n"
    with pytest.raises(record.BadContainer, match="another program has it open"):
        record.Recording(path)
    process.kill()
    process.communicate()
    assert len(record.read(path).steps) >= 20
    with record.Recording(path) as again:
        again.stage("new").step(0, dh_rms=[1])
    assert record.read(path).stages == ("new",)


LOOK = """
    import sqlite3, sys
    other = sqlite3.connect(sys.argv[1])
    print(other.execute("SELECT count(*) FROM steps").fetchone()[0])
    other.close()
"""


def test_looking_at_what_one_writes_leaves_it_locked(tmp_path: Path) -> None:
    """Else another program that closes it would take itself for the last, and remove the log."""
    run = a_recording(tmp_path / "run.vgrun")
    assert record.read(tmp_path / "run.vgrun").steps.tolist() == [0, 1, 2]
    out, _ = python(LOOK, str(tmp_path / "run.vgrun")).communicate()
    assert out == "3\n" and (tmp_path / "run.vgrun-wal").stat().st_size > 0
    run.step(3, dh_rms=[1, 2])
    assert record.read(tmp_path / "run.vgrun").steps.tolist() == [0, 1, 2, 3]
    run.close()


def test_the_same_process_may_begin_it_again(tmp_path: Path) -> None:
    first = a_recording(tmp_path / "run.vgrun")
    with a_recording(tmp_path / "run.vgrun", steps=1):
        first.close()
    assert record.read(tmp_path / "run.vgrun").steps.tolist() == [0]
    assert [file.name for file in tmp_path.iterdir()] == ["run.vgrun"]
