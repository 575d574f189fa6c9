#!/usr/bin/env bash
# Qt sorts a column of Python dates, Decimals or NumPy numbers by their addresses in memory.
# guess: they are compared as Python compares them, or by the text that the cell shows; np.float64
#        is a float and sorted as one.
# seen:  in 6.12 QSortFilterProxyModel's order is sorted(values, key=id), another one in each run;
#        in 6.11 they stay as they were. No warning; int and float are right. The cells are blank,
#        np.float64 included.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "PySide6-Essentials==6.12.0; python_version>='3.12'" \
  "PySide6-Essentials==6.11.3; python_version<'3.12'" \
  "numpy==2.5.5; python_version>='3.12'" \
  "numpy==2.4.6; python_version<'3.12'"
"$dir/venv/bin/python" -c "import PySide6.QtWidgets" || {
  echo "needs libegl1 libgl1 libglib2.0-0 libxkbcommon0 libfontconfig1 libdbus-1-3" >&2; exit 2; }
cat > "$dir/look.py" <<'END'
import random
from datetime import date
from decimal import Decimal
from typing import Any
import numpy as np
from PySide6.QtCore import QSortFilterProxyModel, Qt, qVersion
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QStyledItemDelegate, QStyleOptionViewItem

app = QApplication([])
print("Qt", qVersion(), "NumPy", np.__version__)


def look(kind: Any) -> None:
    values = [kind(number) for number in range(300, 330)]
    random.shuffle(values)
    model = QStandardItemModel()
    for value in values:
        item = QStandardItem()
        item.setData(value, Qt.ItemDataRole.DisplayRole)
        model.appendRow(item)
    option = QStyleOptionViewItem()
    QStyledItemDelegate().initStyleOption(option, model.index(0, 0))
    proxy = QSortFilterProxyModel()
    proxy.setSourceModel(model)
    proxy.sort(0)
    order = [proxy.index(row, 0).data() for row in range(30)]
    orders = {"right": sorted(values), "by address": sorted(values, key=id), "as it was": values}
    seen = [name for name, known in orders.items() if order == known]
    print(f"{values[0]!r} shown as {option.text!r}, sorted: {seen}")
    wrong = "by address" if qVersion() >= "6.12" else "as it was"
    assert seen == (["right"] if kind in (int, float) else [wrong])
    assert (option.text == "") == (seen == [wrong])


for kind in (int, float, np.float64, np.float32, np.int64, Decimal, date.fromordinal):
    look(kind)
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
