#!/usr/bin/env bash
# Every fourth float64 is another one after a trip through an .xlsx file.
# guess: the file holds text, so openpyxl and XlsxWriter write repr(): floats come back exactly.
# seen:  both write 16 digits: 250 of 1,000 random floats change, 0.1 + 0.2 is 0.3, and the
#        largest float is read as infinity; openpyxl writes NaN as an empty cell, XlsxWriter
#        raises.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  openpyxl==3.1.5 xlsxwriter==3.3.1
cat > "$dir/look.py" <<'END'
import io
import math
import random
import sys
import openpyxl
import xlsxwriter

print("openpyxl", openpyxl.__version__, "XlsxWriter", xlsxwriter.__version__)


def read(file: io.BytesIO) -> list[object]:
    return [cell.value for (cell,) in openpyxl.load_workbook(file).active.iter_rows()]


def by_openpyxl(numbers: list[float]) -> list[object]:
    file, book = io.BytesIO(), openpyxl.Workbook()
    for number in numbers:
        book.active.append([number])
    book.save(file)
    return read(file)


def by_xlsxwriter(numbers: list[float]) -> list[object]:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    book.add_worksheet().write_column(0, 0, numbers)
    book.close()
    return read(file)


random.seed(0)
numbers = [random.random() for _ in range(1000)] + [0.1 + 0.2, sys.float_info.max]
for name, trip in (("openpyxl", by_openpyxl), ("XlsxWriter", by_xlsxwriter)):
    back = trip(numbers)
    changed = sum(a != b for a, b in zip(numbers[:1000], back, strict=False))
    print(f"{name}: {changed} of 1000 changed, 0.1 + 0.2 -> {back[1000]}, largest -> {back[1001]}")
    assert 200 < changed < 300 and back[1000] == 0.3 and back[1001] == math.inf
END
"$dir/venv/bin/python" "$dir/look.py"
