#!/usr/bin/env bash
# A Qt model that returns True for a check state shows a half-checked box.
# guess: True is checked and False is not; the type is ignored or refused otherwise.
# seen:  True is the int 1, PartiallyChecked; np.True_ is no state at all (4294967295), which
#        draws as it likes.
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
import numpy as np
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QStyledItemDelegate, QStyleOptionViewItem

app = QApplication([])
print("Qt", qVersion(), "NumPy", np.__version__)


def state(value: object) -> Qt.CheckState:
    item = QStandardItem("row")
    item.setData(value, Qt.ItemDataRole.CheckStateRole)
    model = QStandardItemModel()
    model.appendRow(item)
    option = QStyleOptionViewItem()
    QStyledItemDelegate().initStyleOption(option, model.index(0, 0))
    print(f"{value!r} is shown as {option.checkState!r}")
    return option.checkState


assert state(Qt.CheckState.Checked) == state(2) == Qt.CheckState.Checked
assert state(False) == Qt.CheckState.Unchecked
assert state(True) == Qt.CheckState.PartiallyChecked
assert state(np.True_) not in list(Qt.CheckState)
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
