#!/usr/bin/env bash
# Zoomed in far from zero, all of pyqtgraph's tick labels are the same.
# guess: labels have the digits that tell neighboring ticks apart, or an offset is shown, as in
#        matplotlib.
# seen:  %g with six digits: steps 1,000,000 to 1,000,004 all read 1e+06, and 100000.1 and
#        100000.2 both 100000.
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
from PySide6.QtGui import QPainter, QPicture

app = pyqtgraph.mkQApp()
print("Qt", qVersion(), "pyqtgraph", pyqtgraph.__version__)


def labels(low: float, high: float) -> list[str]:
    plot = pyqtgraph.PlotWidget()
    plot.resize(600, 300)
    plot.setXRange(low, high, padding=0)
    plot.grab()
    picture = QPicture()
    painter = QPainter(picture)
    axis, ticks, texts = plot.getAxis("bottom").generateDrawSpecs(painter)
    painter.end()
    print(f"{low} to {high}: labels drawn {[text for _, _, text in texts]}")
    return [text for _, _, text in texts]


assert len(set(labels(0, 10))) > 4
for low, high, text in ((1_000_000, 1_000_004, "1e+06"), (100_000.1, 100_000.4, "100000")):
    drawn = labels(low, high)
    assert len(drawn) > 2 and set(drawn) == {text}
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
