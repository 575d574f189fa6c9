"""What a recorded hop is made of is said where one module is all that lies between two stages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vgsim import record
from vgsim.measure.frame import Frame
from vgsim.measure.recorded import RecordingSource


def at_end(source: RecordingSource, position: int = -1) -> Frame:
    source.seek(0, len(source.timeline) + position)
    return source.frame()


def declared(path: Path, build: Callable[[record.Recording], object], sizes: list[float]) -> Frame:
    """The frame at the end of a recording that ``build`` has declared."""
    with record.Recording(path) as run:
        build(run)
        order = list(range(len(sizes)))[::-1]
        run.step(0, dh_rms=sizes, backward_order=order)
    return at_end(RecordingSource(record.read(path)))


def chain(run: record.Recording) -> None:
    run.stage("fc1", kind="Dense", shape=(8, 4)).stage("act", kind="Tanh", inputs=["fc1"])
    run.stage("norm", kind="LayerNorm", inputs=["act"]).stage(
        "drop", kind="Dropout", inputs=["norm"]
    )
    run.stage("fc2", kind="Dense", inputs=["drop"])


def test_a_chain_of_modules_adds_up(tmp_path: Path) -> None:
    frame = declared(tmp_path / "run.vgrun", chain, [1.0, 2.0, 8.0, 4.0, 3.0])
    parts = [cut[1][0] for cut in frame.cuts[1:]]
    assert parts == ["activation", "normalization", "dropout", "weights"]
    assert frame.cuts[0] == ()
    assert frame.cuts[1] == (("h", 2.0), ("activation", 1.0))
    assert "cuts" not in frame.lacks


def test_a_hop_is_told_once_it_is_taken(tmp_path: Path) -> None:
    declared(tmp_path / "run.vgrun", chain, [1.0, 2.0, 8.0, 4.0, 3.0])
    source = RecordingSource(record.read(tmp_path / "run.vgrun"))
    source.seek(0, 8)  # backward:4
    assert [bool(cut) for cut in source.frame().cuts] == [False] * 4 + [True]


def test_where_another_way_joins_no_part_is_alone(tmp_path: Path) -> None:
    def residual(run: record.Recording) -> None:
        run.stage("fc1", kind="Linear").stage("fc2", kind="Linear", inputs=["fc1"])
        run.stage("fc3", kind="Linear", inputs=["fc1", "fc2"])

    frame = declared(tmp_path / "run.vgrun", residual, [1.0, 2.0, 3.0])
    assert frame.cuts == ((), (), ())
    assert "cuts" in frame.lacks


def test_a_layer_with_its_activation_is_no_single_part(tmp_path: Path) -> None:
    def layers(run: record.Recording) -> None:
        run.stage("l1", kind="Sigmoid").stage("l2", kind="Sigmoid", inputs=["l1"])
        run.parameter("l2.kernel", "l2", (4, 4))

    assert "cuts" in declared(tmp_path / "run.vgrun", layers, [1.0, 2.0]).lacks


def test_a_layer_that_takes_a_part_of_what_it_is_given_is_none(tmp_path: Path) -> None:
    def last_of_a_sequence(run: record.Recording) -> None:
        run.stage("body", kind="Linear", shape=(2, 7, 4))
        run.stage("head", kind="Linear", inputs=["body"], shape=(2, 3))
        run.parameter("head.weight", "head", (3, 4))

    frame = declared(tmp_path / "run.vgrun", last_of_a_sequence, [1.0, 2.0])
    assert "cuts" in frame.lacks


@pytest.mark.torch
@pytest.mark.parametrize(("called", "expected"), [(True, ""), (False, "weights")])
def test_a_function_between_modules_is_seen(tmp_path: Path, called: bool, expected: str) -> None:
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc1 = nn.Linear(4, 4)
            self.fc2 = nn.Linear(4, 2)

        def forward(self, x):
            h = self.fc1(x)
            return self.fc2(torch.sin(h) if called else h)

    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with record.torch(model, tmp_path / "run.vgrun") as run:
        for _ in range(3):
            optimizer.zero_grad()
            loss = model(torch.ones(3, 4)).square().mean()
            loss.backward()
            optimizer.step()
            run.step(loss)
    frame = at_end(RecordingSource(record.read(tmp_path / "run.vgrun")))
    assert (frame.cuts[1][1][0] if frame.cuts[1] else "") == expected
