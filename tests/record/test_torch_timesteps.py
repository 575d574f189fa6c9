"""Recurrent layers by timestep: whole ∂J/∂h_t and ∂J/∂c_t, checked against cells run one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence  # noqa: E402

from tests.helpers.recorded import recorded, said  # noqa: E402

pytestmark = pytest.mark.torch
T, N, SIZE = 5, 3, 4


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(5)


class Reader(nn.Module):
    """A recurrent layer, and a loss on its last state or on all of its outputs."""

    def __init__(self, layer: nn.Module, last: bool = False) -> None:
        super().__init__()
        self.layer = layer
        self.last = last

    def forward(self, x: object) -> torch.Tensor:
        outputs, state = self.layer(x)
        if self.last:
            state = state[0] if isinstance(state, tuple) else state
            return state.sin().sum()
        data = outputs.data if isinstance(outputs, PackedSequence) else outputs
        weights = torch.cos(torch.arange(data.numel(), dtype=data.dtype)).view_as(data)
        return (data * weights).sum()


def cut_at(layer: nn.Module, x: torch.Tensor, t: int, last: bool) -> float:
    """RMS of ∂J/∂h_t of one layer and direction, by handing states over at ``t``."""
    first, state = layer(x[: t + 1])
    lstm = isinstance(state, tuple)
    parts = [part.detach().requires_grad_() for part in (state if lstm else (state,))]
    rest, end = layer(x[t + 1 :], tuple(parts) if lstm else parts[0])
    outputs = torch.cat([first[:t].detach(), parts[0][-1:], rest])
    if last:
        loss = (end[0] if lstm else end).sin().sum()
    else:
        weights = torch.cos(torch.arange(outputs.numel(), dtype=outputs.dtype)).view_as(outputs)
        loss = (outputs * weights).sum()
    return torch.autograd.grad(loss, parts[0])[0].square().mean().sqrt().item()


def cells_of(layer: nn.LSTM, x: torch.Tensor) -> list[float]:
    """RMS of ∂J/∂c_t for a loss on the last state, by equations of an LSTM and autograd."""
    h = c = torch.zeros(N, SIZE, dtype=x.dtype)
    cells = []
    for given in x:
        gates = given @ layer.weight_ih_l0.T + h @ layer.weight_hh_l0.T
        i, f, g, o = (gates + layer.bias_ih_l0 + layer.bias_hh_l0).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        cells.append(c)
        h = o.sigmoid() * c.tanh()
    found = torch.autograd.grad(h.sin().sum(), cells)
    return [gradient.square().mean().sqrt().item() for gradient in found]


def test_the_whole_gradient_of_every_cell(tmp_path: Path) -> None:
    layer = nn.LSTM(SIZE, SIZE).double()
    x = torch.randn(T, N, SIZE, dtype=torch.float64)
    truth = cells_of(layer, x)
    run = recorded(tmp_path / "a.vgrun", Reader(layer, True), lambda model: model(x))
    np.testing.assert_allclose(run.at(0).tables("dc_t")[0][0], truth, rtol=1e-11)


LAYERS = {
    "tanh": (nn.RNN, {}),
    "relu": (nn.RNN, {"nonlinearity": "relu"}),
    "lstm": (nn.LSTM, {}),
    "gru": (nn.GRU, {}),
    "no-bias": (nn.LSTM, {"bias": False}),
}


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("kind", LAYERS)
def test_the_whole_gradient_of_every_timestep(tmp_path: Path, kind: str, last: bool) -> None:
    make, choices = LAYERS[kind]
    layer = make(SIZE, SIZE, **choices).double()
    x = torch.randn(T, N, SIZE, dtype=torch.float64)
    truth = [cut_at(layer, x, t, last) for t in range(T - 1)]
    run = recorded(tmp_path / "a.vgrun", Reader(layer, last), lambda model: model(x))
    assert said(run) == ""
    np.testing.assert_allclose(run.at(0).tables("dh_t")[0][0, :-1], truth, rtol=1e-11)


@pytest.mark.parametrize("shape", [
    {"num_layers": 2}, {"bidirectional": True}, {"num_layers": 2, "bidirectional": True},
    {"batch_first": True}, {"num_layers": 3, "dropout": 0.5},
])  # fmt: skip
@pytest.mark.parametrize("make", [nn.RNN, nn.LSTM, nn.GRU])
def test_sums_over_timesteps_are_the_gradients_of_the_weights(
    tmp_path: Path, make: type[nn.Module], shape: dict[str, object]
) -> None:
    layer = make(SIZE, 6, **shape).double()
    x = torch.randn(N, N, SIZE, dtype=torch.float64)
    run = recorded(tmp_path / "a.vgrun", Reader(layer), lambda model: model(x))
    assert said(run) == ""
    rows = layer.num_layers * (2 if layer.bidirectional else 1)
    assert run.at(0).tables("dh_t")[0].shape == (rows, N)


def test_projected_states(tmp_path: Path) -> None:
    layer = nn.LSTM(SIZE, 6, num_layers=2, proj_size=3, bidirectional=True).double()
    x = torch.randn(T, N, SIZE, dtype=torch.float64)
    run = recorded(tmp_path / "a.vgrun", Reader(layer), lambda model: model(x))
    assert said(run) == ""
    assert run.at(0).tables("dc_t")[0].shape == (4, T)


@pytest.mark.parametrize("make", [nn.RNN, nn.LSTM, nn.GRU])
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("both", [False, True])
def test_packed_sequences(tmp_path: Path, make: type[nn.Module], last: bool, both: bool) -> None:
    layer = make(SIZE, 6, num_layers=2, bidirectional=both).double()
    x = torch.randn(T, N, SIZE, dtype=torch.float64)
    packed = pack_padded_sequence(x, torch.tensor([2, 5, 3]), enforce_sorted=False)
    run = recorded(tmp_path / "a.vgrun", Reader(layer, last), lambda model: model(packed))
    assert said(run) == ""
    assert "dh_t" in run.at(0)


def test_states_that_are_given(tmp_path: Path) -> None:
    layer = nn.LSTM(SIZE, 6).double()
    x = torch.randn(T, N, SIZE, dtype=torch.float64)
    state = (torch.randn(1, N, 6, dtype=torch.float64), torch.randn(1, N, 6, dtype=torch.float64))
    model = nn.ModuleDict({"layer": layer})
    run = recorded(
        tmp_path / "a.vgrun", model, lambda it: it["layer"](x, hx=state)[0].square().sum()
    )
    assert "dh_t" in run.at(0)


def test_a_sequence_without_a_batch(tmp_path: Path) -> None:
    layer = nn.GRU(SIZE, 6).double()
    x = torch.randn(T, SIZE, dtype=torch.float64)
    run = recorded(tmp_path / "a.vgrun", Reader(layer), lambda model: model(x))
    assert run.at(0).tables("dh_t")[0].shape == (1, T)


def test_what_cannot_be_unrolled_is_said(tmp_path: Path) -> None:
    layer = nn.LSTM(SIZE, 6)
    x = torch.randn(T, N, SIZE)

    def cast(model: nn.Module) -> torch.Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return model(x)

    run = recorded(tmp_path / "a.vgrun", Reader(layer), cast)
    assert "timesteps are not unrolled" in said(run)
    assert "dh_t" not in run.at(0)


def test_a_later_step_is_as_the_first(tmp_path: Path) -> None:
    layer = nn.LSTM(SIZE, SIZE).double()
    x = torch.randn(T, N, SIZE, dtype=torch.float64)
    run = recorded(tmp_path / "a.vgrun", Reader(layer), lambda model: model(x), steps=3)
    first, last = run.at(0).tables("dh_t")[0], run.at(2).tables("dh_t")[0]
    np.testing.assert_allclose(first, last, rtol=0.1)
    assert (first != last).any()
