"""An MLP whose gradient vanishes: 16 sigmoid layers on the digits that vgsim ships.

    python docs/examples/vanishing_mlp.py                 # by the two lines in train()
    vgsim record docs/examples/vanishing_mlp.py --plain   # the same, recorded from outside

A sigmoid lets through a quarter at most, and PyTorch's default weights make up for none of it: of
∂J/∂output of the last layer next to nothing arrives at the first one, and the loss stays at ln 10.
"""

import argparse
from collections import OrderedDict

import numpy as np
import torch
from torch import nn

import vgsim.record as record
from vgsim.core.resources import resource

DEPTH, WIDTH, BATCH = 16, 32, 64


def build():
    """Layers fc1, act1, fc2, … and head."""
    layers = OrderedDict()
    size = 64
    for number in range(1, DEPTH + 1):
        layers[f"fc{number}"] = nn.Linear(size, WIDTH)
        layers[f"act{number}"] = nn.Sigmoid()
        size = WIDTH
    layers["head"] = nn.Linear(WIDTH, 10)
    return nn.Sequential(layers)


def digits():
    """Pictures as rows of 64 numbers from 0 to 1, and what they show."""
    with np.load(resource("datasets", "digits.npz")) as data:
        x = torch.tensor(data["x"], dtype=torch.float32).flatten(1) / 16
        return x, torch.tensor(data["y"], dtype=torch.long)


def update(model, optimizer, x, y):
    """One update; the loss before it."""
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss


def train(path, steps):
    """Train, and record into ``path`` unless it is None."""
    torch.manual_seed(0)
    model = build()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
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
    reader.add_argument("--out", default="vanishing_mlp.vgrun", help="where the recording goes")
    reader.add_argument("--plain", action="store_true", help="do not record")
    reader.add_argument("--steps", type=int, default=400)
    chosen = reader.parse_args()
    train(None if chosen.plain else chosen.out, chosen.steps)


if __name__ == "__main__":
    main()
