"""A character LSTM that forgets: it reads 100 letters and is asked for the first one.

    python docs/examples/forgetting_lstm.py                 # by the two lines in train()
    vgsim record docs/examples/forgetting_lstm.py --plain   # the same, recorded from outside

It reads vgsim's own lessons. With PyTorch's default biases the forget gates are half open: each
timestep loses a third of ∂J/∂c_t on its way back, 100 of them all but a part in 10²⁰, and the first
letter is never learned. ``--remember`` opens the gates (a forget bias of 3): the gradient arrives.
"""

import argparse

import torch
from torch import nn

import vgsim.record as record
from vgsim.core.resources import resource

LETTERS = "abcdefghijklmnopqrstuvwxyz "
LENGTH, WIDTH, BATCH = 100, 32, 32


class Reader(nn.Module):
    """Reads a passage letter by letter, and says at its end which letter came first."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(len(LETTERS), 16)
        self.lstm = nn.LSTM(16, WIDTH, batch_first=True)
        self.head = nn.Linear(WIDTH, len(LETTERS))

    def forward(self, x):
        states, _ = self.lstm(self.embed(x))
        return self.head(states[:, -1])


def text():
    """All lessons in one row of numbers, one a letter."""
    pages = sorted(resource("lessons").glob("*/*.md"))
    words = " ".join(page.read_text("utf-8") for page in pages).lower().split()
    kept = [letter for letter in " ".join(words) if letter in LETTERS]
    return torch.tensor([LETTERS.index(letter) for letter in kept])


def open_forget_gates(lstm, bias):
    """PyTorch's rows are those of the input, forget, cell and output gate, in this order."""
    with torch.no_grad():
        lstm.bias_ih_l0[WIDTH : 2 * WIDTH] = bias
        lstm.bias_hh_l0[WIDTH : 2 * WIDTH] = 0


def update(model, optimizer, passages):
    """One update; the loss before it."""
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(passages), passages[:, 0])
    loss.backward()
    optimizer.step()
    return loss


def train(path, steps, remember=False):
    """Train, and record into ``path`` unless it is None."""
    torch.manual_seed(0)
    model = Reader()
    if remember:
        open_forget_gates(model.lstm, 3.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    passages = text().unfold(0, LENGTH, 1)
    batches = torch.randint(len(passages), (steps, BATCH))
    if path is None:
        for batch in batches:
            loss = update(model, optimizer, passages[batch])
    else:
        with record.torch(model, path, every=10) as run:
            for batch in batches:
                loss = update(model, optimizer, passages[batch])
                run.step(loss)
    print(f"loss {loss.item():.3f} after {steps} updates")


def main():
    """Read the command line."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("--out", default="forgetting_lstm.vgrun", help="where the recording goes")
    reader.add_argument("--plain", action="store_true", help="do not record")
    reader.add_argument("--remember", action="store_true", help="open the forget gates")
    reader.add_argument("--steps", type=int, default=200)
    chosen = reader.parse_args()
    train(None if chosen.plain else chosen.out, chosen.steps, chosen.remember)


if __name__ == "__main__":
    main()
