"""What is recorded as ∂J/∂output is what autograd says of that very tensor."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402
from torch.utils.checkpoint import checkpoint  # noqa: E402

import vgsim.record as record  # noqa: E402
from tests.helpers.recorded import agrees, asked, norms, recorded, said  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(3)


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(6, 8, dtype=torch.float64)


def mlp(activation: object = nn.Tanh, **choices: object) -> nn.Sequential:
    layers = [nn.Linear(8, 8), activation(**choices), nn.Linear(8, 8), activation(**choices)]
    return nn.Sequential(*layers, nn.Linear(8, 3)).double()


def squared(x: torch.Tensor) -> object:
    return lambda model: model(x).square().sum()


def test_a_chain(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp()
    truth = asked(model, squared(x), ["0", "1", "2", "3", "4"])
    agrees(recorded(tmp_path / "a.vgrun", model, squared(x)), truth)


def test_activations_in_place(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp(nn.ReLU, inplace=True)
    twin = mlp(nn.ReLU)
    twin.load_state_dict(model.state_dict())
    truth = asked(twin, squared(x), ["0", "1", "2", "3", "4"])
    agrees(recorded(tmp_path / "a.vgrun", model, squared(x)), truth)


def test_a_functional_activation_in_place(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp(nn.Identity)
    twin = mlp(nn.ReLU)
    twin.load_state_dict(model.state_dict())

    def in_place(model: nn.Sequential) -> torch.Tensor:
        return model[4](model[2](model[0](x).relu_()).relu_()).square().sum()

    truth = asked(twin, squared(x), ["0", "2", "4"])
    run = recorded(tmp_path / "a.vgrun", model, in_place)
    agrees(run, truth)
    assert "Never called as modules in the first step: 1, 3." in said(run)


@pytest.mark.parametrize("reentrant", [False, True])
@pytest.mark.filterwarnings("ignore:None of the inputs")
def test_checkpointed_blocks_are_recorded_once(
    tmp_path: Path, x: torch.Tensor, reentrant: bool
) -> None:
    model = mlp()
    truth = asked(model, squared(x), ["0", "1", "2", "3", "4"])

    def checkpointed(model: nn.Sequential) -> torch.Tensor:
        h = x.clone().requires_grad_()
        h = checkpoint(model[:2], h, use_reentrant=reentrant)
        h = checkpoint(model[2:4], h, use_reentrant=reentrant)
        return model[4](h).square().sum()

    run = recorded(tmp_path / "a.vgrun", model, checkpointed, steps=2)
    assert run.stages == ("0", "1", "2", "3", "4")
    agrees(run, truth, 0)


def test_a_module_used_twice_is_two_stages(tmp_path: Path, x: torch.Tensor) -> None:
    model = nn.Sequential(nn.Linear(8, 8), nn.Tanh()).double()
    kept = []

    def twice(model: nn.Sequential) -> torch.Tensor:
        kept[:] = [model(x)]
        kept.append(model(kept[0]))
        return kept[1].square().sum()

    loss = twice(model)
    truth = torch.autograd.grad(loss, kept)
    run = recorded(tmp_path / "a.vgrun", model, twice)
    assert set(run.stages) == {"0", "1", "0 (2)", "1 (2)"}
    agrees(run, {"1": truth[0], "1 (2)": truth[1]})


def test_tied_weights_have_one_name(tmp_path: Path) -> None:
    embedding = nn.Embedding(5, 8)
    head = nn.Linear(8, 5, bias=False)
    head.weight = embedding.weight
    model = nn.Sequential(embedding, head).double()
    words = torch.tensor([[0, 3, 1]])
    run = recorded(tmp_path / "a.vgrun", model, squared(words))
    assert run.parameters == ("0.weight",)
    np.testing.assert_allclose(run["dW_norm"][0, 0], head.weight.grad.norm().item(), rtol=1e-12)
    assert "1.weight and 0.weight are one tensor" in said(run)


class Branches(nn.Module):
    """A residual block, a concatenation, and outputs in a dict with None."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(8, 8)
        self.second = nn.Linear(8, 8)
        self.head = nn.Linear(16, 2)

    def forward(self, x: torch.Tensor) -> dict[str, object]:
        h = self.first(x)
        g = h + self.second(h).tanh()
        return {"y": self.head(torch.cat([g, h], 1)), "nothing": None}


