"""Verdicts on recordings: what is the matter, where, in the user's own names, and what is open."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.helpers.handwritten import chain, written
from vgsim.core.errors import SpecError
from vgsim.diagnosis import judge_recording
from vgsim.diagnosis.recorded import examine_recording

FALLS = (2.3, 1.6, 1.2, 0.9, 0.8)


def said(verdict) -> str:
    return " ".join([verdict.title, *verdict.sentences])


def test_a_sound_training_is_healthy(tmp_path: Path) -> None:
    verdict = judge_recording(written(tmp_path / "a.vgrun", chain(6, 0.95), FALLS))
    assert verdict.outcome == "healthy"
    assert "act1 receives" in said(verdict)


def test_capped_activations_are_told_from_small_weights(tmp_path: Path) -> None:
    capped = written(tmp_path / "a.vgrun", chain(8, 0.2, "Sigmoid", weights=0.1))
    assert judge_recording(capped).outcome == "vanishing_capped"
    small = written(tmp_path / "b.vgrun", chain(8, 0.2, "Tanh", weights=0.95))
    verdict = judge_recording(small)
    assert verdict.outcome == "vanishing_weights"
    assert "each Linear (fc2 … fc8) hands on" in said(verdict)


def test_the_one_layer_that_takes_it_is_named(tmp_path: Path) -> None:
    stages = [
        (name, kind, size * (1e-5 if name in ("fc1", "act1", "fc2") else 1))
        for name, kind, size in chain(5, 0.9, "Tanh", weights=0.5)
    ]
    verdict = judge_recording(written(tmp_path / "a.vgrun", stages))
    assert "Most of it is lost at act2 alone" in said(verdict)


def test_a_deep_plain_network_of_usual_weights_wants_a_norm(tmp_path: Path) -> None:
    verdict = judge_recording(written(tmp_path / "a.vgrun", chain(30, 0.5, weights=0.9)))
    assert verdict.outcome == "unnormalized"
    assert "nothing normalizes 30 layers" in verdict.title


def test_a_part_of_every_block_without_a_way_around_is_named(tmp_path: Path) -> None:
    stages = [("embed", "Embedding", 0.0)]
    edges: dict[str, list[str]] = {}
    before = "embed"
    for k in range(5):
        within = f"layers.{k}."
        stages += [(f"{within}attn.qkv", "Linear", 1e-3), (f"{within}attn.proj", "Linear", 0.0)]
        stages += [(f"{within}mlp.0", "Linear", 0.0), (f"{within}mlp.2", "Linear", 0.0)]
        edges[f"{within}attn.qkv"] = [before]
        edges[f"{within}mlp.0"] = [before, f"{within}attn.proj"]
        before = f"{within}mlp.2"
    stages.append(("head", "Linear", 0.1))
    size = 0.05
    sized = {"head": 0.1}
    for k in range(4, -1, -1):
        within = f"layers.{k}."
        sized[f"{within}mlp.2"] = size
        sized[f"{within}mlp.0"] = size * 0.5
        size *= 0.2
        sized[f"{within}attn.proj"] = size
        sized[f"{within}attn.qkv"] = size * 0.1
    sized["embed"] = size
    known = [(name, kind, sized[name]) for name, kind, _ in stages]
    verdict = judge_recording(written(tmp_path / "a.vgrun", known, edges=edges))
    assert verdict.title == "Vanishing: no way around mlp"
    assert "embed receives 1 part in" in verdict.sentences[0]
    assert "5 blocks" in verdict.sentences[0]
    assert "attn keeps it whole (×1.0: it has a skip path)" in said(verdict)
    assert "mlp, which hands on ×0.20" in said(verdict)


def test_stages_without_a_way_back_are_detached(tmp_path: Path) -> None:
    run = written(tmp_path / "a.vgrun", chain(4, 0.9), FALLS, silent={"fc1", "act1", "fc2"})
    verdict = judge_recording(run)
    assert verdict.outcome == "detached"
    assert "fc1 and fc2" in verdict.title


def test_parameters_that_are_not_trained_are_named(tmp_path: Path) -> None:
    run = written(tmp_path / "a.vgrun", chain(4, 0.9), FALLS, frozen={"fc1", "fc2"})
    verdict = judge_recording(run)
    assert verdict.outcome == "frozen"
    assert "fc1 and fc2" in verdict.title


def test_a_softmax_that_is_sure_passes_nothing(tmp_path: Path) -> None:
    stages = chain(4, 0.9)
    stages.insert(4, ("softmax", "Softmax", 0.05))
    run = written(tmp_path / "a.vgrun", stages, saturated={"softmax": 0.9})
    assert judge_recording(run).outcome == "peaked_softmax"


def test_float16_without_a_scale_loses_small_values(tmp_path: Path) -> None:
    stages = chain(4, 0.9)
    zeros = {name: 200.0 for name, _, _ in stages}
    faint = {name: 60.0 for name, _, _ in stages}
    run = written(
        tmp_path / "a.vgrun", stages, FALLS, dtype="float16", dh_zero=zeros, dh_subnormal=faint,
        dh_max=dict.fromkeys(zeros, 1e-6),
    )  # fmt: skip
    assert judge_recording(run).outcome == "unscaled"


def test_a_loss_that_ran_away_is_explained_by_the_start(tmp_path: Path) -> None:
    run = written(
        tmp_path / "a.vgrun", chain(4, 0.9), (2.3, 400.0, 9e5, math.nan),
        update_norm={f"fc{k}.weight": 30.0 for k in range(1, 5)},
    )  # fmt: skip
    verdict = judge_recording(run)
    assert verdict.outcome == "rate_too_large"


def test_what_was_not_recorded_is_undecided_and_never_chosen(tmp_path: Path) -> None:
    verdict = judge_recording(written(tmp_path / "a.vgrun", chain(4, 0.9), FALLS))
    assert "The data have the wrong scale" in [it.title for it in verdict.undecided]
    assert all(it.needs for it in verdict.undecided)
    told = judge_recording(
        written(tmp_path / "b.vgrun", chain(4, 0.9), FALLS, about={"optimizer": "SGD"})
    )
    momentum = "The momentum is too large"
    assert momentum not in [it.title for it in told.undecided]


def test_the_steps_after_the_judged_one_are_its_trial(tmp_path: Path) -> None:
    run = written(tmp_path / "a.vgrun", chain(4, 0.9), (2.3, 2.2, 2.0, 1.5, 1.0, 0.5))
    early = examine_recording(run, 1)
    assert early.trial.losses == (2.0, 1.5, 1.0, 0.5)
    assert not early.trial.past
    assert examine_recording(run).trial.past


def test_a_step_that_was_not_recorded_is_refused(tmp_path: Path) -> None:
    run = written(tmp_path / "a.vgrun", chain(4, 0.9))
    with pytest.raises(SpecError, match="77"):
        judge_recording(run, 77)


def test_queries_and_keys_that_are_large_saturate_a_softmax_without_a_stage(tmp_path: Path) -> None:
    stages = chain(4, 0.9)
    stages[3:3] = [("attn.q_proj", "Linear", 0.05), ("attn.k_proj", "Linear", 0.05)]
    sizes = {name: 1.0 for name, _, _ in stages} | {"attn.q_proj": 20.0, "attn.k_proj": 5.0}
    verdict = judge_recording(written(tmp_path / "a.vgrun", stages, h_rms=sizes))
    assert verdict.outcome == "peaked_softmax"
    assert "Queries times keys of attn have an RMS of about 100" in said(verdict)
