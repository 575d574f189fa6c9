"""Remedies as PyTorch code: each is run on a model of its kind, and does what it says."""

from __future__ import annotations

import ast
import math
import textwrap
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

import vgsim.record as record  # noqa: E402
from tests.helpers.copies import may_register, register_copy  # noqa: E402
from vgsim.core.registry import registry  # noqa: E402
from vgsim.diagnosis.nearest import nearest_spec  # noqa: E402
from vgsim.diagnosis.pytorch import code_lines, coded, pasted, pytorch_code  # noqa: E402
from vgsim.diagnosis.pytorch.freezing import ATTACHED, SCALED, TRAINABLE  # noqa: E402
from vgsim.diagnosis.recorded_form import RecordedForm  # noqa: E402
from vgsim.diagnosis.verdict import Remedy  # noqa: E402
from vgsim.record.reader import RecordedRun  # noqa: E402

pytestmark = pytest.mark.torch
torch.set_num_threads(1)

HE = (("init.weights", "he_normal"),)
AROUND = (("network.skip", "preactivation"), ("network.skip_scale", 1.0))
LAYER_NORM = (("network.norm", "layer"),)
RELU = (("network.activation", "relu"), ("network.activations", ""))
CLIP = (("training.clip", "norm"), ("training.clip_at", 0.5))


class Block(nn.Module):
    """A block with a way around its first half only."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mix = nn.Linear(width, width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.mix(self.norm1(x))
        x = self.mlp(self.norm2(x))
        return x


class Tower(nn.Module):
    """A stem, blocks in a list, and a head."""

    def __init__(self, block: type[nn.Module] = Block, width: int = 16, depth: int = 4) -> None:
        super().__init__()
        self.stem = nn.Linear(8, width)
        self.layers = nn.ModuleList(block(width) for _ in range(depth))
        self.head = nn.Linear(width, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        for layer in self.layers:
            x = layer(x)
        return self.head(x)


class Step(nn.Module):
    """A block of one matrix and its activation."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc = nn.Linear(width, width)
        self.act = nn.Tanh()

    def forward(self, x: Tensor) -> Tensor:
        x = self.act(self.fc(x))
        return x


class Sequences(nn.Module):
    """A recurrent layer and a readout of its last timestep."""

    def __init__(self, kind: type[nn.RNNBase] = nn.LSTM, **more: Any) -> None:
        super().__init__()
        self.rnn = kind(4, 12, batch_first=True, **more)
        self.head = nn.Linear(12, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.rnn(x)[0][:, -1])