def test_residual_and_concatenated_paths(tmp_path: Path, x: torch.Tensor) -> None:
    model = Branches().double()

    def loss_of(model: nn.Module) -> torch.Tensor:
        return model(x)["y"].square().sum()

    truth = asked(model, loss_of, ["first", "second", "head"])
    run = recorded(tmp_path / "a.vgrun", model, loss_of)
    agrees(run, truth)
    assert set(run.edges) == {
        ("first", "second"), ("first", "head"), ("second", "second→tanh"), ("second→tanh", "head"),
    }  # fmt: skip


class Pair(nn.Module):
    """A leaf with several outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(8, 8))

    def forward(self, x: torch.Tensor) -> tuple[object, ...]:
        return x @ self.weight, None, {"half": 0.5 * x @ self.weight.tanh()}


def test_each_tensor_of_an_output_is_a_stage(tmp_path: Path, x: torch.Tensor) -> None:
    model = nn.Sequential(Pair()).double()
    kept = []

    def loss_of(model: nn.Module) -> torch.Tensor:
        first, _, more = model(x)
        kept[:] = [first, more["half"]]
        return (first.square() * more["half"].exp()).mean()

    truth = torch.autograd.grad(loss_of(model), kept)
    run = recorded(tmp_path / "a.vgrun", model, loss_of)
    agrees(run, {"0": truth[0], "0[2][half]": truth[1]})


def test_frozen_layers_have_no_gradient_and_it_is_said(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp()
    model[0].requires_grad_(False)
    run = recorded(tmp_path / "a.vgrun", model, squared(x))
    assert np.isnan(norms(run, ["0", "1"])).all()
    assert (norms(run, ["2", "3", "4"]) > 0).all()
    assert "0 has no gradient: its output needs none" in said(run)


def test_what_only_prepares_the_input_is_not_called_frozen(tmp_path: Path, x: torch.Tensor) -> None:
    run = recorded(tmp_path / "a.vgrun", nn.Sequential(nn.Flatten(), mlp()), squared(x))
    assert said(run) == "0 has no gradient: nothing up to it has parameters."


def test_a_branch_that_the_loss_does_not_see_is_named(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp()

    def cut(model: nn.Sequential) -> torch.Tensor:
        return model[2:](model[:2](x).detach()).square().sum()

    run = recorded(tmp_path / "a.vgrun", model, cut)
    assert "No gradient came back to 1: the loss does not depend on it." in said(run)


def test_passes_without_training_are_left_out(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp()

    def with_evaluation(model: nn.Module) -> torch.Tensor:
        model.eval()
        model(2 * x)
        with torch.no_grad():
            model(3 * x)
        model.train()
        loss = model(x).square().sum()
        model(4 * x)
        return loss

    truth = asked(model, squared(x), ["0", "4"])
    run = recorded(tmp_path / "a.vgrun", model, with_evaluation)
    assert run.stages == ("0", "1", "2", "3", "4")
    agrees(run, truth)


def test_accumulated_passes_are_calls_of_their_own(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp()
    truth = asked(model, squared(x[:3]), ["0"])["0"], asked(model, squared(x[3:]), ["0"])["0"]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with record.torch(model, tmp_path / "a.vgrun") as run:
        for part in (x[:3], x[3:]):
            loss = squared(part)(model)
            loss.backward()
        total = model[0].weight.grad.norm().item()
        optimizer.step()
        run.step(loss)
    found = record.read(tmp_path / "a.vgrun")
    agrees(found, {"0": truth[0], "0 (2)": truth[1]})
    np.testing.assert_allclose(found["dW_norm"][0, 0], total, rtol=1e-12)
    assert "2 backward passes" in said(found)


@pytest.mark.parametrize("sample", [2**14, 8])
def test_gradients_of_several_losses_add_up(tmp_path: Path, x: torch.Tensor, sample: int) -> None:
    model = mlp()

    def both(model: nn.Module) -> torch.Tensor:
        y = model(x)
        return y.square().sum() + y.exp().mean()

    truth = asked(model, both, ["0", "3"])
    with record.torch(model, tmp_path / "a.vgrun", sample=sample) as run:
        y = model(x)
        y.square().sum().backward(retain_graph=True)
        y.exp().mean().backward()
        run.step()
    agrees(record.read(tmp_path / "a.vgrun"), truth, whole=sample > 8)


def test_a_gradient_penalty_counts_in_the_loss_alone(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp()

    def penalized(model: nn.Module) -> torch.Tensor:
        given = x.clone().requires_grad_()
        y = model(given)
        (slope,) = torch.autograd.grad(y.sum(), given, create_graph=True)
        return y.square().sum() + slope.norm()

    truth = asked(model, penalized, ["0", "1", "4"])
    agrees(recorded(tmp_path / "a.vgrun", model, penalized), truth)


def test_create_graph(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp()
    truth = asked(model, squared(x), ["0", "4"])
    with (
        record.torch(model, tmp_path / "a.vgrun") as run,
        pytest.warns(UserWarning, match="create_graph"),
    ):
        squared(x)(model).backward(create_graph=True)
        run.step()
    agrees(record.read(tmp_path / "a.vgrun"), truth)
    for parameter in model.parameters():
        parameter.grad = None


def test_lbfgs_shows_its_first_evaluation(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp()
    truth = asked(model, squared(x), ["0", "4"])
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.1)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = squared(x)(model)
        loss.backward()
        return loss

    with record.torch(model, tmp_path / "a.vgrun") as run:
        run.step(optimizer.step(closure))
    found = record.read(tmp_path / "a.vgrun")
    agrees(found, truth)
    assert found.stages == ("0", "1", "2", "3", "4")
    assert "ran the model several times" in said(found)


def test_the_figures_of_a_scaled_loss_are_unscaled(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp()
    truth = asked(model, squared(x), ["0", "3", "4"])
    weights = torch.autograd.grad(squared(x)(model), list(model.parameters()))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    with record.torch(model, tmp_path / "a.vgrun") as run:
        loss = squared(x)(model)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        scaler.step(optimizer)
        scaler.update()
        run.step(loss)
    found = record.read(tmp_path / "a.vgrun")
    agrees(found, truth)
    assert found["loss_scale"][0] == 1024
    expected = [gradient.norm().item() for gradient in weights]
    np.testing.assert_allclose(found["dW_norm"][0], expected, rtol=1e-12)
    np.testing.assert_allclose(found["clipped_norm"], found["gradient_norm"], rtol=1e-12)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_autocast(tmp_path: Path, x: torch.Tensor, dtype: str) -> None:
    model = mlp().float()

    def cast(model: nn.Module) -> torch.Tensor:
        with torch.autocast("cpu", getattr(torch, dtype)):
            return model(x.float()).float().square().sum()

    truth = asked(model, cast, ["0", "3", "4"])
    run = recorded(tmp_path / "a.vgrun", model, cast)
    expected = [gradient.double().norm().item() for gradient in truth.values()]
    np.testing.assert_allclose(norms(run, list(truth)), expected, rtol=1e-6)
    assert run.stage_list[0].dtype == dtype


def test_clipping_is_seen_before_and_after(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with record.torch(model, tmp_path / "a.vgrun") as run:
        squared(x)(model).backward()
        before = nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        run.step()
    found = record.read(tmp_path / "a.vgrun")
    np.testing.assert_allclose(found["gradient_norm"], before.item(), rtol=1e-12)
    np.testing.assert_allclose(found["clipped_norm"], 0.5, rtol=1e-5)


def test_an_infinite_gradient_is_counted(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp(nn.Identity)

    def overflowing(model: nn.Module) -> torch.Tensor:
        y = model(x)
        return y[0, 0] * torch.tensor(float("inf"), dtype=y.dtype)

    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with record.torch(model, tmp_path / "a.vgrun") as run:
        overflowing(model).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        run.step()
    found = record.read(tmp_path / "a.vgrun")
    place = found.stages.index("4")
    assert found["dh_inf"][0, place] == 1
    assert found["dh_zero"][0, place] == 17
    assert not np.isfinite(found["gradient_norm"][0])
    assert np.isnan(found["clipped_norm"][0])


def test_what_float32_squares_to_nothing_has_a_norm(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(4, 4, bias=False))
    y = torch.ones(2, 4)

    def tiny(model: nn.Module) -> torch.Tensor:
        return (model(y) * 1e-30).sum()

    run = recorded(tmp_path / "a.vgrun", model, tiny)
    np.testing.assert_allclose(run["dh_norm"][0, 0], np.sqrt(8) * 1e-30, rtol=1e-6)
    np.testing.assert_allclose(run["dW_norm"][0, 0], 8e-30, rtol=1e-6)


def test_subnormal_values_and_zeros_are_counted_apart(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(4, 4))
    weight = torch.tensor([1e-40, 0.0, 1.0, 2.0])
    run = recorded(tmp_path / "a.vgrun", model, lambda it: (it(torch.ones(2, 4)) * weight).sum())
    assert run["dh_subnormal"][0, 0] == 2
    assert run["dh_zero"][0, 0] == 2


def compilable(backend: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip where code cannot be compiled; keep what is compiled in ``folder``."""
    torch._dynamo.reset()
    if backend != "inductor":
        return
    from torch._inductor import config, cpp_builder

    header = Path(sysconfig.get_path("include")) / "Python.h"
    try:
        found = shutil.which(cpp_builder.get_cpp_compiler())
    except Exception as error:  # its own class, which is another one in every version
        pytest.skip(f"no C++ compiler: {error}")
    if not found or not header.exists():
        pytest.skip(f"no C++ compiler: {found or 'none found'}, {header}")
    config.compile_threads = 1  # no workers that outlive the test
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(folder / "compiled"))


