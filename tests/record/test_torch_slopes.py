"""Saturated and dead shares of activations, as simulated networks have them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from tests.helpers.recorded import recorded  # noqa: E402
from vgsim.nn.activations import ACTIVATIONS  # noqa: E402
from vgsim.nn.activations.learned import PRELU_START  # noqa: E402
from vgsim.record.pytorch.slopes import slope_of  # noqa: E402

pytestmark = pytest.mark.torch
SIMULATED = {
    "sigmoid": nn.Sigmoid(),
    "tanh": nn.Tanh(),
    "relu": nn.ReLU(),
    "leaky_relu": nn.LeakyReLU(0.01),
    "prelu": nn.PReLU(init=PRELU_START),
    "elu": nn.ELU(),
    "selu": nn.SELU(),
    "softplus": nn.Softplus(),
    "gelu": nn.GELU(),
    "gelu_tanh": nn.GELU(approximate="tanh"),
    "silu": nn.SiLU(),
    "mish": nn.Mish(),
    "softsign": nn.Softsign(),
    "hard_tanh": nn.Hardtanh(),
}
OTHERS = [
    nn.ReLU6(), nn.Hardsigmoid(), nn.Hardswish(), nn.CELU(0.7), nn.ELU(2.0), nn.Softplus(3.0),
    nn.LogSigmoid(), nn.Tanhshrink(), nn.Hardshrink(), nn.Softshrink(), nn.Threshold(0.3, 0.1),
    nn.PReLU(6, init=0.2), nn.LeakyReLU(0.3), nn.SiLU(inplace=True), nn.Mish(inplace=True),
    nn.Hardswish(inplace=True), nn.Threshold(0.3, 0.1, inplace=True), nn.ReLU(inplace=True),
    nn.ELU(inplace=True),
]  # fmt: skip


def wide() -> torch.Tensor:
    """Values from far left to far right, none at a kink, two axes."""
    return torch.linspace(-13.1, 13.3, 600, dtype=torch.float64).reshape(100, 6)


def derivative(module: nn.Module, z: torch.Tensor) -> torch.Tensor:
    """f′(z) by autograd."""
    given = z.clone().requires_grad_()
    (slope,) = torch.autograd.grad(module(given.clone()).sum(), given)
    return slope


@pytest.mark.parametrize("module", [*SIMULATED.values(), *OTHERS], ids=str)
def test_slopes_are_those_of_autograd(module: nn.Module) -> None:
    module = module.double()
    z = wide()
    slope = slope_of(module)
    h = module(z.clone()).detach()
    basis = h if slope.basis is None else slope.basis(module, z, h)
    np.testing.assert_allclose(slope.of(basis), derivative(module, z), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("name", SIMULATED)
def test_saturated_is_what_it_is_in_a_simulated_network(name: str) -> None:
    module = SIMULATED[name].double()
    activation = ACTIVATIONS[name]
    assert slope_of(module).limit == pytest.approx(activation.limit, rel=1e-12)


def test_every_activation_that_is_simulated_is_known() -> None:
    assert set(SIMULATED) | {"identity"} >= set(ACTIVATIONS.names())


@pytest.mark.parametrize("module", [*SIMULATED.values(), *OTHERS], ids=str)
def test_the_recorded_share_is_that_of_flat_values(tmp_path: Path, module: nn.Module) -> None:
    layer = nn.Linear(6, 6, bias=False).double()
    nn.init.eye_(layer.weight)
    module = module.double()
    run = recorded(tmp_path / "a.vgrun", nn.Sequential(layer, module), lambda it: it(wide()).sum())
    flat = derivative(module, wide()).abs() <= slope_of(module).limit
    assert run["saturated"][0, 1] == pytest.approx(flat.double().mean().item(), abs=1e-6)
    assert run["dead"][0, 1] == 0


@pytest.mark.parametrize(("scale", "share"), [(1.0, 0.0), (1000.0, 1.0)])
@pytest.mark.parametrize("shape", [(4, 10), (2, 3, 5, 10), (2, 40, 30, 40)])
def test_a_softmax_is_saturated_where_one_value_has_all(
    tmp_path: Path, scale: float, share: float, shape: tuple[int, ...]
) -> None:
    torch.manual_seed(0)
    x = torch.randn(shape)
    model = nn.Sequential(nn.Linear(shape[-1], shape[-1]), nn.Softmax(-1))
    run = recorded(tmp_path / "a.vgrun", model, lambda it: it[1](scale * it[0](x)).square().sum())
    assert run["saturated"][0, 1] == pytest.approx(share, abs=0.1)
