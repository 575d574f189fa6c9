"""The command line, in process."""

from __future__ import annotations

import json

import numpy as np
import pytest

from vgsim.cli.main import main
from vgsim.diagnosis.effects import Bench
from vgsim.nn.spec import loads

QUICK = ["--set", "network.depth=2", "--set", "network.width=4"]


def _said(capsys, *words: str) -> str:
    """What a command that must succeed prints."""
    assert main(words) == 0
    return capsys.readouterr().out


def _refused(capsys, *words: str) -> str:
    """The one line of a command that must be refused."""
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("vgsim: ") and err.count("\n") == 1
    return err


def test_list_prints_every_kind_with_a_line_each(capsys):
    text = _said(capsys, "list")
    for name in ("sigmoid-stack", "leaky_relu", "orthogonal", "digits", "heatmap", "network.depth"):
        assert f"\n  {name} " in text


def test_list_prints_one_kind(capsys):
    assert "momentum" in _said(capsys, "list", "optimizer")


def test_list_refuses_an_unknown_kind(capsys):
    assert "allowed is one of preset" in _refused(capsys, "list", "planets")


def test_run_prints_a_table_by_stage(capsys):
    text = _said(capsys, "run", "sigmoid-stack", "--steps", "5")
    assert text.count("\n") > 8 and "×factor" in text and "held out" in text


def test_run_writes_one_object_per_step(capsys, tmp_path):
    out = tmp_path / "run.jsonl"
    _said(capsys, "run", "sigmoid-stack", "--steps", "7", "--json", str(out), *QUICK)
    records = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [record["step"] for record in records] == list(range(1, 8))
    assert {len(records[0][key]) for key in ("dh_rms", "dh_norm", "dW_norm", "db_norm")} == {3}
    assert records[0].keys() >= {"loss", "accuracy"}


def test_overflow_is_null_in_json_and_named_in_the_table(capsys, tmp_path):
    out = tmp_path / "run.jsonl"
    text = _said(capsys, "run", "exploding", "--steps", "60", "--json", str(out))
    assert "overflow began at stage" in text
    assert json.loads(out.read_text("utf-8").splitlines()[-1])["loss"] is None


def test_seed_changes_the_run(capsys):
    texts = {_said(capsys, "run", "sigmoid-stack", "--steps", "2", "--seed", s) for s in "12"}
    assert len(texts) == 2


