#!/usr/bin/env bash
# What a slot gets from clicked(bool) depends on how it is spelled in Python.
# guess: every callable that can take one argument gets `checked`, or none of them does.
# seen:  def f(x=5) and lambda x=5 get False; partial(f) and def f(*args) get nothing; a list's
#        append, which works for other signals, raises TypeError.
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
import functools
import sys
from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton

app = QApplication([])
print("Qt", qVersion())
got: dict[str, object] = {}
raised: list[type] = []
sys.excepthook = lambda kind, *rest: raised.append(kind)


def default(x: object = 5) -> None:
    got["default"] = x


def keep(name: str, x: object = 5) -> None:
    got[name] = x


def star(*args: object) -> None:
    got["*args"] = args


button = QPushButton()
partial = functools.partial(keep, "partial")
for slot in (default, star, partial, lambda x=5: keep("lambda", x)):
    button.clicked.connect(slot)
items: list[object] = []
button.clicked.connect(items.append)
box = QComboBox()
box.currentIndexChanged.connect(items.append)
button.click()
box.addItem("one")
print(got, "| append: clicked raised", [k.__name__ for k in raised], "currentIndexChanged", items)
assert got == {"default": False, "*args": (), "partial": 5, "lambda": False}
assert raised == [TypeError] and items == [0]
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