class Bare(nn.Module):
    """Activations that are functions, not modules."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(8, 16), nn.Linear(16, 16), nn.Linear(16, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.sigmoid(self.fc1(x))
        x = torch.sigmoid(self.fc2(x))
        return self.fc3(x)


def chain(activation: type[nn.Module] = nn.Sigmoid, depth: int = 6, width: int = 16) -> nn.Module:
    """A Sequential of dense layers."""
    parts: list[nn.Module] = [nn.Linear(8, width), activation()]
    for _ in range(depth - 1):
        parts += [nn.Linear(width, width), activation()]
    return nn.Sequential(*parts, nn.Linear(width, 3))


def pictures() -> nn.Module:
    """Convolutions."""
    return nn.Sequential(
        nn.Conv2d(2, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3),
    )  # fmt: skip


def batch_for(model: nn.Module) -> Tensor:
    """Inputs of the shape that a model takes."""
    if isinstance(model, Sequences):
        return torch.randn(10, 7, 4)
    if any(isinstance(module, nn.Conv2d) for module in model.modules()):
        return torch.randn(10, 2, 5, 5)
    return torch.randn(10, 8)


def recorded(tmp_path: Path, model: nn.Module, **groups: Any) -> RecordedRun:
    """Two steps of a classification."""
    parameters: Any = groups.get("parameters", model.parameters())
    optimizer = torch.optim.SGD(parameters, lr=groups.get("lr", 0.5))
    path = tmp_path / "run.vgrun"
    with record.torch(model, path) as run:
        for _ in range(2):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(batch_for(model)), torch.zeros(10, dtype=torch.long))
            loss.backward()
            optimizer.step()
            run.step(loss)
    return record.read(path)


def code_for(run: RecordedRun, changes: Any) -> str:
    """What is advised."""
    return pytorch_code(RecordedForm(run), nearest_spec(run).spec, changes)


def done(code: str, model: nn.Module, **names: Any) -> dict[str, Any]:
    """Run the code as a person would who pastes it; the names there are afterwards."""
    space = {"torch": torch, "nn": nn, "model": model, **names}
    exec(pasted(code), space)
    return space


def changed(tmp_path: Path, model: nn.Module, changes: Any, **names: Any) -> Any:
    """The model after the code for ``changes`` has run on it."""
    code = code_for(recorded(tmp_path, model), changes)
    assert code
    return done(code, model, **names)["model"]


def edited(code: str, source: str) -> str:
    """``source`` with the diff made: each line that goes is there, and gives place to the new."""
    lines = list(code_lines(code))
    for before, after in pairwise(lines):
        if before.sign == "-" and after.sign == "+":
            assert before.text.strip() in source
            source = source.replace(before.text.strip(), after.text.strip())
    return source


def gradients(model: nn.Module) -> list[float]:
    """Norms of the gradients of all matrices."""
    model.zero_grad()
    F.cross_entropy(model(batch_for(model)), torch.arange(10) % 3).backward()
    return [p.grad.norm().item() for p in model.parameters() if p.ndim > 1 and p.grad is not None]


def test_initial_weights_have_the_variance_that_is_promised(tmp_path):
    model = changed(tmp_path, chain(width=64), HE)
    for module in model:
        if isinstance(module, nn.Linear):
            expected = math.sqrt(2 / module.in_features)
            assert module.weight.std().item() == pytest.approx(expected, rel=0.25)


@pytest.mark.parametrize(
    ("changes", "std"),
    [
        ((("init.weights", "xavier_normal"), ("init.gain", 2.0)), 2 / math.sqrt(64)),
        ((("init.weights", "xavier_uniform"),), 1 / math.sqrt(64)),
        ((("init.weights", "lecun_normal"),), 1 / math.sqrt(64)),
        ((("init.weights", "lecun_uniform"),), 1 / math.sqrt(64)),
        ((("init.weights", "he_uniform"),), math.sqrt(2 / 64)),
        ((("init.weights", "orthogonal"),), 1 / math.sqrt(64)),
        ((("init.weights", "normal"), ("init.std", 0.03)), 0.03),
        ((("init.weights", "truncated_normal"), ("init.std", 0.03)), 0.03),
        ((("init.weights", "standard"),), 1 / math.sqrt(3 * 64)),
    ],
)
def test_every_initializer_is_written(tmp_path, changes, std):
    model = changed(tmp_path, chain(depth=3, width=64), changes)
    assert model[2].weight.std().item() == pytest.approx(std, rel=0.1)


def test_convolutions_are_among_the_modules(tmp_path):
    model = changed(tmp_path, pictures(), (*HE, ("init.bias", "zero")))
    assert model[2].weight.std().item() == pytest.approx(math.sqrt(2 / 54), rel=0.25)
    assert all(module.bias.abs().max() == 0 for module in (model[0], model[2], model[6]))


def test_weights_fitted_to_a_batch_give_every_layer_variance_1(tmp_path):
    model = chain(nn.Tanh)
    x = batch_for(model)
    model = changed(tmp_path, model, (("init.weights", "lsuv"),), loader=[(x, None)])
    for module in list(model):
        x = module(x)
        if isinstance(module, nn.Linear):
            assert x.std().item() == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize("make", [chain, pictures, Tower])
def test_a_normalization_is_put_behind_every_bare_matrix(tmp_path, make):
    model = make() if make is not Tower else Tower(Step)
    before = sum(1 for module in model.modules() if isinstance(module, (nn.Linear, nn.Conv2d)))
    model = changed(tmp_path, model, LAYER_NORM)
    norms = [m for m in model.modules() if isinstance(m, (nn.LayerNorm, nn.GroupNorm))]
    assert len(norms) == before - 1
    assert all(math.isfinite(norm) for norm in gradients(model))


def test_a_normalization_keeps_a_sample_at_one_scale(tmp_path):
    model = changed(tmp_path, chain(depth=2), LAYER_NORM)
    h = model[0](1000 * batch_for(model))
    assert h.square().mean(1).sqrt().max().item() == pytest.approx(1, rel=1e-3)


def test_activations_are_replaced_by_name(tmp_path):
    model = changed(tmp_path, Tower(Step), RELU)
    assert not any(isinstance(module, nn.Tanh) for module in model.modules())
    assert [name for name, module in model.named_modules() if isinstance(module, nn.ReLU)] == [
        f"layers.{k}.act" for k in range(4)
    ]


def test_functions_that_were_not_recorded_are_sketched(tmp_path):
    torch.manual_seed(0)
    code = code_for(recorded(tmp_path, Bare()), RELU)
    assert "- x = nn.Sigmoid()(self.fc2(x))" in code.splitlines()
    assert "+ x = nn.ReLU()(self.fc2(x))" in code.splitlines()


def test_a_missing_way_around_is_shown_in_the_forward_of_the_block(tmp_path):
    code = code_for(recorded(tmp_path, Tower()), AROUND)
    assert code.splitlines() == [
        "  # a sketch of Block",
        "  def forward(self, x):",
        "      # layers.0 to layers.3",
        "-     x = self.mlp(self.norm2(x))",
        "+     x = x + self.mlp(self.norm2(x))",
    ]


@pytest.mark.parametrize("block", [Block, Step])
def test_with_the_way_around_the_gradient_flows(tmp_path, block):
    code = code_for(recorded(tmp_path, Tower(block)), AROUND)
    source = textwrap.dedent(SOURCES[block])
    assert edited(code, source) != source
    space: dict[str, Any] = {"nn": nn, "Tensor": Tensor}
    exec(edited(code, source), space)
    torch.manual_seed(0)
    plain = Tower(block, depth=12)
    around = Tower(space[block.__name__], depth=12)
    around.load_state_dict(plain.state_dict())
    with torch.no_grad():
        for model in (plain, around):
            for parameter in model.layers.parameters():
                parameter.mul_(0.3)
    assert gradients(around)[0] > 100 * gradients(plain)[0]


def test_the_parts_of_a_sequential_get_a_way_around(tmp_path):
    torch.manual_seed(0)
    model = chain(depth=12)
    before = gradients(model)[0]
    model = changed(tmp_path, model, AROUND)
    assert gradients(model)[0] > 1000 * before
    assert [type(part).__name__ for part in model] == [
        "Linear",
        "Sigmoid",
        *["Around"] * 11,
        "Linear",
    ]


@pytest.mark.parametrize("within", [False, True])
def test_named_parts_of_a_sequential_get_one_too(tmp_path, within):
    trunk = nn.Sequential()
    trunk.add_module("flatten", nn.Flatten())
    for number in range(1, 9):
        trunk.add_module(f"fc{number}", nn.Linear(8 if number == 1 else 16, 16))
        trunk.add_module(f"act{number}", nn.Sigmoid())
    head = nn.Linear(16, 3)
    if within:
        model = nn.Sequential()
        model.add_module("trunk", trunk)
    else:
        model = trunk
    model.add_module("head", head)
    torch.manual_seed(0)
    before = gradients(model)[0]
    model = changed(tmp_path, model, AROUND)
    assert gradients(model)[0] > 100 * before
    around = model.trunk if within else model
    assert [type(part).__name__ for part in around][:4] == [
        "Flatten",
        "Linear",
        "Sigmoid",
        "Around",
    ]


def test_layers_in_a_list_become_one_loop(tmp_path):
    class Listed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Linear(8, 16)
            self.hidden = nn.ModuleList(nn.Linear(16, 16) for _ in range(5))
            self.last = nn.Linear(16, 3)

        def forward(self, x: Tensor) -> Tensor:
            x = self.first(x)
            for layer in self.hidden:
                x = torch.tanh(layer(x))
            return self.last(x)

    code = code_for(recorded(tmp_path, Listed()), AROUND)
    assert "      for layer in self.hidden[0:5]:" in code.splitlines()
    assert "+         x = x + nn.functional.tanh(layer(x))" in code.splitlines()


def test_where_every_stage_has_a_way_around_none_is_advised(tmp_path):
    class Whole(Step):
        def forward(self, x: Tensor) -> Tensor:
            return x + self.act(self.fc(x))

    assert code_for(recorded(tmp_path, Tower(Whole)), AROUND) == ""


def test_clipping_stands_between_the_backward_pass_and_the_update(tmp_path):
    model = chain()
    code = code_for(recorded(tmp_path, model), CLIP)
    optimizer = torch.optim.SGD(model.parameters(), 1e-9)
    loss = 1e6 * model(batch_for(model)).square().mean()
    done(code, model, loss=loss, optimizer=optimizer)
    norm = torch.stack([p.grad.norm() for p in model.parameters()]).norm().item()
    assert norm == pytest.approx(0.5, rel=1e-3)


def test_the_learning_rate_is_set_for_every_group(tmp_path):
    model = chain()
    run = recorded(tmp_path, model)
    optimizer = torch.optim.SGD([{"params": [p]} for p in model.parameters()], lr=0.5)
    done(code_for(run, (("training.learning_rate", 0.05),)), model, optimizer=optimizer)
    assert {group["lr"] for group in optimizer.param_groups} == {0.05}


def test_groups_of_different_rates_keep_their_proportion(tmp_path):
    model = chain()
    one, *others = model.parameters()
    groups = [{"params": [one], "lr": 0.4}, {"params": others, "lr": 0.1}]
    run = recorded(tmp_path, model, parameters=groups)
    optimizer = torch.optim.SGD(groups, lr=0.1)
    done(code_for(run, (("training.learning_rate", 0.04),)), model, optimizer=optimizer)
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([0.04, 0.01])


@pytest.mark.parametrize(
    ("name", "kind"), [("adam", "Adam"), ("sgd", "SGD"), ("nesterov", "SGD"), ("nadam", "NAdam")]
)
def test_another_update_rule_is_made(tmp_path, name, kind):
    model = chain()
    changes = (("training.optimizer", name), ("training.learning_rate", 1e-3))
    space = done(code_for(recorded(tmp_path, model), changes), model)
    assert type(space["optimizer"]).__name__ == kind
    assert space["optimizer"].param_groups[0]["lr"] == 1e-3


@pytest.mark.parametrize("layers", [1, 2])
def test_the_forget_gate_starts_open_and_no_other_is_touched(tmp_path, layers):
    model = Sequences(num_layers=layers)
    before = {name: value.clone() for name, value in model.rnn.named_parameters()}
    changed(tmp_path, model, (("init.forget_bias", 3.0),))
    for layer in range(layers):
        own = dict(model.rnn.named_parameters())
        total = own[f"bias_ih_l{layer}"] + own[f"bias_hh_l{layer}"]
        i, f, g, o = total.chunk(4)
        assert (f == 3).all()
        for gate in (i, g, o):
            assert gate.abs().max() < 1
    assert before.keys() == own.keys()


@pytest.mark.parametrize(("kind", "gates"), [(nn.RNN, 1), (nn.GRU, 3), (nn.LSTM, 4)])
def test_recurrent_weights_become_rotations_gate_by_gate(tmp_path, kind, gates):
    model = changed(tmp_path, Sequences(kind), (("init.recurrent", "orthogonal"),))
    for gate in model.rnn.weight_hh_l0.chunk(gates):
        torch.testing.assert_close(gate @ gate.T, torch.eye(12), atol=1e-5, rtol=0)


def test_another_cell_takes_the_place_of_a_plain_one_with_its_gates_open(tmp_path):
    model = Sequences(nn.RNN, num_layers=2)
    model = changed(tmp_path, model, (("network.kind", "lstm"), ("init.forget_bias", 2.0)))
    assert isinstance(model.rnn, nn.LSTM)
    assert (model.rnn.input_size, model.rnn.num_layers, model.rnn.batch_first) == (4, 2, True)
    f = (model.rnn.bias_ih_l1 + model.rnn.bias_hh_l1).chunk(4)[1]
    assert (f == 2).all()
    assert len(gradients(model)) == 5


def test_a_plain_cell_gets_another_activation(tmp_path):
    model = changed(tmp_path, Sequences(nn.RNN), RELU)
    assert model.rnn.nonlinearity == "relu"


def test_frozen_modules_are_named_to_be_trained_again(tmp_path):
    model = Tower()
    for name in ("layers.0", "layers.1"):
        model.get_submodule(name).requires_grad_(False)
    changed(tmp_path, model, ((TRAINABLE, "layers.0,layers.1"),))
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_modules_that_the_optimizer_was_not_given_are_given_to_it(tmp_path):
    model = Tower()
    changes = ((TRAINABLE, "layers.0.mix,layers.1.mix"),)
    optimizer = torch.optim.SGD(model.head.parameters(), 0.1)
    done(code_for(recorded(tmp_path, model), changes), model, optimizer=optimizer)
    given = {id(p) for group in optimizer.param_groups for p in group["params"]}
    assert id(model.layers[1].mix.weight) in given


def test_another_gain_alone_draws_the_weights_anew(tmp_path):
    model = chain(depth=3, width=64)
    for module in model:
        if isinstance(module, nn.Linear):
            nn.init.xavier_normal_(module.weight, gain=0.1)
    model = changed(tmp_path, model, (("init.weights", "xavier_normal"), ("init.gain", 1.0)))
    assert model[2].weight.std().item() == pytest.approx(1 / 8, rel=0.1)


def test_a_rotation_with_a_factor_becomes_one_without(tmp_path):
    model = Sequences(nn.RNN, nonlinearity="relu")
    nn.init.orthogonal_(model.rnn.weight_hh_l0, 1.8)
    run = recorded(tmp_path, model)
    spec = nearest_spec(run).spec.replace({"init.recurrent": "orthogonal", "init.gain": 1.8})
    code = pytorch_code(RecordedForm(run), spec, (("init.gain", 1.0),))
    weight = done(code, model)["model"].rnn.weight_hh_l0
    torch.testing.assert_close(weight @ weight.T, torch.eye(12), atol=1e-5, rtol=0)


def test_a_detached_output_is_shown_where_it_is_called(tmp_path):
    code = code_for(recorded(tmp_path, Tower()), ((ATTACHED, "layers.1.mix"),))
    assert code_lines(code)[1:] == code_lines("- x = self.mix(x).detach()\n+ x = self.mix(x)")


def test_a_detached_trunk_is_called_as_a_whole(tmp_path):
    class Trunk(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.trunk = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU())
            self.head = nn.Linear(16, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.head(self.trunk(x).detach())

    code = code_for(recorded(tmp_path, Trunk()), ((ATTACHED, "trunk.2"),))
    assert "- x = self.trunk(x).detach()" in code.splitlines()


def test_a_loss_scale_is_asked_for_around_backward_and_update(tmp_path):
    model = chain()
    code = code_for(
        recorded(tmp_path, model),
        (("training.loss_scaling", "dynamic"), ("training.loss_scale_log2", 12)),
    )
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    space = done(code, model, loss=model(batch_for(model)).sum(), optimizer=optimizer)
    assert isinstance(space["scaler"], torch.amp.GradScaler)
    assert {line.text for line in code_lines(code) if line.sign == "-"} == {
        "loss.backward()", "optimizer.step()",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["bfloat16", "float64"])
def test_another_number_type_runs(tmp_path, name):
    model = chain()
    code = code_for(recorded(tmp_path, model), (("training.precision", name),))
    x = batch_for(model)
    target = torch.zeros(10, dtype=torch.long)
    space = done(code, model, x=x, y=target, criterion=nn.CrossEntropyLoss())
    if name == "bfloat16":
        assert space["loss"].isfinite()
    else:
        assert space["model"][0].weight.dtype == torch.float64


def test_dropout_is_switched_off(tmp_path):
    model = nn.Sequential(nn.Linear(8, 16), nn.Dropout(0.9), nn.ReLU(), nn.Linear(16, 3))
    assert changed(tmp_path, model, (("network.dropout", 0.0),))[1].p == 0


def test_fewer_blocks_are_kept_of_a_list(tmp_path):
    model = changed(tmp_path, Tower(Step, depth=6), (("network.depth", 3),))
    assert len(model.layers) < 6
    assert len(gradients(model)) == len(model.layers) + 2


@pytest.mark.parametrize(
    "changes",
    [
        (("training.label_smoothing", 0.1),), (("training.momentum", 0.9),),
        (("training.weight_decay", 0.01),), (("training.seed", 8),),
        (("training.warmup", 100),), (("network.norm_epsilon", 1e-3),),
        (("training.batch", 32),),
    ],
)  # fmt: skip
def test_the_code_for_any_other_change_is_python(tmp_path, changes):
    model = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3))
    code = code_for(recorded(tmp_path, model), changes)
    assert code
    data = torch.utils.data.TensorDataset(torch.zeros(64, 8))
    loader = torch.utils.data.DataLoader(data)
    done(code, model, optimizer=torch.optim.SGD(model.parameters(), 0.1), loader=loader)


def test_what_has_no_place_in_the_recorded_network_has_no_code(tmp_path):
    run = recorded(tmp_path, chain())
    assert code_for(run, (("init.forget_bias", 1.0),)) == ""
    assert code_for(run, (("training.learning_rate", 0.1), ("network.factor", 1.0))) == ""


SOURCES = {
    Block: """
        class Block(nn.Module):
            def __init__(self, width):
                super().__init__()
                self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
                self.mix = nn.Linear(width, width)
                self.mlp = nn.Sequential(
                    nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
                )
            def forward(self, x):
                x = x + self.mix(self.norm1(x))
                x = self.mlp(self.norm2(x))
                return x
    """,
    Step: """
        class Step(nn.Module):
            def __init__(self, width):
                super().__init__()
                self.fc = nn.Linear(width, width)
                self.act = nn.Tanh()
            def forward(self, x):
                x = self.act(self.fc(x))
                return x
    """,
}
"""The blocks above as the text of somebody's program."""