def test_a_spec_file_runs(capsys, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('name = "Mine"\n[data]\ndataset = "xor"\n')
    assert "Mine" in _said(capsys, "run", str(file), "--steps", "1")


def test_trace_holds_one_pass_that_can_be_checked(tmp_path):
    out = tmp_path / "trace.npz"
    assert main(["trace", "tanh-xavier", "--steps", "3", "--out", str(out), *QUICK]) == 0
    with np.load(out, allow_pickle=False) as t:
        z = t["x"] @ t["W1"] + t["b1"]
        assert np.allclose(z, t["z1"]) and np.allclose(np.tanh(z), t["h1"])
        assert np.allclose(t["dz2"] @ t["W2"].T, t["dh1"])
        assert np.allclose(t["h1"].T @ t["dz2"], t["dW2"])
        assert np.allclose(t["dz3"].sum(axis=0), t["db3"])
        assert loads(str(t["spec"])).network.depth == 2 and t["loss"].shape == ()


def test_trace_is_of_the_step_after_those_made(tmp_path):
    losses = []
    for steps in ("0", "5"):
        out = tmp_path / f"{steps}.npz"
        assert main(["trace", "tanh-xavier", "--steps", steps, "--out", str(out), *QUICK]) == 0
        with np.load(out) as trace:
            losses.append(float(trace["loss"]))
    assert losses[0] != losses[1]


def test_why_says_what_shows_it_and_what_to_try(capsys):
    text = _said(capsys, "why", "sigmoid-stack", "--no-effects")
    assert "Vanishing: the activation's derivative is capped (confidence" in text
    assert "1 part in 2,400" in text and "[budget]" in text
    assert "--set network.activation=relu --set init.weights=he_normal" in text
    assert max(map(len, text.splitlines())) <= 100


def test_why_measures_what_would_help_unless_told_not_to(capsys):
    text = _said(capsys, "why", "sigmoid-stack")
    assert "∂J/∂h a hop: ×" in text and "after 300 updates" in " ".join(text.split())
    assert "a hop: " not in _said(capsys, "why", "sigmoid-stack", "--no-effects")


def test_why_measures_over_as_many_updates_as_one_says(capsys):
    said = _said(capsys, "why", "sigmoid-stack", "--steps", "9", "--effects-updates", "20")
    text = " ".join(said.split())
    assert "after 20 updates" in text and "J from here: " in text and "The catch: " in text


@pytest.mark.parametrize("updates", ["0", "-3", "x", "1.5", "10000000"])
def test_a_wrong_number_of_updates_is_refused(capsys, updates):
    line = _refused(capsys, "why", "sigmoid-stack", "--effects-updates", updates)
    assert "--effects-updates" in line and "a whole number from 1" in line


def test_why_tells_what_was_measured_before_it_was_interrupted(capsys, monkeypatch):
    whole = Bench.effects

    def interrupted(*arguments):
        yield next(whole(*arguments))
        raise KeyboardInterrupt

    monkeypatch.setattr(Bench, "effects", interrupted)
    text = " ".join(_said(capsys, "why", "sigmoid-stack").split())
    assert "after 50 of 300 updates so far" in text


def test_why_can_be_asked_after_some_updates(capsys):
    text = _said(capsys, "why", "relu-he", "--steps", "50", "--seed", "3")
    assert "step 50 · seed 3" in text and "Healthy" in text and "Try" not in text


def test_what_why_suggests_can_be_typed(capsys):
    text = _said(capsys, "why", "saturated-sigmoid", "--no-effects")
    for line in text.split("Try\n")[1].splitlines():
        if line.strip().startswith("--set"):
            assert "units are saturated (" not in _said(
                capsys, "why", "saturated-sigmoid", "--no-effects", *line.split()
            )


@pytest.mark.parametrize("suffix", ["csv", "npz", "jsonl"])
def test_a_table_opens_where_it_was_made(styled, capsys, tmp_path, suffix):
    out = str(tmp_path / f"x.{suffix}")
    words = ["sigmoid-stack", *QUICK, "--steps", "3", "--moment", "backward:1"]
    assert main(["render", *words, "--view", "gradient", "--out", out]) == 0
    assert "step 3" in _said(capsys, "why", out)


@pytest.mark.parametrize("suffix", ["csv", "npz", "jsonl"])
@pytest.mark.parametrize("content", [b"", b"1,2\n", b"# plot: x\n# shows: y\n1\n"])
def test_a_table_that_is_none_of_vgsims_is_refused(capsys, tmp_path, suffix, content):
    file = tmp_path / f"x.{suffix}"
    file.write_bytes(content)
    assert f"x.{suffix}: " in _refused(capsys, "why", str(file))


@pytest.mark.parametrize("words", [["run", "{}"], ["render", "relu-he", "--compare", "{}"]])
def test_toml_that_is_broken_is_named(styled, capsys, tmp_path, words):
    file = tmp_path / "bad.toml"
    file.write_text("depth: 3\n", "utf-8")
    extra = ["--out", str(tmp_path / "x.png")] if words[0] == "render" else []
    line = _refused(capsys, *(word.format(file) for word in words), *extra)
    assert "file = " in line and "/bad.toml: allowed is TOML (" in line


def test_a_picture_is_trained_for_as_many_updates_as_it_shows(styled, capsys, tmp_path):
    out = str(tmp_path / "x.png")
    words = ["sigmoid-stack", *QUICK, "--steps", "3", "--moment", "loss", "--size", "320x200"]
    assert main(["render", *words, "--view", "loss", "--out", out]) == 0
    assert "step 3 " in _said(capsys, "run", out)


def test_what_cannot_be_written_is_noticed_before_the_work(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("vgsim.cli.main.Experiment", lambda *_: 1 / 0)
    for out in (tmp_path / "no" / "x.npz", tmp_path):
        _refused(capsys, "run", "relu-he", "--json", str(out))
    (tmp_path / "x.npz").mkdir()
    line = _refused(capsys, "trace", "relu-he", "--out", str(tmp_path / "x.npz"))
    assert "allowed is a file, and this is a folder" in line


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_file_is_refused(capsys, tmp_path, text):
    file = tmp_path / "empty.toml"
    file.write_text(text, "utf-8")
    assert "the file is empty" in _refused(capsys, "run", str(file))


def test_render_writes_a_picture_of_the_exact_size(styled, tmp_path):
    out = tmp_path / "x.png"
    words = ["render", "sigmoid-stack", "--moment", "backward:3", "--size", "640x400"]
    assert main([*words, "--out", str(out)]) == 0
    assert out.read_bytes()[16:24] == (640).to_bytes(4, "big") + (400).to_bytes(4, "big")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "no-such"], "preset or file = no-such: allowed is one of"),
        (["run", "no-such"], "or the path of a file, and there is none"),
        (["run", ""], "preset or file = '': allowed is one of"),
        (["run", "none.toml"], "No such file"),
        (["run", "~nosuchuser/x.toml"], "home"),
        (["trace", "relu-he", "--out", "~nosuchuser/x.npz"], "~nosuchuser/x.npz"),
        (["run", "relu-he", "--set", "network.depht=3"], "network.depht"),
        (["run", "relu-he", "--set", "network.depth=-1"], "whole number from 0 to"),
        (["run", "relu-he", "--set", "network.depth"], "FIELD=VALUE"),
        (["run", "relu-he", "--steps", "many"], "--steps = many: allowed is a whole number"),
        (["run", "relu-he", "--seed", "-1"], "--seed = -1"),
        (["run", "relu-he", "--set", "data.dataset=csv"], "data.path"),
        (["run", "relu-he", "--steps", "1", "--json", "/no/such/folder/x"], "--json = "),
        (["run", "relu-he", "--json", ""], "--json = '': allowed is a file name"),
        (["trace", "relu-he", "--out", "/no/such/folder/x.npz"], "folder does not exist"),
        (["open", ""], "preset or file = ''"),
        (["render", "relu-he", "--out", "x.bmp"], "ends in .png"),
        (["render", "relu-he", "--view", "moon", "--out", "x.png"], "one of slide, window"),
        (["render", "relu-he", "--size", "big", "--out", "x.png"], "1920x1080"),
        (["render", "relu-he", "--moment", "backward:99", "--out", "x.png"], "backward:7"),
        (["why", "no-such"], "allowed is one of"),
        (["open", "no-such"], "allowed is one of"),
    ],
)
def test_bad_use_is_one_clear_line(styled, capsys, words, said):
    assert said in _refused(capsys, *words)


def test_unknown_options_exit_with_two(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["run", "relu-he", "--stepz", "3"])
    assert caught.value.code == 2


def test_a_run_that_fails_leaves_no_half_written_file(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("vgsim.cli.main._write_record", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["run", "relu-he", "--steps", "2", "--json", str(tmp_path / "x.jsonl")])
    assert list(tmp_path.iterdir()) == []


def test_the_version_is_printed(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.startswith("vgsim 0.")


def test_why_says_what_theory_says_of_equal_stages(capsys):
    assert main(["why", "tanh-xavier", "--steps", "0", "--no-effects"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "Theory: σ_w² = 1 (critical at 1), χ₁ = 1: critical, ×1 a hop, ξ = ∞ hops"
