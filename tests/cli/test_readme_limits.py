"""The limits that the README names under "Files from elsewhere" are those of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from vgsim.cli import render
from vgsim.core import errors, machine, toml
from vgsim.export import reading
from vgsim.export.provenance import blocks, record
from vgsim.nn.datasets import _files
from vgsim.nn.datasets.tables import lines, plan

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
SECTION = README.partition("### Files from elsewhere")[2].partition("\n## ")[0]
ROWS = {row.split("|")[1].strip(): row for row in SECTION.splitlines() if row.startswith("| ")}
KIB, MIB = 2**10, 2**20


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("experiment (TOML)", f"{toml.MOST_BYTES // KIB} KiB"),
        ("experiment (TOML)", f"{toml.MOST_ENTRIES:,} entries"),
        ("experiment (TOML)", f"{toml.MOST_ENTRIES:,} lines"),
        ("experiment (TOML)", f"{toml.MOST_PARTS} parts of a key"),
        ("experiment (TOML)", f"{toml.MOST_DEPTH} brackets open"),
        ("experiment (TOML)", f"{toml.LONGEST_WORD} letters of a word"),
        ("batch (TOML)", f"{render.LARGEST_BATCH // MIB} MiB"),
        ("batch (TOML)", f"{render.MOST_BATCH_ENTRIES:,} entries"),
        ("batch (TOML)", f"{render.MOST_BATCH_ENTRIES:,} lines"),
        ("your data", f"{_files.MAX_BYTES:,} bytes"),
        ("your data", f"{_files.MAX_NUMBERS:,} numbers"),
        ("your data", f"in {machine.SHARE:.0%} of".replace("%", " %")),
        ("packed data", f"{_files.FREE_BYTES // MIB} MiB in memory"),
        ("packed data", f"{_files.MAX_RATIO} times"),
        ("CSV", f"{plan.MAX_COLUMNS:,} columns"),
        ("CSV", f"{lines.MAX_LINE:,} letters"),
        ("exported file", f"{reading.MOST_FILE // MIB:,} MiB"),
        ("exported file", f"{blocks.MOST_BLOCKS:,} blocks"),
        ("exported file", f"PDF {blocks.MOST_DOCUMENT // MIB} MiB"),
        ("exported file", f"in it {record.LIMIT // MIB} MiB"),
    ],
)
def test_a_limit_is_that_of_the_code(row, words):
    assert words in ROWS[row]


def test_so_many_problems_are_told():
    assert f"the first {errors.FIRST} are told" in SECTION
