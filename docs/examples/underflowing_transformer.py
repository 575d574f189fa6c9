"""A small transformer in bfloat16 whose gradient underflows: its skip paths were forgotten.

    python docs/examples/underflowing_transformer.py                 # by the two lines in train()
    vgsim record docs/examples/underflowing_transformer.py --plain   # recorded from outside

Weights with a standard deviation of 0.02, as transformers have them, need residual connections:
without them a block leaves less than a thousandth of the gradient, and below 1e-38 the products
of bfloat16 matrices are 0. ``--residual`` puts the connections back, and it learns. It reads a
digit as eight rows of eight pixels.
"""

import argparse

import numpy as np
import torch
from torch import nn

import vgsim.record as record
from vgsim.core.resources import resource

DEPTH, WIDTH, HEADS, BATCH = 12, 32, 4, 32


class Attention(nn.Module):
    """Every row looks at every other."""

    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        samples, rows, _ = x.shape
        parts = self.qkv(x).view(samples, rows, 3, HEADS, WIDTH // HEADS)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        mixed = nn.functional.scaled_dot_product_attention(query, key, value)
        return self.out(mixed.transpose(1, 2).reshape(samples, rows, WIDTH))


class Block(nn.Module):
    """Attention, then two layers for each row."""

    def __init__(self, residual):
        super().__init__()
        self.residual = residual
        self.attention = Attention()
        self.up = nn.Linear(WIDTH, 4 * WIDTH)
        self.act = nn.GELU()
        self.down = nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        h = self.attention(x)
        if self.residual:
            h = x + h
        y = self.down(self.act(self.up(h)))
        return h + y if self.residual else y


class Transformer(nn.Module):
    """Reads the rows of a digit."""

    def __init__(self, residual):
        super().__init__()
        self.embed = nn.Linear(8, WIDTH)
        self.place = nn.Parameter(torch.randn(8, WIDTH))
        self.blocks = nn.Sequential(*[Block(residual) for _ in range(DEPTH)])
        self.head = nn.Linear(WIDTH, 10)
        for block in self.blocks:
            for layer in block.modules():
                if isinstance(layer, nn.Linear):
                    nn.init.normal_(layer.weight, std=0.02)

    def forward(self, x):
        return self.head(self.blocks(self.embed(x) + self.place).mean(1))


def digits():
    """Pictures as eight rows of eight numbers from 0 to 1, and what they show."""
    with np.load(resource("datasets", "digits.npz")) as data:
        x = torch.tensor(data["x"], dtype=torch.float32) / 16
        return x, torch.tensor(data["y"], dtype=torch.long)


def update(model, optimizer, x, y):
    """One update; the loss before it."""
    optimizer.zero_grad()
    with torch.autocast("cpu", torch.bfloat16):
        loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss


def train(path, steps, residual=False):
    """Train, and record into ``path`` unless it is None."""
    torch.manual_seed(0)
    model = Transformer(residual)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    x, y = digits()
    batches = torch.randint(len(x), (steps, BATCH))
    if path is None:
        for batch in batches:
            loss = update(model, optimizer, x[batch], y[batch])
    else:
        with record.torch(model, path, every=10) as run:
            for batch in batches:
                loss = update(model, optimizer, x[batch], y[batch])
                run.step(loss)
    print(f"loss {loss.item():.3f} after {steps} updates; guessing has {np.log(10):.3f}")


def main():
    """Read the command line."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument(
        "--out", default="underflowing_transformer.vgrun", help="where the recording goes"
    )
    reader.add_argument("--plain", action="store_true", help="do not record")
    reader.add_argument("--residual", action="store_true", help="put the connections back")
    reader.add_argument("--steps", type=int, default=100)
    chosen = reader.parse_args()
    train(None if chosen.plain else chosen.out, chosen.steps, chosen.residual)


if __name__ == "__main__":
    main()
