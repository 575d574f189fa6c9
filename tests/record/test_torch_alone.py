"""Recording where only NumPy and PyTorch are installed: a training server without a screen."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import vgsim

ROOT = Path(vgsim.__file__).resolve().parents[1]
DRAWN = ("PySide6", "shiboken6", "pyqtgraph", "PIL", "pptx", "matplotlib", "tomli_w", "colorama")
"""What vgsim draws and exports with, and more that must not be needed."""
TRAIN = """\
import sys
import torch
from torch import nn
torch.set_num_threads(1)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.LSTM(8, 4), nn.Flatten(0))
model.forward = lambda x: model[2](model[1](model[0](x)))[0].sum()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
def update():
    optimizer.zero_grad()
    loss = model(torch.randn(5, 2, 4))
    loss.backward()
    optimizer.step()
    return loss
"""
READ = """
found = record.read("run.vgrun")
print(found.stages, found.steps.tolist(), bool((found["dh_rms"][:, 0] > 0).all()))
import importlib.util
for name in sys.argv[1:]:
    assert importlib.util.find_spec(name) is None, name
"""


def link(distribution: str, folder: Path) -> None:
    """Make the packages of a distribution, and of all that it requires, importable in a folder."""
    try:
        found = metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        link_package(distribution.lower().replace("-", "_"), folder)
        return
    tops = {file.parts[0] for file in found.files or ()} - {"..", "__pycache__", "bin"}
    if all((folder / top).exists() for top in tops):
        return
    for top in tops:
        if not (folder / top).exists():
            (folder / top).symlink_to(Path(str(found.locate_file(top))))
    for requirement in found.requires or ():
        if "extra ==" not in requirement:
            link(re.split(r"[^A-Za-z0-9._-]", requirement)[0], folder)


def link_package(name: str, folder: Path) -> None:
    """The same of a package that was copied somewhere without what says where it came from.

    Where it is not there at all, it is needed on another system only.
    """
    spec = importlib.util.find_spec(name)
    if spec is not None and spec.origin is not None and not (folder / name).exists():
        origin = Path(spec.origin)
        whole = origin.parent if spec.submodule_search_locations else origin
        (folder / whole.name).symlink_to(whole)


def ran(packages: Path, folder: Path, *words: str) -> str:
    """What Python prints with the standard library and ``packages`` alone."""
    done = subprocess.run(
        [sys.executable, "-S", "-P", *words], cwd=folder, capture_output=True, text=True,
        env={
            "PYTHONPATH": str(packages), "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1",
            "PATH": os.environ["PATH"],
        }, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def numpy_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("numpy")
    link("numpy", folder)
    (folder / "vgsim").symlink_to(ROOT / "vgsim")
    return folder


@pytest.fixture(scope="module")
def torch_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("torch")
    folder = tmp_path_factory.mktemp("torch")
    link("numpy", folder)
    for name in ("torch", "mpmath", "markupsafe"):  # the last two are what it requires requires
        link(name, folder)
    (folder / "vgsim").symlink_to(ROOT / "vgsim")
    return folder


def test_the_writer_and_the_reader_need_numpy_alone(numpy_alone: Path, tmp_path: Path) -> None:
    program = """
import sys
import vgsim.record as record
with record.Recording("run.vgrun") as run:
    run.stage("fc1", kind="Linear").step(0, dh_rms=[2.0])
"""
    printed = ran(numpy_alone, tmp_path, "-c", program + READ, "torch", *DRAWN)
    assert printed == "('fc1',) [0] True\n"
    listed = ran(numpy_alone, tmp_path, "-m", "vgsim.record", "run.vgrun")
    assert listed.startswith("run.vgrun · ")
    assert "fc1" in listed


@pytest.mark.torch
def test_the_recorder_needs_pytorch_besides(torch_alone: Path, tmp_path: Path) -> None:
    program = (
        TRAIN
        + """
import vgsim.record as record
with record.torch(model, "run.vgrun", every=2) as run:
    for step in range(3):
        run.step(update())
"""
    )
    printed = ran(torch_alone, tmp_path, "-c", program + READ, *DRAWN)
    assert printed == "('0', '1', '2', '2[1][0]', '2[1][1]') [0, 2] True\n"
    assert "LSTM" in ran(torch_alone, tmp_path, "-m", "vgsim.record", "run.vgrun")


@pytest.mark.torch
def test_a_script_is_recorded_there_too(torch_alone: Path, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(TRAIN + "for step in range(3):\n    update()\n", "utf-8")
    assert ran(torch_alone, tmp_path, "-m", "vgsim", "record", "--every", "2", "train.py") == ""
    assert "2 steps recorded, 0 to 2" in ran(
        torch_alone, tmp_path, "-m", "vgsim.record", "run.vgrun"
    )
