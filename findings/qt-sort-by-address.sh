#!/usr/bin/env bash
# Qt sorts a column of Python dates, Decimals or NumPy numbers by their addresses in memory.
# guess: they are compared as Python compares them, or by the text that the cell shows; np.float64
#        is a float and sorted as one.
# seen:  QSortFilterProxyModel's order is sorted(values, key=id), another one in each run, without
#        a warning; only int, float and str are right. The cells are blank, np.float64 included.
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
    right, by_address = order == sorted(values), order == sorted(values, key=id)
    print(f"{values[0]!r} shown as {option.text!r}, sorted: right {right}, by address {by_address}")
    assert right == (kind in (int, float))
    assert right or (by_address and option.text == "")


for kind in (int, float, np.float64, np.float32, np.int64, Decimal, date.fromordinal):
    look(kind)
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
