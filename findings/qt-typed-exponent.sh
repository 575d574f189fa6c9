#!/usr/bin/env bash
# Type 1e-3 into a QDoubleSpinBox and it holds 1.
# guess: the text is read as 0.001 (QLocale and float() both do), or is refused as a whole.
# seen:  "e" and "-" are swallowed key by key, and so is what then no longer fits: 1e-3 gives 1,
#        5e-4 gives 5.
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
from PySide6.QtCore import QLocale, Qt, qVersion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDoubleSpinBox

app = QApplication([])
QLocale.setDefault(QLocale.c())
print("Qt", qVersion())


def typed(text: str, largest: float) -> float:
    box = QDoubleSpinBox(decimals=10, maximum=largest)
    box.setValue(0.25)
    box.show()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)
    print(f"typed {text!r} (0 to {largest:g}) -> {box.value()!r}")
    return box.value()


print("QLocale reads", QLocale.c().toDouble("1e-3"))
assert QLocale.c().toDouble("1e-3") == (0.001, True)
assert typed("0.001", 1.0) == 0.001
assert typed("1e-3", 1.0) == 1.0
assert typed("5e-4", 10.0) == 5.0
assert typed("5e-4", 100.0) == 54.0
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
