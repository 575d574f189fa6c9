"""What a recording holds, said on the command line; what cannot take one says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vgsim import record
from vgsim.cli.main import main
from vgsim.record.listing import main as list_alone


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "run.vgrun"
    with record.Recording(path, every=10, framework="PyTorch 9") as run:
        run.stage("embed", kind="Embedding", shape=(16, 8), dtype="float32")
        run.stage("act", kind="ReLU").stage("head", kind="Linear").stage("late")
        run.parameter("head.weight", stage="head")
        run.step(0, loss=1.0, dh_rms=[1.0] * 4)
        run.step(10, loss=1.0, dh_rms=[9.44e-9, 0.0, np.nan, None], dW_norm=[1], dh_t={},
                 dh_size=[8, 8, 8, None], dh_zero=[0, 8, 2, None], dh_nan=[0, 0, 6, 0])  # fmt: skip
        run.note("It is compiled away.", step=10, stage="act")
        run.about("optimizer", "AdamW").about("model", "Reader")
    return path


def test_list_says_what_a_recording_holds(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", str(path)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("run.vgrun · PyTorch 9 · every 10 steps · begun ")
    assert "\nReader · AdamW\n" in text
    assert "2 steps recorded, 0 to 10; 4 stages, 1 parameters" in text
    assert "each stage: dh_rms" in text and "each timestep: dh_t" in text
    rows = {line.split()[0]: line for line in text.splitlines() if line.startswith("  ")}
    assert "Embedding" in rows["embed"] and "16×8 float32" in rows["embed"]
    assert rows["embed"].endswith(" 9.4e−9") and rows["act"].endswith(" 0, 100 % exactly 0")
    assert rows["head"].endswith(" nan, 25 % exactly 0, 75 % nan")
    assert "RMS ∂J/∂output, step 10" in text and rows["late"].endswith(" not recorded")
    assert "  step 10: act: It is compiled away." in text


def test_any_recorded_step_is_listed(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", str(path), "--step", "0"]) == 0
    text = capsys.readouterr().out
    assert "RMS ∂J/∂output, step 0" in text and text.count(" 1.0\n") == 4


@pytest.mark.parametrize("step", ["5", "-1", "x", "10.0"])
@pytest.mark.parametrize("how", [
    lambda path, step: main(["list", path, f"--step={step}"]),
    lambda path, step: list_alone([path, step]),
])  # fmt: skip
def test_another_step_is_refused(
    path: Path, capsys: pytest.CaptureFixture[str], how, step: str
) -> None:
    assert how(str(path), step) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (f"vgsim: --step = {step}: allowed is a step that was recorded: 0, 10\n")


def test_a_step_of_what_is_no_recording_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "optimizer", "--step", "0"]) == 2
    assert "--step = 0: allowed is a step of a recording" in capsys.readouterr().err


def test_the_same_is_said_without_the_rest_of_vgsim(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", str(path)]) == 0
    same = capsys.readouterr().out
    assert list_alone([str(path)]) == 0
    assert capsys.readouterr().out == same


def test_a_recording_without_steps_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record.Recording(tmp_path / "run.vgrun").stage("a").close()
    assert main(["list", str(tmp_path / "run.vgrun")]) == 0
    assert "no step recorded" in capsys.readouterr().out


def test_what_a_stranger_wrote_obeys_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with record.Recording(tmp_path / "run.vgrun", framework="\x1b[2J") as run:
        run.stage("\x1b]0;owned\x07\nfake", kind="\x9b").note("\x1b[31m").about("every", "\x1b")
        run.step(0, dh_rms=[1])
    assert main(["list", str(tmp_path / "run.vgrun")]) == 0
    text = capsys.readouterr().out
    assert all(letter.isprintable() for letter in text.replace("\n", ""))


@pytest.mark.parametrize("how", [main, lambda words: list_alone(words[1:])])
def test_a_file_that_is_none_is_one_line(
    how, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run.vgrun").write_text("no", "utf-8")
    assert how(["list", str(tmp_path / "run.vgrun")]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert captured.err.endswith("run.vgrun: it is no recording of vgsim\n")


@pytest.mark.parametrize("words", [
    ["run"], ["data"], ["trace", "--out", "t.npz"],
])  # fmt: skip
def test_what_cannot_take_a_recording_says_so(
    path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    command, *options = words
    assert main([command, str(path), *options]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "this is a recording" in error
