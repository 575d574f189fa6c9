"""What a recording never has is said in a sentence, each its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vgsim.measure.collectors import COLLECTORS
from vgsim.measure.frame import Frame
from vgsim.measure.recorded import NEVER
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.text.lacking import SENTENCES, lacking

UNSEEN = {"chance_loss", "formula", "errors"}
"""What views show with other things only."""


@pytest.fixture(scope="module")
def frame() -> Frame:
    return frame_of(Experiment(load_preset("worked-example")))


def test_everything_that_may_lack_has_a_sentence(frame: Frame) -> None:
    frame = replace(frame, lacks=NEVER)  # collectors are known once a frame was taken
    names = (NEVER - UNSEEN) | {kind.__name__ for kind in COLLECTORS}
    assert names - SENTENCES.keys() == set()


def test_an_experiment_lacks_nothing(frame: Frame) -> None:
    assert not lacking(frame, SENTENCES)


def test_the_first_thing_that_is_not_there_is_said(frame: Frame) -> None:
    without = replace(frame, lacks=frozenset({"accuracy", "edges"}))
    assert lacking(without, ("loss", "edges")).what == SENTENCES["edges"]
    assert not lacking(without, ("loss",))
    assert not lacking(None, ("edges",))