@pytest.mark.parametrize(
    ("kind", "name", "path"),
    [
        ("activation", "relu", "network.activation"),
        ("normalization", "layer", "network.norm"),
        ("initializer", "he_normal", "init.weights"),
        ("bias", "zero", "init.bias"),
        ("optimizer", "adam", "training.optimizer"),
        ("clipping", "norm", "training.clip"),
        ("precision", "bfloat16", "training.precision"),
        ("loss scaling", "dynamic", "training.loss_scaling"),
        ("skip path", "preactivation", "network.skip"),
    ],
)
def test_a_copy_of_a_kind_has_the_same_code(tmp_path, monkeypatch, kind, name, path):
    run = recorded(tmp_path, chain())
    expected = code_for(run, ((path, name),))
    may_register(monkeypatch, registry(kind))
    copy = register_copy(registry(kind), name)
    assert expected
    assert code_for(run, ((path, copy),)) == expected


def test_a_recording_of_another_framework_has_no_pytorch_code(tmp_path):
    with record.Recording(tmp_path / "run.vgrun", framework="JAX 0.12") as run:
        run.stage("fc", kind="Dense", shape=(4, 8))
        run.parameter("fc.kernel", stage="fc", shape=(8, 8))
        run.step(0, loss=1.0, W_norm=[1.0])
    found = record.read(tmp_path / "run.vgrun")
    assert code_for(found, HE) == ""
    remedy = Remedy("He's weights", HE)
    assert coded(found, nearest_spec(found).spec, [remedy]) == (remedy,)


