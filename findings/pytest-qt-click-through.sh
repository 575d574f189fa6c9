#!/usr/bin/env bash
# qtbot.mouseClick presses buttons that nobody could press.
# guess: a button under another widget, or behind a modal dialog, does not get the click.
# seen:  both are clicked: the event goes to the widget itself. A click sent to the window (QTest
#        on its windowHandle) takes the way of a real one and reaches neither.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "PySide6-Essentials==6.12.0; python_version>='3.12'" \
  "PySide6-Essentials==6.11.3; python_version<'3.12'" \
  pytest==9.2.0 pytest-qt==4.5.0
"$dir/venv/bin/python" -c "import PySide6.QtWidgets" || {
  echo "needs libegl1 libgl1 libglib2.0-0 libxkbcommon0 libfontconfig1 libdbus-1-3" >&2; exit 2; }
cat > "$dir/test_click.py" <<'END'
import pytest
from PySide6.QtCore import QPoint, Qt, qVersion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

LEFT = Qt.MouseButton.LeftButton


@pytest.mark.parametrize("hindrance", ["cover", "dialog"])
def test_click(qtbot, hindrance):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(200, 100)
    button = QPushButton("press", window)
    button.setGeometry(0, 0, 200, 100)
    clicks = []
    button.clicked.connect(lambda: clicks.append(1))
    if hindrance == "cover":
        QPushButton("above", window).setGeometry(0, 0, 200, 100)
    window.show()
    dialog = QDialog(window)
    if hindrance == "dialog":
        dialog.setModal(True)
        dialog.show()
    qtbot.mouseClick(button, LEFT)
    by_widget = len(clicks)
    QTest.mouseClick(window.windowHandle(), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(100, 50))
    by_window = len(clicks) - by_widget
    dialog.close()
    print(f"\nQt {qVersion()} {hindrance}: qtbot {by_widget} click, by the window {by_window}")
    assert (by_widget, by_window) == (1, 0)
END
cd "$dir"
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" -m pytest -q -s -p no:cacheprovider test_click.py
