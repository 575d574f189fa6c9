"""A disk that is full while a file is written: the old one stays, the error names the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from tests.helpers.provenance import picture, provenance, shots
from vgsim.export.formats.apng import save_apng
from vgsim.export.formats.csv import save_csv
from vgsim.export.formats.gif import save_gif
from vgsim.export.formats.jsonl import save_jsonl
from vgsim.export.formats.mp4 import save_mp4
from vgsim.export.formats.npz import save_npz
from vgsim.export.formats.png import encoded, save_png
from vgsim.export.formats.pptx import Slide, save_pptx
from vgsim.export.formats.webp import save_webp
from vgsim.export.table import Table

resource = pytest.importorskip("resource", reason="file sizes cannot be limited there")

TABLE = Table({"x": np.random.default_rng(0).normal(size=500)})
WRITERS = {
    "png": lambda path: save_png(picture(), path, provenance()),
    "apng": lambda path: save_apng(shots(), path, provenance()),
    "gif": lambda path: save_gif(shots(), path, provenance()),
    "webp": lambda path: save_webp(shots(), path, provenance()),
    "mp4": lambda path: save_mp4(shots(), path, provenance()),
    "pptx": lambda path: save_pptx([Slide("t", encoded(picture()), "alt")], path, provenance()),
    "csv": lambda path: save_csv(TABLE, path),
    "jsonl": lambda path: save_jsonl(TABLE, path),
    "npz": lambda path: save_npz(TABLE, path),
}


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """Let every write that makes a file larger than ``size`` bytes fail, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("kind", WRITERS)
def test_the_old_file_stays_and_the_error_names_it(kind, qapp, tmp_path):
    if kind == "mp4":
        pytest.importorskip("av")
    path = tmp_path / f"x.{kind}"
    path.write_text("old")
    with no_file_over(300), pytest.raises(OSError, match="too large") as caught:
        WRITERS[kind](path)
    assert caught.value.filename == str(path)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]
