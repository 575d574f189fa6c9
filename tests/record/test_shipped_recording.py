"""The recording that lies beside the examples opens and is judged without PyTorch."""

from __future__ import annotations

from pathlib import Path

from vgsim.diagnosis import judge_recording
from vgsim.record.reader import read

SHIPPED = Path(__file__).parents[2] / "docs" / "examples" / "underflowing_transformer.vgrun"


def test_it_says_where_the_signal_is_lost():
    run = read(SHIPPED)
    verdict = judge_recording(run, int(run.steps[-1]))
    assert verdict.outcome == "underflow"
    assert any("blocks.2.down" in sentence for sentence in verdict.sentences)
