#!/usr/bin/env bash
# pyqtgraph reads back what its siFormat wrote a thousand times too large.
# guess: siEval(siFormat(x)) is x, with and without a unit; 0.00099999 is shown as 1 mV.
# seen:  without a unit the prefix is taken for one: 0.005 -> "5 m" -> 5.0; and 0.00099999 V is
#        "1e+03 µV".
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "PySide6-Essentials==6.12.0; python_version>='3.12'" \
  "PySide6-Essentials==6.11.3; python_version<'3.12'" \
  "numpy==2.5.5; python_version>='3.12'" \
  "numpy==2.4.6; python_version<'3.12'" \
  pyqtgraph==0.14.0
"$dir/venv/bin/python" -c "import PySide6.QtWidgets" || {
  echo "needs libegl1 libgl1 libglib2.0-0 libxkbcommon0 libfontconfig1 libdbus-1-3" >&2; exit 2; }
cat > "$dir/look.py" <<'END'
import pyqtgraph
from PySide6.QtCore import qVersion

app = pyqtgraph.mkQApp()
print("Qt", qVersion(), "pyqtgraph", pyqtgraph.__version__)


def again(value: float, unit: str) -> float:
    text = pyqtgraph.siFormat(value, suffix=unit)
    back = pyqtgraph.siEval(text)
    print(f"{value!r} unit {unit!r} -> {ascii(text)} -> {back!r}")
    return back


assert again(0.005, "V") == 0.005
assert again(0.005, "") == 5.0
assert again(2500.0, "") == 2.5
assert pyqtgraph.siEval("1k") == 1.0 and pyqtgraph.siEval("1 kV") == 1000.0
near = pyqtgraph.siFormat(0.00099999, suffix="V")
print("0.00099999 V ->", ascii(near))
assert near == "1e+03 \u00b5V"
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
