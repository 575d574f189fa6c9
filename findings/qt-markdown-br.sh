#!/usr/bin/env bash
# A <br> in Markdown ends the document: Qt's QTextDocument drops all that follows.
# guess: <br> is a line break, as in CommonMark renderers, or is ignored; the next paragraph is
#        there.
# seen:  everything after <br> is lost, later paragraphs included; so after <img ...>. <br/> and
#        <sub> are fine.
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
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication, QTextDocument

app = QGuiApplication([])
print("Qt", qVersion())


def shown(markdown: str) -> str:
    document = QTextDocument()
    document.setMarkdown(markdown + "\n\nNext paragraph.")
    text = document.toPlainText()
    print(f"{markdown!r} + a next paragraph -> {text!r}")
    return text


assert shown("one<br/>two") == "one\ntwo\nNext paragraph."
assert shown("H<sub>2</sub>O") == "H2O\nNext paragraph."
assert shown("one<br>two").strip() == "one"
assert shown('a <img src="a.png"> b').strip() == "a"
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
