"""Which output fed which: the recorded edges are those of the network, written here by hand."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from tests.helpers.recorded import recorded, said  # noqa: E402

pytestmark = pytest.mark.torch


def edges(text: str) -> set[tuple[str, str]]:
    """Pairs of "a > b > c" on each line: a feeds b, b feeds c."""
    found = set()
    for line in text.strip().splitlines():
        names = [name.strip() for name in line.split(">")]
        found |= set(pairwise(names))
    return found


def squared(x: Tensor) -> object:
    return lambda model: model(x).square().sum()


class BasicBlock(nn.Module):
    """As in ResNet (He et al. 2016)."""

    def __init__(self, inputs: int, outputs: int, stride: int, inplace: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU(inplace)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu2 = nn.ReLU(inplace)
        self.downsample = None
        if stride > 1:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Tensor) -> Tensor:
        around = x if self.downsample is None else self.downsample(x)
        h = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        h += around
        return self.relu2(h)


@pytest.mark.parametrize("inplace", [False, True])
def test_residual_blocks(tmp_path: Path, inplace: bool) -> None:
    blocks = [BasicBlock(4, 4, 1, inplace), BasicBlock(4, 8, 2, inplace)]
    model = nn.Sequential(nn.Conv2d(3, 4, 3, 1, 1), *blocks, nn.AdaptiveAvgPool2d(1))
    run = recorded(tmp_path / "a.vgrun", model, squared(torch.randn(2, 3, 8, 8)))
    assert set(run.edges) == edges("""
        0 > 1.conv1 > 1.bn1 > 1.relu1 > 1.conv2 > 1.bn2 > 1.relu2
        0 > 1.relu2
        1.relu2 > 2.conv1 > 2.bn1 > 2.relu1 > 2.conv2 > 2.bn2 > 2.relu2
        1.relu2 > 2.downsample.0 > 2.downsample.1 > 2.relu2 > 3
    """)


def test_a_transformer_with_norms_before(tmp_path: Path) -> None:
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.1, batch_first=True, norm_first=True)
    model = nn.TransformerEncoder(layer, 2, nn.LayerNorm(8), enable_nested_tensor=False)
    stem = nn.Sequential(nn.Linear(3, 8), model)
    run = recorded(tmp_path / "a.vgrun", stem, squared(torch.randn(2, 5, 3)))
    one = """
        {x} > {b}.norm1 > {b}.self_attn > {b}.dropout1 > {b}.norm2
        {x} > {b}.norm2
        {b}.norm2 > {b}.linear1 > {b}.linear1→relu > {b}.dropout > {b}.linear2 > {b}.dropout2
    """
    expected = edges(one.format(x="0", b="1.layers.0"))
    expected |= edges(one.format(x="0", b="1.layers.1"))
    # What goes on to the second layer is a sum of all before it.
    for source in ("0", "1.layers.0.dropout1", "1.layers.0.dropout2"):
        for target in ("1.layers.1.norm1", "1.layers.1.norm2", "1.norm"):
            expected.add((source, target))
    for source in ("1.layers.1.dropout1", "1.layers.1.dropout2"):
        expected.add((source, "1.norm"))
    assert set(run.edges) == expected


class Attention(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        mixed = F.scaled_dot_product_attention(self.query(x), self.key(x), self.value(x))
        return self.out(mixed)


def test_attention_by_hand(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(3, 8), Attention(8), nn.Linear(8, 2))
    run = recorded(tmp_path / "a.vgrun", model, squared(torch.randn(2, 5, 3)))
    assert set(run.edges) == edges("""
        0 > 1.query > 1.out
        0 > 1.key > 1.out
        0 > 1.value > 1.out > 2
    """)


class Dense(nn.Module):
    """Every layer takes what all before it have put out (Huang et al. 2017)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.layers = nn.ModuleList(nn.Conv2d(4 + 4 * k, 4, 3, padding=1) for k in range(3))
        self.last = nn.Conv2d(16, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        found = [self.stem(x)]
        for layer in self.layers:
            found.append(F.relu(layer(torch.cat(found, 1))))
        return self.last(torch.cat(found, 1))


def test_concatenated_outputs(tmp_path: Path) -> None:
    run = recorded(tmp_path / "a.vgrun", Dense(), squared(torch.randn(2, 3, 6, 6)))
    assert set(run.edges) == edges("""
        stem > layers.0 > layers.0→relu > layers.1 > layers.1→relu > layers.2 > layers.2→relu > last
        stem > layers.1
        stem > layers.2
        stem > last
        layers.0→relu > layers.2
        layers.0→relu > last
        layers.1→relu > last
    """)


class UNet(nn.Module):
    """Down, up, and across (Ronneberger et al. 2015)."""

    def __init__(self) -> None:
        super().__init__()
        self.down1 = nn.Conv2d(1, 4, 3, padding=1)
        self.pool1 = nn.MaxPool2d(2)
        self.down2 = nn.Conv2d(4, 8, 3, padding=1)
        self.pool2 = nn.MaxPool2d(2)
        self.middle = nn.Conv2d(8, 8, 3, padding=1)
        self.up2 = nn.ConvTranspose2d(8, 8, 2, 2)
        self.merge2 = nn.Conv2d(16, 4, 3, padding=1)
        self.up1 = nn.Upsample(scale_factor=2)
        self.merge1 = nn.Conv2d(8, 1, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        first = self.down1(x).relu()
        second = self.down2(self.pool1(first)).relu()
        h = self.up2(self.middle(self.pool2(second)))
        h = self.merge2(torch.cat([h, second], 1))
        return self.merge1(torch.cat([self.up1(h), first], 1))


def test_ways_across(tmp_path: Path) -> None:
    run = recorded(tmp_path / "a.vgrun", UNet(), squared(torch.randn(2, 1, 8, 8)))
    assert set(run.edges) == edges("""
        down1 > down1→relu > pool1 > down2 > down2→relu > pool2
        pool2 > middle > up2 > merge2 > up1 > merge1
        down1→relu > merge1
        down2→relu > merge2
    """)


class Siamese(nn.Module):
    """One module for two inputs, and a gate that multiplies."""

    def __init__(self) -> None:
        super().__init__()
        self.both = nn.Linear(4, 4)
        self.gate = nn.Linear(4, 4)
        self.head = nn.Linear(4, 1)

    def forward(self, pair: Tensor) -> Tensor:
        left, right = self.both(pair[0]), self.both(pair[1])
        return self.head(left * torch.sigmoid(self.gate(right)))


def test_a_module_of_two_inputs(tmp_path: Path) -> None:
    run = recorded(tmp_path / "a.vgrun", Siamese(), squared(torch.randn(2, 3, 4)))
    assert set(run.edges) == edges("""
        both > head
        both (2) > gate > gate→sigmoid > head
    """)


@pytest.mark.parametrize("frozen", [False, True])
def test_outputs_of_a_recurrent_layer(tmp_path: Path, frozen: bool) -> None:
    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Embedding(5, 4)
            self.lstm = nn.LSTM(4, 4)
            self.head = nn.Linear(8, 1)

        def forward(self, x: Tensor) -> Tensor:
            out, (h, _) = self.lstm(self.embed(x))
            return self.head(torch.cat([out[-1], h[0]], 1))

    model = Reader()
    model.embed.requires_grad_(not frozen)
    run = recorded(tmp_path / "a.vgrun", model, squared(torch.tensor([[0, 1], [2, 3]])))
    assert set(run.edges) == edges("""
        embed > lstm > head
        lstm[1][0] > head
    """)


def test_a_way_that_is_taken_later_is_found_when_it_is(tmp_path: Path) -> None:
    class Growing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = nn.Linear(4, 4)
            self.b = nn.Linear(4, 4)
            self.c = nn.Linear(4, 4)
            self.calls = 0

        def forward(self, x: Tensor) -> Tensor:
            self.calls += 1
            h = self.a(x)
            if self.calls > 2:
                h = h + self.b(h)
            return self.c(h)

    run = recorded(tmp_path / "a.vgrun", Growing(), squared(torch.randn(2, 4)), steps=4)
    assert list(run.stages) == ["a", "b", "c"]
    assert set(run.edges) == edges("""
        a > c
        a > b > c
    """)


class Functional(nn.Module):
    """As many write it: the layers are modules, what is between them is not."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(4, 8)
        self.fc2 = nn.Linear(8, 8)
        self.fc3 = nn.Linear(8, 1)

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu(self.fc1(x))
        return self.fc3(torch.sin(torch.tanh(self.fc2(h.unsqueeze(0)))) * h)


def test_activations_called_as_functions_have_a_stage(tmp_path: Path) -> None:
    run = recorded(tmp_path / "a.vgrun", Functional(), squared(torch.randn(2, 4)), steps=3)
    assert run.stages == ("fc1", "fc1→relu", "fc2", "fc2→tanh", "fc3")
    assert set(run.edges) == edges("""
        fc1 > fc1→relu > fc2 > fc2→tanh > fc3
        fc1→relu > fc3
    """)
    assert [stage.kind for stage in run.stage_list][1:4] == ["ReLU", "Linear", "Tanh"]


def test_other_functions_between_modules_are_named(tmp_path: Path) -> None:
    run = recorded(tmp_path / "a.vgrun", Functional(), squared(torch.randn(2, 4)), steps=3)
    [note] = run.notes
    assert note.text.endswith("without a stage: sin, mul between fc1→relu + fc2→tanh → fc3.")


@pytest.mark.parametrize("choice", [None, "0"])
def test_modules_between_modules_are_no_functions(tmp_path: Path, choice: str | None) -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Flatten(), nn.Linear(4, 1))
    chosen = ["0", "3"] if choice else None
    run = recorded(tmp_path / "a.vgrun", model, squared(torch.randn(2, 4)), modules=chosen)
    assert run.stages == (("0", "3") if choice else ("0", "1", "2", "3"))
    assert "function" not in said(run)


def test_many_gaps_of_one_kind_are_one_note(tmp_path: Path) -> None:
    class Deep(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(9))

        def forward(self, x: Tensor) -> Tensor:
            for layer in self.layers:
                x = torch.sin(layer(x))
            return x

    run = recorded(tmp_path / "a.vgrun", Deep(), squared(torch.randn(2, 4)), steps=2)
    [note] = run.notes
    assert "sin between layers.0 → layers.1, layers.1 → layers.2" in note.text
    assert note.text.endswith(" and at 5 more places.")
