"""Label smoothing and class weights of the cross-entropy."""

from __future__ import annotations

import numpy as np
import pytest
from autograd import grad
from autograd import numpy as anp

from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.losses import CrossEntropy, with_balance
from vgsim.nn.spec import TrainingSpec
from vgsim.text.chain_rule import chain_rule

CASES = [
    {"label_smoothing": 0.1}, {"class_weights": "1, 5, 0.5"},
    {"label_smoothing": 0.3, "class_weights": "2,1,7"}, {"label_smoothing": 1.0},
]  # fmt: skip
RNG = np.random.default_rng(4)
H = RNG.standard_normal((6, 3)) * 3
CLASSES = np.array([0, 2, 1, 1, 2, 0])


def _ours(training: TrainingSpec) -> tuple[float, np.ndarray]:
    loss = CrossEntropy(np.eye(3)[CLASSES], training, True)
    value, gradient = loss.value(H), np.empty_like(H)
    loss.gradient(H, gradient)
    return value, gradient


@pytest.mark.parametrize("case", CASES)
def test_its_gradient_is_that_of_its_value(case):
    weights = np.array([float(w) for w in case.get("class_weights", "1,1,1").split(",")])
    smoothing = case.get("label_smoothing", 0.0)

    def written_again(h):
        log_p = h - anp.log(anp.sum(anp.exp(h), axis=1, keepdims=True))
        right = (1 - smoothing) * weights[CLASSES] * log_p[np.arange(6), CLASSES]
        every = smoothing / 3 * anp.sum(weights * log_p, axis=1)
        return -anp.sum(right + every) / weights[CLASSES].sum()

    value, gradient = _ours(TrainingSpec(**case))
    assert value == pytest.approx(written_again(H), rel=1e-12)
    np.testing.assert_allclose(gradient, grad(written_again)(H), rtol=1e-10, atol=1e-15)


@pytest.mark.torch
@pytest.mark.parametrize("case", CASES)
def test_it_equals_pytorch(case):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    weights = [float(w) for w in case.get("class_weights", "1,1,1").split(",")]
    h = torch.tensor(H, requires_grad=True)
    loss = torch.nn.CrossEntropyLoss(
        torch.tensor(weights, dtype=torch.float64),
        label_smoothing=case.get("label_smoothing", 0.0),
    )(h, torch.tensor(CLASSES))
    loss.backward()
    value, gradient = _ours(TrainingSpec(**case))
    assert value == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(gradient, h.grad.numpy(), rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("case", CASES)
def test_no_constant_guess_is_better_than_chance(case):
    training = TrainingSpec(**case)
    targets = np.eye(3)[CLASSES]
    chance = CrossEntropy.chance(targets, training)
    loss = CrossEntropy(targets, training, True)
    for _ in range(200):
        assert loss.value(np.repeat(RNG.standard_normal((1, 3)), 6, axis=0)) >= chance - 1e-12


def test_every_weight_of_1_changes_nothing():
    plain, weighed = _ours(TrainingSpec()), _ours(TrainingSpec(class_weights="1,1,1"))
    assert weighed[0] == pytest.approx(plain[0], rel=1e-14)


@pytest.mark.parametrize("weights", ["1", "1,2,3", "1,-1", "0,1", "nan,1", "a,b", "inf,1"])
def test_what_are_no_weights_is_refused(weights):
    with pytest.raises(SpecError, match=r"class_weights = .*2 numbers above 0 separated by commas"):
        Experiment(small(training__class_weights=weights))


def test_balanced_weights_are_those_of_the_training_part():
    spec = small(data__samples=41)
    balanced = Experiment(spec.replace({"training.class_weights": "balanced"}))
    counts = np.bincount(balanced.data.y_train.astype(int), minlength=2)
    weights = counts.sum() / (2 * counts)
    assert len(set(counts)) == 2  # otherwise this would show nothing
    listed = ",".join(f"{float(weight)!r}" for weight in weights)
    by_hand = Experiment(spec.replace({"training.class_weights": listed}))
    for experiment in (balanced, by_hand):
        experiment.run(5)
    np.testing.assert_array_equal(balanced.network.flat.values, by_hand.network.flat.values)
    assert balanced.chance == by_hand.chance == pytest.approx(np.log(2), rel=1e-12)


def test_a_class_without_a_sample_to_train_on_cannot_be_balanced():
    with pytest.raises(SpecError, match=r"class_weights = balanced.*no sample of a class"):
        with_balance(TrainingSpec(class_weights="balanced"), np.eye(3)[[0, 0, 2]])


def test_stepping_equals_running():
    spec = small(training__class_weights="1,4", training__label_smoothing=0.1)
    run, stepped = Experiment(spec), Experiment(spec)
    run.run(5)
    while stepped.step < 5:
        stepped.advance()
    np.testing.assert_array_equal(run.network.flat.values, stepped.network.flat.values)


@pytest.mark.parametrize(("changes", "words"), [
    ({"training__class_weights": "1,4"}, "∑"), ({"training__label_smoothing": 0.1}, "mean"),
])  # fmt: skip
def test_the_formula_says_so(changes, words):
    experiment = Experiment(small(**changes))
    experiment.seek(0, experiment.stages + 1)
    formula = chain_rule(frame_of(experiment)).formula
    assert words in formula and "<i>t</i>" in formula
