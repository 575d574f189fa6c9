"""Every setting that can stop learning is looked at by some rule, and named by its label."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.verdicts.second import fields_in
from vgsim.diagnosis import judge
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import Spec, field_at, fields

ADAM = "training.optimizer=adam training.learning_rate=0.001"
PRICES = Path(__file__).parents[1] / "verdicts" / "data" / "price_raw.csv"
HALF = "training.precision=float16"

STOPS = {
    "data.noise": ("two-spirals", 600, "data.noise=2.0", "noise"),
    "data.standardize": ("data-scale", 0, "", ""),
    "data.standardize_targets": (
        "relu-he", 0, f"data.dataset=csv data.path={PRICES} training.loss=mse "
        "data.standardize_targets=no", "targets"),
    "data.length": ("rnn-digits", 0, "data.dataset=adding data.length=300 training.loss=mse",
                    "timesteps"),
    "network.depth": ("sigmoid-stack", 0, "network.depth=40", "layers"),
    "network.width": ("relu-he", 0, "network.width=1", ""),
    "network.widths": ("relu-he", 0, "network.widths=1,1,1,1,1,1", "width"),
    "network.activation": ("relu-he", 0, "network.activation=sigmoid", ""),
    "network.activations": ("relu-he", 0, "network.activations=sigmoid", "activation"),
    "network.norm": ("relu-he", 0, "network.norm=batch training.batch=1", "batch norm"),
    "network.norm_epsilon": (
        "relu-he", 0,
        "network.norm=layer network.norm_epsilon=1.0 init.weights=normal init.std=0.001", ""),
    "network.skip": ("relu-he", 0, "network.skip=residual network.depth=60", ""),
    "network.skip_scale": ("relu-he", 0, "network.skip=residual network.skip_scale=10", "skip"),
    "network.dropout": ("relu-he", 0, "network.dropout=0.95", ""),
    "network.output": ("relu-he", 30, "network.output=softmax", ""),
    "network.factor": ("half-to-the-tenth", 0, "network.factor=0", ""),
    "init.weights": ("relu-he", 0, "init.weights=zeros", "weights"),
    "init.std": ("relu-he", 0, "init.weights=normal init.std=0.001", "weights"),
    "init.range": ("relu-he", 0, "init.weights=uniform init.range=0.001", "weights"),
    "init.gain": ("relu-he", 0, "init.weights=xavier_normal init.gain=0.001", "weights"),
    "init.scales": ("relu-he", 0, "init.scales=0.01,0.01", "weights"),
    "init.recurrent": ("rnn-digits", 0, "init.recurrent=zeros", "Wₕ"),
    "init.forget_bias": ("lstm-adding", 0, "init.forget_bias=-20", "forget"),
    "init.bias": ("lstm-adding", 0, "init.bias=constant init.bias_value=-50", ""),
    "init.bias_value": ("relu-he", 0, "init.bias=constant init.bias_value=-100", "biases of −100"),
    "training.start": ("half-to-the-tenth", 0, "training.start=0", ""),
    "training.truncate": ("lstm-adding", 0, "training.truncate=1", "all the way"),
    "training.delta": ("relu-he", 0, "training.loss=huber training.delta=1e-6", ""),
    "training.label_smoothing": ("relu-he", 0, "training.label_smoothing=1.0", ""),
    "training.learning_rate": ("relu-he", 0, "training.learning_rate=0.0", ""),
    "training.momentum": (
        "relu-he", 0, "training.optimizer=momentum training.momentum=0.9999", ""),
    "training.epsilon": ("relu-he", 0, f"{ADAM} training.epsilon=1.0", ""),
    "training.weight_decay": ("relu-he", 50, "training.weight_decay=1.0", ""),
    "training.schedule": ("relu-he", 50, "training.schedule=step training.decay_steps=1", ""),
    "training.warmup": ("relu-he", 50, "training.schedule=warmup training.warmup=1000000", ""),
    "training.decay_steps": (
        "relu-he", 50, "training.schedule=cosine training.decay_steps=1", "schedule"),
    "training.decay_factor": (
        "relu-he", 3,
        "training.schedule=step training.decay_steps=1 training.decay_factor=0.0", "schedule"),
    "training.clip": ("relu-he", 0, "training.clip=norm training.clip_at=1e-9", ""),
    "training.clip_at": ("relu-he", 0, "training.clip=value training.clip_at=1e-9", "clipping at"),
    "training.batch": ("relu-he", 0, "network.norm=batch training.batch=1", ""),
    "training.precision": (
        "relu-he", 0, "training.precision=bfloat16 training.master_weights=false "
        "training.learning_rate=1e-4", ""),
    "training.master_weights": (
        "relu-he", 0, f"{HALF} training.master_weights=false training.learning_rate=1e-5", ""),
    "training.loss_scaling": (
        "relu-he", 0, f"{HALF} training.loss_scaling=static training.loss_scale_log2=40", ""),
    "training.loss_scale_log2": (
        "relu-he", 0, f"{HALF} training.loss_scaling=static training.loss_scale_log2=-40", "scale"),
}  # fmt: skip
"""Field -> preset, updates, an extreme value, and the word for it; its label where that is ""."""

HARMLESS = {
    "data.dataset path labels x_array y_array label columns categories task missing missing_values "
    "delimiter decimal thousands header skip max_categories comment footer encoding group horizon "
    "unequal": "what is learned, not whether",
    "data.samples held_out": "how much is learned from; too little of it shows as overfitting",
    "network.multiplier projection": "what a sum begins with; from 0 it learns, as SkipInit does",
    "init.multiplier": "the same",
    "network.kind cells norm_position norm_state two_biases dropout_at skip_every": "shapes, none "
    "of which stops learning by itself",
    "network.slope alpha": "a slope of 0 is ReLU's, and all of an α acts through the derivative",
    "network.norm_momentum": "acts on held-out samples alone",
    "network.highway_bias": "gates that are shut carry, gates that are open are plain stages",
    "init.gain_by longest zero_gamma": "starts as others; what they do is in the weights",
    "training.loss loss_at class_weights": "what is asked for; weights of 0 are refused",
    "training.optimizer beta1 beta2 rho": "corrected for their own start, so no value stops it",
    "training.decay_biases final_rate growth_every": "how another setting acts, which is named",
    "training.steps seed": "how long, and from where",
}
"""Fields that cannot stop learning by themselves, and why."""


def _harmless() -> set[str]:
    found = set()
    for named in HARMLESS:
        section, _, names = named.partition(".")
        found |= {f"{section}.{name}" for name in names.split()}
    return found


def test_every_field_is_looked_at_or_cannot_stop_learning():
    every = {field.path for field in fields() if field.section}
    assert not STOPS.keys() & _harmless()
    assert STOPS.keys() | _harmless() == every


def extreme(path: str) -> tuple[Spec, int]:
    """An experiment that the extreme value of a field stops, and the updates before judging."""
    preset, updates, text, _ = STOPS[path]
    return load_preset(preset).replace(fields_in(text)), updates


@pytest.mark.parametrize("path", STOPS)
def test_a_setting_that_stops_learning_is_named(path):
    spec, updates = extreme(path)
    experiment = Experiment(spec)
    experiment.run(updates)
    verdict = judge(experiment)
    said = " ".join(
        [
            verdict.title,
            *verdict.sentences,
            *(fact.text for fact in verdict.evidence),
            *(remedy.title for remedy in verdict.remedies),
        ]
    )
    label = STOPS[path][3] or field_at(path).label
    assert label.lower() in said.lower(), said
    if path != "data.noise":
        assert verdict.outcome not in ("healthy", "plateau"), said
        assert math.isfinite(verdict.confidence)
