#!/usr/bin/env bash
# Which null values of Qt are false? Not the invalid index, color, size or URL.
# guess: bool() of a null or invalid value is False for all of them, or always True as for other
#        objects.
# seen:  null point, rectangle, pixmap, image, icon, date are False; invalid QModelIndex, QColor,
#        QSize, QUrl, QKeySequence are True: "if index:" is always so.
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
from PySide6.QtCore import QDate, QModelIndex, QPoint, QRect, QSize, QUrl, qVersion
from PySide6.QtGui import QColor, QIcon, QImage, QKeySequence, QPixmap
from PySide6.QtWidgets import QApplication

app = QApplication([])
print("Qt", qVersion())
null = [QPoint(), QRect(), QPixmap(), QImage(), QIcon(), QDate()]
null += [QModelIndex(), QColor(), QSize(), QUrl(), QKeySequence()]
seen = {}
for value in null:
    name = type(value).__name__
    valid = value.isValid() if hasattr(value, "isValid") else not (
        value.isEmpty() if isinstance(value, QKeySequence) else value.isNull())
    seen[name] = bool(value)
    print(f"{name}(): valid {valid}, bool {bool(value)}")
    assert not valid
true = {name for name, truth in seen.items() if truth}
assert true == {"QModelIndex", "QColor", "QSize", "QUrl", "QKeySequence"}
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
