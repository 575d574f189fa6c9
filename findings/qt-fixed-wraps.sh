#!/usr/bin/env bash
# A widget that wraps, with a fixed vertical policy and a height for its width: how high is it?
# guess: as high as its height for the width that the layout gives it.
# seen:  the layout keeps that room free, and the widget gets the height of its size hint, which
#        is that of another width: the last lines are cut, with a gap below. "Minimum" is whole.
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
from PySide6.QtCore import QSize, qVersion
from PySide6.QtWidgets import QApplication, QSizePolicy, QVBoxLayout, QWidget

app = QApplication([])
print("Qt", qVersion())
Policy = QSizePolicy.Policy


class Wraps(QWidget):
    """40,000 square pixels of text, whatever the width."""

    def __init__(self, vertical: Policy) -> None:
        super().__init__()
        policy = QSizePolicy(Policy.Ignored, vertical)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def heightForWidth(self, width: int) -> int:
        return 40_000 // max(width, 1)

    def sizeHint(self) -> QSize:
        return QSize(400, self.heightForWidth(400))


def height_at_200(vertical: Policy) -> int:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    widget = Wraps(vertical)
    column.addWidget(widget)
    column.addStretch(1)
    holder.resize(200, 500)
    holder.show()
    app.processEvents()
    print(f"{vertical.name}: {widget.height()} of {widget.heightForWidth(200)}")
    return widget.height()


assert height_at_200(Policy.Minimum) == 200
assert height_at_200(Policy.Fixed) == 100
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