BACKENDS = ["eager", "aot_eager", pytest.param("inductor", marks=pytest.mark.slow)]


@pytest.mark.filterwarnings("ignore:The .grad attribute")  # dynamo itself looks at it
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # and calls what it calls old
@pytest.mark.parametrize("part", [False, True])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_compiled_model(
    tmp_path: Path, x: torch.Tensor, backend: str, part: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    compilable(backend, tmp_path, monkeypatch)
    model = mlp()
    truth = asked(model, squared(x), ["0", "1", "4"])
    compiled = model
    if part:
        model[2] = torch.compile(model[2], backend=backend)
    else:
        compiled = torch.compile(model, backend=backend)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-9)
    with record.torch(compiled, tmp_path / "a.vgrun", every=2) as run:
        for _ in range(3):
            optimizer.zero_grad()
            loss = squared(x)(compiled)
            loss.backward()
            optimizer.step()
            run.step(loss)
    found = record.read(tmp_path / "a.vgrun")
    assert list(found.steps) == [0, 2]
    assert found.stages == ("0", "1", "2", "3", "4")
    assert "2.weight" in found.parameters
    agrees(found, truth, 0)
    assert not said(found)


@pytest.mark.filterwarnings("ignore:The .grad attribute")
def test_a_model_that_was_compiled_before_is_named_as_such(tmp_path: Path, x: torch.Tensor) -> None:
    torch._dynamo.reset()
    compiled = torch.compile(mlp(), backend="eager")
    compiled(x)
    run = recorded(tmp_path / "a.vgrun", compiled, squared(x))
    assert run.stages == ()
    assert "the model was compiled before" in said(run)
    assert (run["dW_norm"][0] > 0).all()


