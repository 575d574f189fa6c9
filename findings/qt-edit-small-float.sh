#!/usr/bin/env bash
# Open a table cell of 0.001 for editing, press Enter, and it is 0.
# guess: an editor that is opened and closed without typing leaves the value alone.
# seen:  the default editor has two decimals: 0.001 becomes 0, 1.239 becomes 1.24; texts and ints
#        stay.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "PySide6-Essentials==6.12.0; python_version>='3.12'" \
  "PySide6-Essentials==6.11.3; python_version<'3.12'"
"$dir/venv/bin/python" -c "import PySide6.QtWidgets" || {
  echo "needs libegl1 libgl1 libglib2.0-0 libxkbcommon0 libfontconfig1 libdbus-1-3" >&2; exit 2; }
cat > "$dir/look.py" <<'END'
from PySide6.QtCore import Qt, qVersion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox, QApplication, QLineEdit, QTableWidget, QTableWidgetItem)

app = QApplication([])
print("Qt", qVersion())


def after_enter(value: object) -> object:
    table = QTableWidget(1, 1)
    item = QTableWidgetItem()
    item.setData(Qt.ItemDataRole.EditRole, value)
    table.setItem(0, 0, item)
    table.show()
    table.editItem(item)
    editor = table.findChild(QAbstractSpinBox) or table.findChild(QLineEdit)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    app.processEvents()
    result = item.data(Qt.ItemDataRole.EditRole)
    print(f"{value!r}, editor {type(editor).__name__}, Enter -> {result!r}")
    return result


assert after_enter("0.001") == "0.001"
assert after_enter(7) == 7
assert after_enter(0.001) == 0.0
assert after_enter(1.239) == 1.24
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
