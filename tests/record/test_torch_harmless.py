"""Recording disturbs nothing: not the numbers, not the memory, not what a program raises."""

from __future__ import annotations

import copy
import gc
import io
import weakref
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.optim.optimizer import _global_optimizer_pre_hooks  # noqa: E402

import vgsim.record as record  # noqa: E402
from tests.helpers.recorded import said  # noqa: E402

pytestmark = pytest.mark.torch


def network() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Linear(8, 16), nn.ReLU(inplace=True), nn.Dropout(0.3), nn.BatchNorm1d(16),
        nn.Linear(16, 2),
    )  # fmt: skip


def trained(path: Path | None, every: int) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Parameters after 200 steps on shuffled data, and the state of the generator."""
    model = network()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    data = torch.utils.data.TensorDataset(torch.randn(64, 8), torch.randint(0, 2, (64,)))
    loader = torch.utils.data.DataLoader(data, batch_size=16, shuffle=True)
    run = None if path is None else record.torch(model, path, every=every).__enter__()
    for _ in range(50):
        for x, y in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            if run is not None:
                run.step(loss)
    if run is not None:
        run.__exit__(None, None, None)
    return [parameter.detach() for parameter in model.parameters()], torch.get_rng_state()


@pytest.mark.parametrize("every", [1, 7])
def test_parameters_are_the_same_bit_for_bit(tmp_path: Path, every: int) -> None:
    plain, generator = trained(None, 1)
    watched, after = trained(tmp_path / "a.vgrun", every)
    assert all(torch.equal(a, b) for a, b in zip(plain, watched, strict=True))
    assert torch.equal(generator, after)


def test_recurrent_dropout_is_not_disturbed(tmp_path: Path) -> None:
    ends = []
    for path in (None, tmp_path / "a.vgrun"):
        torch.manual_seed(2)
        model = nn.LSTM(4, 4, num_layers=2, dropout=0.5)
        x = torch.randn(5, 2, 4)
        run = None if path is None else record.torch(model, path).__enter__()
        for _ in range(3):
            loss = model(x)[0].square().sum()
            loss.backward()
            if run is not None:
                run.step(loss)
        if run is not None:
            run.__exit__(None, None, None)
        ends.append([loss.item(), torch.rand(1).item(), model.weight_ih_l0.grad.sum().item()])
    assert ends[0] == ends[1]


def test_hooks_are_gone_after_the_block(tmp_path: Path) -> None:
    model = network()
    scale = torch.amp.GradScaler.scale
    pre = len(_global_optimizer_pre_hooks)
    with record.torch(model, tmp_path / "a.vgrun") as run:
        assert any(module._forward_hooks for module in model.modules())
        model(torch.randn(4, 8)).sum().backward()
        run.step()
    for module in model.modules():
        assert not module._forward_hooks
        assert not module._forward_pre_hooks
    assert torch.amp.GradScaler.scale is scale
    assert len(_global_optimizer_pre_hooks) == pre


def test_nothing_outlives_the_backward_pass(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.LSTM(8, 8))
    kept = []

    def keep(module: object, inputs: object, output: object) -> None:
        first = output[0] if isinstance(output, tuple) else output
        kept.append(weakref.ref(first))

    with record.torch(model, tmp_path / "a.vgrun") as run:
        for module in model:
            module.register_forward_hook(keep)
        loss = model(torch.randn(5, 3, 8))[0].sum()
        loss.backward()
        del loss
        gc.collect()
        assert [reference() for reference in kept] == [None, None, None]
        run.step()


def test_what_the_program_raises_is_its_own(tmp_path: Path) -> None:
    class Broken(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            raise KeyError("mine")

    model = nn.Sequential(nn.Linear(8, 8), Broken())
    with pytest.raises(KeyError, match="mine"), record.torch(model, tmp_path / "a.vgrun") as run:
        for attempt in range(2):
            try:
                model(torch.randn(2, 8))
            except KeyError:
                if attempt:
                    raise
            model[0](torch.randn(2, 8)).sum().backward()
            run.step()
    found = record.read(tmp_path / "a.vgrun")
    assert found.finished
    assert list(found.steps) == [0]
    assert "KeyError" in said(found)
    assert not model[0]._forward_hooks


def test_what_fails_is_told_once_and_training_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = network()
    monkeypatch.setattr("vgsim.record.pytorch.recorder.sampled", lambda *_: 1 / 0)
    with record.torch(model, tmp_path / "a.vgrun") as run:
        for _ in range(3):
            model(torch.randn(4, 8)).sum().backward()
            run.step()
    assert capsys.readouterr().err.count("0 could not be recorded") == 1
    assert "ZeroDivisionError" in said(record.read(tmp_path / "a.vgrun"))


def test_copies_and_pickles_of_a_model_are_not_recorded(tmp_path: Path) -> None:
    model = network()
    x = torch.randn(4, 8)
    with record.torch(model, tmp_path / "a.vgrun") as run:
        twin = copy.deepcopy(model)
        file = io.BytesIO()
        torch.save(model, file)
        file.seek(0)
        again = torch.load(file, weights_only=False)
        loss = model(x).sum() + twin(x).sum() + again(x).sum()
        loss.backward()
        run.step(loss)
    assert record.read(tmp_path / "a.vgrun").stages == ("0", "1", "2", "3", "4")


def test_an_unrecorded_step_has_no_hooks(tmp_path: Path) -> None:
    model = network()
    with record.torch(model, tmp_path / "a.vgrun", every=2) as run:
        model(torch.randn(4, 8)).sum().backward()
        run.step()
        assert not model[0]._forward_hooks
        run.step()
        assert model[0]._forward_hooks