def test_attention_and_its_fast_path(tmp_path: Path) -> None:
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
    model = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False).double()
    tokens = torch.randn(2, 5, 8, dtype=torch.float64)
    names = ["layers.0.linear1", "layers.0.norm1", "layers.1.linear2"]
    truth = asked(model, squared(tokens), names)
    run = recorded(tmp_path / "a.vgrun", model, squared(tokens))
    agrees(run, truth)
    assert "layers.0.self_attn" in run.stages
    assert "layers.0.self_attn.out_proj" in said(run)


def test_inference_keeps_its_fast_path(tmp_path: Path) -> None:
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    model = nn.TransformerEncoder(layer, 1).eval()
    tokens = torch.randn(2, 5, 8)
    with torch.no_grad():
        plain = model(tokens)
    with record.torch(model, tmp_path / "a.vgrun"), torch.no_grad():
        watched = model(tokens)
    assert torch.equal(plain, watched)


@pytest.mark.parametrize("parallel", ["DataParallel", "DDP"])
def test_parallel_wrappers(tmp_path: Path, x: torch.Tensor, parallel: str) -> None:
    model = mlp()
    truth = asked(model, squared(x), ["0", "4"])
    weights = torch.autograd.grad(squared(x)(model), list(model.parameters()))
    if parallel == "DDP":
        store = torch.distributed.FileStore(str(tmp_path / "store"), 1)
        torch.distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
        wrapped = nn.parallel.DistributedDataParallel(model)
    else:
        wrapped = nn.DataParallel(model)
    try:
        run = recorded(tmp_path / "a.vgrun", wrapped, squared(x))
    finally:
        if parallel == "DDP":
            torch.distributed.destroy_process_group()
    agrees(run, truth)
    expected = [gradient.norm().item() for gradient in weights]
    np.testing.assert_allclose(run["dW_norm"][0], expected, rtol=1e-12)


