"""Figures of a lesson are those of the engine."""

import math

import numpy as np
import pytest

from vgsim.lessons.expressions import ExpressionError
from vgsim.lessons.facts import Engine, Facts, facts_of
from vgsim.lessons.lesson import LessonScene, PageAction, Quoted
from vgsim.lessons.quoting import PENDING, quote, text_of
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset

STACK = load_preset("sigmoid-stack")


@pytest.fixture(scope="module")
def engine():
    return Engine()


def _frame(spec, steps):
    experiment = Experiment(spec)
    experiment.run(steps)
    for _ in experiment.timeline[1:]:
        experiment.advance()
    return frame_of(experiment)


def test_a_pass_is_that_of_the_engine(engine):
    frame = _frame(STACK, 3)
    facts = Facts(engine, LessonScene(STACK, steps=3), None)
    assert facts.compute("dh[1]") == frame.dh_rms[0]
    assert facts.compute("factor[4]") == frame.dh_rms[2] / frame.dh_rms[3]
    assert facts.compute("update[7]") == frame.update_norm[6]
    assert facts.compute("J") == frame.loss
    assert facts.compute("step") == 3


def test_the_parts_of_a_hop_multiply_to_its_factor(engine):
    facts = Facts(engine, LessonScene(STACK), None)
    assert facts.compute("derivative[4] * weights[4]") == pytest.approx(facts.compute("factor[4]"))


def test_the_factors_multiply_to_the_ratio(engine):
    facts = Facts(engine, LessonScene(STACK), None)
    assert facts.compute("prod(factor)") == pytest.approx(facts.compute("ratio"))
    assert 10 ** -facts.compute("lost") == pytest.approx(facts.compute("ratio"))


def test_the_worked_example_is_exact(engine):
    facts = Facts(engine, LessonScene(load_preset("worked-example")), None)
    assert quote(Quoted("dh[1]", "exact"), facts) == "0.0009765625"
    assert quote(Quoted("dh[4]", "fixed4"), facts) == "0.0625"


def test_held_out_figures_are_those_after_so_many_updates(engine):
    facts = Facts(engine, LessonScene(STACK), None)
    experiment = Experiment(STACK)
    experiment.run(5)
    experiment.evaluate()
    assert facts.compute("at(5).J_heldout") == experiment.history.view().held_loss[-1]


def test_the_other_run_and_presets_have_passes_of_their_own(engine):
    relu = STACK.replace({"network.activation": "relu"})
    facts = Facts(engine, LessonScene(STACK, relu), None)
    assert facts.compute("other.at(2).J") == _frame(relu, 2).loss
    assert facts.compute("preset('relu-he').N") == 7
    assert facts.compute("other.field('network.activation')") == "relu"


def test_a_later_pass_does_not_change_an_earlier_one(engine):
    facts = Facts(engine, LessonScene(STACK), None)
    first = facts.compute("dh[1]")
    facts.compute("at(20).dh[1]")
    assert Facts(Engine(), LessonScene(STACK), None).compute("dh[1]") == first


def test_now_is_what_stands_in_the_window(engine):
    frame = frame_of(Experiment(STACK))
    facts = Facts(engine, LessonScene(STACK), None, frame)
    assert math.isnan(facts.compute("now.dh[1]"))
    assert quote(Quoted("now.dh[1]"), facts) == PENDING
    facts.frame = _frame(STACK, 1)
    assert facts.compute("now.dh[1]") == facts.frame.dh_rms[0]


def test_nothing_stands_in_the_window_yet(engine):
    assert quote(Quoted("now.J"), Facts(engine, LessonScene(STACK), None)) == PENDING


@pytest.mark.parametrize(
    "text", ["dz", "other.J", "at(9999).J", "at('x').J", "preset('x').J", "field('x')", "now.x"]
)
def test_what_has_no_meaning_is_refused(engine, text):
    facts = Facts(engine, LessonScene(STACK), None, _frame(STACK, 0))
    with pytest.raises(ExpressionError):
        facts.compute(text)


def test_a_page_without_an_experiment_speaks_of_that_of_the_window(engine):
    with pytest.raises(ExpressionError, match="names an experiment"):
        Facts(engine, LessonScene(), None).compute("J")
    assert Facts(engine, LessonScene(), STACK).compute("N") == 7


def test_facts_of_a_moment_that_reached_nothing():
    assert np.isnan(facts_of(frame_of(Experiment(STACK))).by_stage["dh"]).all()


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.0047, "", "4.7e−3"), (0.2134, "", "0.21"), (0.2134, "factor", "×0.21"),
        (0.0009765625, "exact", "0.0009765625"), (7.0, "whole", "7"),
        (1 / 125, "part", "1 part in 125"), (1 / 1024, "part", "1 part in 1,024"),
        (9.765625e-06, "exact", "0.000009765625"),
        (2.1, "decades", "2.1"), (0.0625, "fixed4", "0.0625"), (True, "", "yes"),
    ],
)  # fmt: skip
def test_forms(value, form, text):
    assert text_of(value, form) == text


def test_an_unknown_form_is_refused():
    with pytest.raises(ExpressionError, match="magnitude"):
        text_of(1.0, "nice")


def test_until_is_the_update_that_the_button_trains_to(engine):
    action = PageAction("train", "Train", steps=4)
    facts = Facts(engine, LessonScene(STACK), None, None, action)
    assert facts.compute("until") == 4
    assert facts.compute("at(until).J") == _frame(STACK, 4).loss


def test_until_is_nothing_without_such_a_button(engine):
    with pytest.raises(ExpressionError, match="button trains"):
        Facts(engine, LessonScene(STACK), None).compute("until")
