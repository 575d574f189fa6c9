"""``vgsim record``: a script runs as it is, and is recorded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

import vgsim.record as record  # noqa: E402

pytestmark = pytest.mark.torch
ROOT = Path(__file__).resolve().parents[2]
TRAIN = """\
import sys
import torch
from torch import nn
torch.set_num_threads(1)
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 8)
        self.fc2 = nn.Linear(8, 1)
    def forward(self, x):
        return self.fc2(self.fc1(x).tanh())
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(5):
    optimizer.zero_grad()
    loss = net(torch.randn(8, 4)).square().mean()
    loss.backward()
    optimizer.step()
print(__name__, sys.argv, sys.modules["__main__"].Net is Net, __file__)
"""


def ran(folder: Path, *words: str, plain: bool = False) -> subprocess.CompletedProcess[str]:
    """A program run by ``vgsim record``, or by Python itself."""
    command = [] if plain else ["-m", "vgsim", "record", "--every", "2"]
    paths = [str(ROOT), *sys.path]
    return subprocess.run(
        [sys.executable, *command, *words], cwd=folder, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}, timeout=240,
    )  # fmt: skip


def test_a_script_is_recorded_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(TRAIN, "utf-8")
    done = ran(tmp_path, "train.py", "--out", "of the script")
    same = ran(tmp_path, "train.py", "--out", "of the script", plain=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, same.stdout, "")
    run = record.read(tmp_path / "run.vgrun")
    assert run.finished
    assert run.stages == ("fc1", "fc1→tanh", "fc2")
    assert list(run.steps) == [0, 2, 4]
    assert (run["dh_norm"] > 0).all()
    assert (run["update_norm"] > 0).all()
    assert (run["loss"] > 0).all()
    assert run["learning_rate"][0, 0] == 0.1


def test_a_module_is_recorded(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "train.py").write_text(TRAIN, "utf-8")
    done = ran(tmp_path, "--out", "m.vgrun", "-m", "package.train", "--epochs", "3")
    same = ran(tmp_path, "-m", "package.train", "--epochs", "3", plain=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, same.stdout, "")
    assert record.read(tmp_path / "m.vgrun").stages == ("fc1", "fc1→tanh", "fc2")


@pytest.mark.parametrize("end", ["raise KeyError('mine')", "sys.exit(7)", "sys.exit('sorry')"])
def test_how_it_ends_is_its_own(tmp_path: Path, end: str) -> None:
    (tmp_path / "train.py").write_text("import sys\n" + end, "utf-8")
    done = ran(tmp_path, "train.py")
    same = ran(tmp_path, "train.py", plain=True)
    assert done.returncode == same.returncode
    assert done.stderr == same.stderr


@pytest.mark.parametrize("words", [(), ("absent.py",), ("--every", "0", "train.py"), ("-m",)])
def test_a_wrong_use_is_one_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = ran(tmp_path, *words)
    assert done.returncode == 2
    assert done.stderr.startswith("vgsim: ")
    assert done.stderr.count("\n") == 1