def test_a_large_tensor_is_sampled_but_its_norm_is_exact(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Conv2d(3, 5, 3, padding=1), nn.ReLU()).double()
    pictures = torch.randn(4, 3, 16, 16, dtype=torch.float64)
    truth = asked(model, squared(pictures), ["0", "1"])
    run = recorded(tmp_path / "a.vgrun", model, squared(pictures), sample=500)
    agrees(run, truth, whole=False)
    units = run.at(0).tables("dh_units")[1]
    assert units.size == 5
    share = (truth["1"] == 0).double().mean().item()
    assert abs(run["dh_zero"][0, 1] / truth["1"].numel() - share) < 0.1


def test_dead_and_saturated_units(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp(nn.ReLU)
    with torch.no_grad():
        model[0].bias[:2] = -1e3
    run = recorded(tmp_path / "a.vgrun", model, squared(x))
    place = run.stages.index("1")
    assert run["dead"][0, place] >= 0.25
    h = model[1](model[0](x))
    assert abs(run["saturated"][0, place] - (h == 0).double().mean().item()) < 0.05


def test_units_are_those_of_the_output(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp()
    truth = asked(model, squared(x), ["0"])["0"]
    run = recorded(tmp_path / "a.vgrun", model, squared(x))
    found = run.at(0).tables("dh_units")[0].reshape(-1)
    np.testing.assert_allclose(found, truth.square().mean(0).sqrt().numpy(), rtol=2e-3)


def test_the_histogram_has_every_value(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp()
    truth = asked(model, squared(x), ["0"])["0"].abs().log10().flatten().numpy()
    run = recorded(tmp_path / "a.vgrun", model, squared(x))
    edges = np.arange(-48, 40.25, 0.25)
    expected = np.histogram(truth, edges)[0]
    np.testing.assert_array_equal(run.at(0)["dh_histogram"][0, 1:-1], expected)


def test_detached_functional_models_are_recorded_by_autograd_grad(
    tmp_path: Path, x: torch.Tensor
) -> None:
    model = mlp()
    truth = asked(model, squared(x), ["0", "4"])
    with record.torch(model, tmp_path / "a.vgrun") as run:
        torch.autograd.grad(squared(x)(model), list(model.parameters()))
        run.step()
    agrees(record.read(tmp_path / "a.vgrun"), truth)


def test_transforms_of_torch_func(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp()
    truth = asked(model, squared(x), ["0", "4"])
    weights = dict(model.named_parameters())

    def loss_of(weights: dict[str, torch.Tensor]) -> torch.Tensor:
        return torch.func.functional_call(model, weights, (x,)).square().sum()

    with record.torch(model, tmp_path / "a.vgrun") as run:
        torch.func.grad(loss_of)(weights)
        run.step()
    found = record.read(tmp_path / "a.vgrun")
    assert "could not" not in said(found)
    agrees(found, truth)


class Spectrum(nn.Module):
    """Puts out complex numbers."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.fft.fft(x)


def test_complex_outputs_are_named_as_not_recorded(tmp_path: Path, x: torch.Tensor) -> None:
    model = nn.Sequential(nn.Linear(8, 8), Spectrum()).double()
    run = recorded(tmp_path / "a.vgrun", model, lambda it: it(x).abs().sum())
    assert run.stages == ("0",)
    assert "1 puts out nothing that figures are taken of" in said(run)
    assert "Never called" not in said(run)


def test_weight_normed_layers(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp()
    nn.utils.parametrizations.weight_norm(model[0])
    truth = asked(model, squared(x), ["0", "4"])
    run = recorded(tmp_path / "a.vgrun", model, squared(x))
    agrees(run, truth)
    assert run.stages == ("0", "1", "2", "3", "4")
    assert "0.parametrizations.weight.original0" in run.parameters


def test_loss_of_functions_alone(tmp_path: Path, x: torch.Tensor) -> None:
    model = mlp()
    target = torch.tensor([0, 1, 2, 0, 1, 2])
    truth = asked(model, lambda it: F.cross_entropy(it(x), target), ["4"])
    run = recorded(tmp_path / "a.vgrun", model, lambda it: F.cross_entropy(it(x), target))
    agrees(run, truth)


def test_largest_values_zeros_and_nans_of_parameter_gradients(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    given = torch.tensor([[1.0, 0.0, -2.0]])

    def spoiled(model: nn.Module) -> torch.Tensor:
        y = model[0](given)
        return (y * torch.tensor([1.0, 0.0, -3.0, float("inf")])).sum()

    run = recorded(tmp_path / "a.vgrun", model, spoiled)
    rows = [run[name][0, run.parameters.index("0.weight")] for name in ("dW_zero", "dW_nan")]
    gradient = model[0].weight.grad
    assert rows == [(gradient == 0).sum().item(), (~gradient.isfinite()).sum().item()]
    assert rows[1] > 0
    place = run.parameters.index("0.bias")
    assert [run[name][0, place] for name in ("dW_max", "dW_zero", "dW_nan")] == [np.inf, 1, 1]
    unused = run.parameters.index("1.weight")
    assert not run.recorded("dW_max")[0, unused]


def test_zeros_of_a_large_gradient_are_those_of_every_nth_value(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(50, 40, bias=False))
    x = torch.randn(2, 50)
    x[:, ::2] = 0
    x[0, 7] = 1e3
    run = recorded(tmp_path / "a.vgrun", model, squared(x), sample=300)
    gradient = model[0].weight.grad
    assert abs(run["dW_zero"][0, 0] / gradient.numel() - 0.5) < 0.1
    np.testing.assert_allclose(run["dW_max"][0, 0], gradient.abs().max().item(), rtol=1e-6)
