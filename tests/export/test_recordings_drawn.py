"""Pictures, films and tables of a recording, and the way back from them."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.helpers.exports import request_for
from tests.helpers.recorded_experiment import recorded_experiment
from tests.helpers.specs import small
from vgsim.cli.main import main
from vgsim.core.errors import SpecError
from vgsim.diagnosis import judge_recording
from vgsim.export.animation import Animation, script_of
from vgsim.export.picture import PictureRequest
from vgsim.export.provenance.record import Provenance, RecordingName, loads
from vgsim.export.reading import read_provenance
from vgsim.export.shots import Training
from vgsim.export.slide.content import Origin, slide_words
from vgsim.export.sources import allow, find, refuse_unasked, unlike
from vgsim.export.still import still
from vgsim.measure.source import RecordingFile
from vgsim.nn.presets import load_preset
from vgsim.record.reader import read
from vgsim.text.verdicts import paragraphs, sureness_of_pass

SIZE = ["--size", "480x300"]
STARTED = "2026-01-02T03:04:05+00:00"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """run.vgrun with steps 0, 2, 4, 6, and other.vgrun, begun at another time."""
    folder = tmp_path_factory.mktemp("recordings")
    spec = small().replace({"network.depth": 4})
    recorded_experiment(folder / "run.vgrun", spec, 7, every=2)
    recorded_experiment(folder / "other.vgrun", spec.replace({"network.depth": 2}), 2)
    with closing(sqlite3.connect(folder / "other.vgrun")) as file:
        file.execute("UPDATE meta SET value = ? WHERE key = 'started'", (STARTED,))
        file.commit()
    return folder


def render(folder: Path, *words: str) -> None:
    assert main(["render", str(folder / "run.vgrun"), *SIZE, *words]) == 0


def refused(capsys, *words: str) -> str:
    """The one line of what must be refused."""
    assert main(["render", *words]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("vgsim: ") and err.count("\n") == 1
    return err


@pytest.mark.parametrize(
    "name", ["x.png", "x.svg", "x.pdf", "x.pptx", "x.gif", "x.webp", "x.csv", "x.npz", "x.jsonl"]
)
def test_every_file_tells_which_recording_and_moment_it_shows(styled, folder, tmp_path, name):
    several = {"x.gif", "x.webp", "x.pptx"}
    words = ["--every", "2"] if name in several else []
    out = tmp_path / name
    render(folder, "--view", "gradient", *words, "--out", str(out))
    found = read_provenance(out)
    assert found.spec is None
    assert found.recording is not None
    assert found.recording.name == "run.vgrun"
    assert found.recording.started
    assert (found.step, found.moment) == (0 if words else 6, "backward:1")
    assert str(folder).encode() not in out.read_bytes()


def test_without_a_step_the_last_one_is_shown_to_the_end_of_its_way_back(styled, folder, tmp_path):
    out = tmp_path / "x.csv"
    render(folder, "--view", "gradient", "--out", str(out))
    rows = out.read_text(encoding="utf-8").splitlines()
    header = next(row for row in rows if row.startswith("stage"))
    assert header.split(",")[:2] == ["stage", "name"]
    assert [row.split(",")[1] for row in rows[-5:]] == ["fc1", "fc2", "fc3", "fc4", "fc5"]
    assert "nan" not in rows[-5:][0]


def test_a_step_that_was_not_recorded_is_the_one_before_and_said_to_be(
    styled, folder, tmp_path, capsys
):
    out = tmp_path / "x.png"
    render(folder, "--step", "5", "--view", "gradient", "--out", str(out))
    assert "x.png: step 5 was not recorded: step 4 is shown" in capsys.readouterr().err
    assert read_provenance(out).step == 4


@pytest.mark.parametrize(
    ("moment", "reached"), [("backward:fc3", 3), ("backward:3", 3), ("forward:fc2", 0)]
)
def test_a_moment_is_named_by_stage_or_number(styled, folder, tmp_path, moment, reached):
    out = tmp_path / "x.png"
    render(folder, "--moment", moment, "--view", "diagram", "--out", str(out))
    phase = moment.partition(":")[0]
    assert read_provenance(out).moment == (f"{phase}:{reached}" if reached else "forward:2")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--moment", "backward:fc9"], "with a name instead of the number, from fc1 to fc5"),
        (["--moment", "backward:"], "allowed is start, forward:1"),
        (["--seed", "3"], "--seed = 3: allowed is nothing with a recording"),
        (["--set", "network.depth=3"], "network.depth = 3: allowed is nothing with a recording"),
        (["--step", "-1"], "a whole number from 0"),
        (["--view", "nothing"], "--view = nothing"),
        (["--view", "comparison"], "--view"),
    ],
)
def test_misuse_is_told_in_one_sentence(styled, folder, tmp_path, capsys, words, said):
    file = str(folder / "run.vgrun")
    assert said in refused(capsys, file, *SIZE, *words, "--out", str(tmp_path / "x.png"))
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize("content", [b"", b"no recording", b"SQLite format 3\0" + bytes(100)])
def test_what_is_no_recording_is_refused_in_one_sentence(styled, tmp_path, capsys, content):
    file = tmp_path / "run.vgrun"
    file.write_bytes(content)
    assert "run.vgrun" in refused(capsys, str(file), "--out", str(tmp_path / "x.png"))


def test_a_film_shows_the_recorded_steps(styled, folder, tmp_path):
    out = tmp_path / "x.gif"
    render(folder, "--every", "3", "--view", "gradient", "--out", str(out))
    with Image.open(io.BytesIO(out.read_bytes())) as film:
        assert film.n_frames == 3  # steps 0, 4 and, as the last one, 6


def test_a_film_of_a_pass_goes_stage_by_stage(styled, folder, tmp_path):
    out = tmp_path / "x.gif"
    words = ["--from", "backward:fc5", "--to", "backward:fc3", "--view", "diagram"]
    render(folder, *words, "--out", str(out))
    with Image.open(io.BytesIO(out.read_bytes())) as film:
        assert film.n_frames == 3


def test_a_recording_is_compared_with_an_experiment_and_with_another(styled, folder, tmp_path):
    out = tmp_path / "x.png"
    for name in ("relu-small", str(folder / "other.vgrun")):
        render(folder, "--compare", name, "--view", "comparison", "--out", str(out))
        source = find(str(out))
        assert source.goal == RecordingFile(Path("run.vgrun"))
        if name == "relu-small":
            assert source.other_run == load_preset("relu-small").replace({"description": ""})
            assert [file.field for file in source.asks_for] == ["recording"]
        else:
            assert [file.field for file in source.asks_for] == ["recording", "compare.recording"]
    words = ["render", "relu-small", "--compare", str(folder / "run.vgrun"), *SIZE]
    assert main([*words, "--steps", "4", "--out", str(out)]) == 0
    source = find(str(out))
    assert source.spec == load_preset("relu-small")
    assert source.other_run == RecordingFile(Path("run.vgrun"))


def test_a_picture_asks_for_its_recording_and_tells_another_apart(styled, folder, tmp_path, capsys):
    out = tmp_path / "x.png"
    render(folder, "--step", "2", "--moment", "backward:fc2", "--out", str(out))
    again = str(tmp_path / "y.png")
    assert "recording = run.vgrun" in refused(capsys, str(out), "--out", again)
    source = find(str(out))
    with pytest.raises(SpecError, match="reads no file unasked"):
        refuse_unasked(source)
    own = {"recording": str(folder / "run.vgrun")}
    other = {"recording": str(folder / "other.vgrun")}
    assert unlike(source, own) == []
    assert unlike(source, other) == ["other.vgrun is not as it was when this was exported"]
    assert allow(source, own).goal == RecordingFile(folder / "run.vgrun")
    assert allow(source, own).asks_for == ()
    words = ["render", str(out), "--set", f"recording={folder / 'run.vgrun'}", "--out", again]
    assert main(words) == 0
    assert read_provenance(Path(again)) == read_provenance(out)


def test_a_batch_draws_recordings_beside_it(styled, folder, tmp_path, capsys):
    batch = folder / "batch.toml"
    batch.write_text(
        '[[picture]]\nsource = "run.vgrun"\nsteps = 2\nview = "gradient"\nsize = "320x200"\n'
        'out = "one.png"\n'
        '[[picture]]\nsource = "run.vgrun"\nview = "loss"\nout = "two.csv"\n'
        '[[picture]]\nsource = "run.vgrun"\nset = {"network.depth" = 2}\nout = "three.png"\n',
        encoding="utf-8",
    )
    assert main(["render", "--batch", str(batch)]) == 2
    assert "picture 3 (three.png): network.depth = 2: allowed is nothing" in capsys.readouterr().err
    assert read_provenance(folder / "one.png").step == 2
    assert (folder / "two.csv").exists()


@pytest.mark.parametrize("view", ["window", "why", "slide"])
def test_every_composed_view_is_drawn(styled, folder, tmp_path, view):
    out = tmp_path / "x.png"
    assert main(["render", str(folder / "run.vgrun"), "--view", view, "--out", str(out)]) == 0
    with Image.open(out) as picture:
        assert np.asarray(picture).std() > 1


@pytest.mark.parametrize("step", [2, 6])
def test_a_slide_has_the_verdict_of_its_step(folder, step):
    recording = RecordingFile(folder / "run.vgrun")
    frame, verdict = still(recording, step, "backward:1", PictureRequest())
    assert verdict == judge_recording(read(recording.path), step)
    words = slide_words(frame, Origin(), verdict)
    assert words.caption.sentence == paragraphs(verdict)[0]
    assert sureness_of_pass(verdict).endswith(f" · step {step}")
    script = script_of(recording, request_for(Path("x.pptx"), PictureRequest(), Training(step, 2)))
    assert list(Animation(script))[-1].verdict == verdict


@pytest.mark.parametrize(
    "told", [["../run.vgrun", ""], ["", ""], ["run.vgrun", "x" * 200], ["a"], "run.vgrun", [1, 2]]
)
def test_a_provenance_names_a_file_without_a_folder(told):
    document = json.loads(
        Provenance(None, 0, "loss", recording=RecordingName("run.vgrun", STARTED)).dumps()
    )
    assert loads(json.dumps(document)).recording == RecordingName("run.vgrun", STARTED)
    with pytest.raises(SpecError, match=r"provenance\.recording"):
        loads(json.dumps(document | {"recording": told}))