FOREIGN = [
    "a; import os",
    'x"]; import os; ["',
    "two words",
    "class",
    "läng§import os",
    "x§#",
    "a'b\\",
]


@pytest.mark.parametrize("foreign", FOREIGN)
@pytest.mark.parametrize(
    "changes",
    [
        LAYER_NORM, RELU, HE, AROUND, ((TRAINABLE, "{name}"),), ((ATTACHED, "{name}"),),
        ((SCALED, "{name}"),), (("network.output", "identity"),),
    ],
)  # fmt: skip
def test_whatever_modules_are_called_only_their_names_stand_in_the_code(tmp_path, foreign, changes):
    """A recording may come from anybody, and its code is pasted: names are never code."""
    name = foreign.replace("§", "\n")
    with record.Recording(tmp_path / "run.vgrun", framework="PyTorch 2.13") as run:
        run.module(name, kind=name)
        before: list[str] = []
        for number in range(4):
            for part, kind in ((f"{name}.{number}", "Linear"), (f"{name}.act{number}", "Tanh")):
                run.stage(part, kind=kind, shape=(4, 8), inputs=before)
                before = [part]
            run.parameter(f"{name}.{number}.weight", stage=f"{name}.{number}", shape=(8, 8))
        run.stage(name, kind="Softmax", shape=(4, 8), inputs=before)
        run.step(0, loss=1.0, W_norm=[1.0] * 4)
    found = record.read(tmp_path / "run.vgrun")
    given = [(path, str(value).replace("{name}", name)) for path, value in changes]
    code = pasted(code_for(found, given))
    tree = ast.parse(textwrap.dedent(code.replace("def forward(self, x):", "if x:")))
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    assert imported == []
