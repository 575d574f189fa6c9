"""Activations that are called as functions, between modules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402
from torch.utils.checkpoint import checkpoint  # noqa: E402

import vgsim.record as record  # noqa: E402
from tests.helpers.recorded import agrees, recorded, said  # noqa: E402

pytestmark = pytest.mark.torch
Function = Callable[[Tensor], Tensor]


class Between(nn.Module):
    """Two layers, and a function between them whose output is kept."""

    def __init__(self, function: Function) -> None:
        super().__init__()
        torch.manual_seed(4)
        self.below = nn.Linear(5, 6)
        self.above = nn.Linear(6, 2)
        self.function = function
        self.kept: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        self.kept = [self.function(self.below(x))]
        return self.above(self.kept[0].flatten(0, 0))


FUNCTIONS = {
    "relu": (F.relu, nn.ReLU()),
    "sigmoid": (torch.sigmoid, nn.Sigmoid()),
    "tanh": (Tensor.tanh, nn.Tanh()),
    "gelu": (F.gelu, nn.GELU()),
    "silu": (F.silu, nn.SiLU()),
    "mish": (F.mish, nn.Mish()),
    "elu": (F.elu, nn.ELU()),
    "selu": (F.selu, nn.SELU()),
    "celu": (F.celu, nn.CELU()),
    "leaky_relu": (F.leaky_relu, nn.LeakyReLU()),
    "softplus": (F.softplus, nn.Softplus()),
    "hardtanh": (F.relu6, nn.ReLU6()),
    "hardswish": (F.hardswish, nn.Hardswish()),
    "hardsigmoid": (F.hardsigmoid, nn.Hardsigmoid()),
    "logsigmoid": (F.logsigmoid, nn.LogSigmoid()),
    "softmax": (lambda h: F.softmax(h, -1), nn.Softmax(-1)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_figures_are_those_of_the_module_that_does_the_same(tmp_path: Path, name: str) -> None:
    function, module = FUNCTIONS[name]
    x = 3 * torch.randn(7, 5, dtype=torch.float64)
    model = Between(function).double()
    twin = Between(module).double()

    def loss_of(model: nn.Module) -> Tensor:
        return model(x).square().sum()

    loss = loss_of(model)
    (truth,) = torch.autograd.grad(loss, model.kept)
    found = recorded(tmp_path / "a.vgrun", model, loss_of, steps=2)
    stage = f"below→{name}"
    assert found.stages == ("below", stage, "above")
    agrees(found, {stage: truth}, 0)
    same = recorded(tmp_path / "b.vgrun", twin, loss_of, steps=2)
    assert same.stages == ("below", "function", "above")
    for figure in ("h_rms", "h_max", "dh_rms", "dh_zero", "saturated", "dead"):
        np.testing.assert_allclose(
            found[figure][:, 1], same[figure][:, 1], rtol=1e-12, err_msg=figure
        )
    assert not said(found)


class Heads(nn.Module):
    """Attention by hand: the softmax is the input of a product, not of a module."""

    def __init__(self) -> None:
        super().__init__()
        self.qk = nn.Linear(4, 4)
        self.value = nn.Linear(4, 4)
        self.out = nn.Linear(4, 1)
        self.weights: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        h = self.qk(x)
        self.weights = [F.softmax(50 * h @ h.transpose(1, 2), -1)]
        return self.out(self.weights[0] @ self.value(x))


def test_a_function_deep_between_modules(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = Heads().double()
    x = torch.randn(3, 5, 4, dtype=torch.float64)
    loss = model(x).square().sum()
    (truth,) = torch.autograd.grad(loss, model.weights)
    run = recorded(tmp_path / "a.vgrun", model, lambda it: it(x).square().sum())
    agrees(run, {"qk→softmax": truth})
    assert set(run.edges) == {
        ("qk", "qk→softmax"), ("qk→softmax", "out"), ("value", "out"),
    }  # fmt: skip


@pytest.mark.parametrize("function", [torch.relu_, lambda h: F.relu(h, inplace=True), F.elu_])
def test_in_place(tmp_path: Path, function: Function) -> None:
    model = Between(function).double()
    x = torch.randn(7, 5, dtype=torch.float64)
    loss = model(x).square().sum()
    (truth,) = torch.autograd.grad(loss, model.kept)
    run = recorded(tmp_path / "a.vgrun", model, lambda it: it(x).square().sum())
    agrees(run, {run.stages[1]: truth})


def test_one_output_for_several_modules_is_one_stage(tmp_path: Path) -> None:
    class Fork(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Linear(4, 4)
            self.left = nn.Linear(4, 4)
            self.right = nn.Linear(4, 4)

        def forward(self, x: Tensor) -> Tensor:
            h = F.relu(self.stem(x))
            return self.left(h) + self.right(F.relu(h))

    run = recorded(tmp_path / "a.vgrun", Fork(), lambda it: it(torch.ones(2, 4)).sum(), steps=3)
    assert run.stages == ("stem", "stem→relu", "left", "stem→relu→relu", "right")
    assert run.recorded("dh_rms").all()


def test_repeated_calls_are_numbered(tmp_path: Path) -> None:
    class Loop(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cell = nn.Linear(4, 4)

        def forward(self, x: Tensor) -> Tensor:
            for _ in range(3):
                x = torch.tanh(self.cell(x))
            return self.cell(x)

    run = recorded(tmp_path / "a.vgrun", Loop(), lambda it: it(torch.ones(2, 4)).sum(), steps=2)
    assert set(run.stages) >= {"cell→tanh", "cell→tanh (2)", "cell→tanh (3)"}
    assert [stage.call for stage in run.stage_list if stage.kind == "Tanh"] == [1, 2, 3]


def test_what_is_checkpointed_is_not_computed_for_it(tmp_path: Path) -> None:
    calls = []

    def counted(h: Tensor) -> Tensor:
        calls.append(1)
        return F.relu(h)

    model = Between(counted).double()
    x = torch.randn(7, 5, dtype=torch.float64, requires_grad=True)
    for path in (None, tmp_path / "a.vgrun"):
        calls.clear()
        run = None if path is None else record.torch(model, path).__enter__()
        checkpoint(model, x, use_reentrant=False).square().sum().backward()
        if run is not None:
            run.step()
            run.__exit__(None, None, None)
        assert len(calls) == 2
    assert record.read(tmp_path / "a.vgrun").stages == ("below", "above")


def test_frozen_layers_and_inference(tmp_path: Path) -> None:
    model = Between(F.relu)
    model.below.requires_grad_(False)
    x = torch.randn(7, 5)
    run = recorded(tmp_path / "a.vgrun", model, lambda it: it(x).square().sum())
    assert run.stages == ("below", "above")
    with torch.no_grad():
        assert model(x).shape == (7, 2)


def test_parameters_are_the_same_bit_for_bit(tmp_path: Path) -> None:
    ends = []
    for path in (None, tmp_path / "a.vgrun"):
        torch.manual_seed(1)
        model = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.2, batch_first=True)
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
        run = None if path is None else record.torch(model, path).__enter__()
        for _ in range(20):
            optimizer.zero_grad()
            loss = model(torch.randn(3, 5, 8)).square().mean()
            loss.backward()
            optimizer.step()
            if run is not None:
                run.step(loss)
        if run is not None:
            run.__exit__(None, None, None)
        ends.append([parameter.detach().clone() for parameter in model.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*ends, strict=True))
    assert "linear1→relu" in record.read(tmp_path / "a.vgrun").stages
