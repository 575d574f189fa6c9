#!/usr/bin/env bash
# pyqtgraph draws nothing of an image with one row that was transposed, and says nothing.
# guess: np.ascontiguousarray(a.transpose(1, 0, 2)) is drawn like a fresh array of the same values.
# seen:  where there is one row NumPy calls the view contiguous already and copies nothing; its first
#        stride stays 3, pyqtgraph hands that to QImage as the bytes of a line, and the image is null.
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
import numpy as np
import pyqtgraph
from PySide6.QtCore import qVersion

app = pyqtgraph.mkQApp()
print("Qt", qVersion(), "pyqtgraph", pyqtgraph.__version__, "NumPy", np.__version__)


def color(rgb: np.ndarray) -> str:
    """What is seen in the middle of a picture in which all is #5a5a5a."""
    view = pyqtgraph.PlotWidget()
    view.resize(300, 200)
    item = pyqtgraph.ImageItem(rgb, axisOrder="row-major", autoLevels=False)
    view.addItem(item)
    view.show()
    app.processEvents()
    middle = view.plotItem.vb.mapViewToScene(item.boundingRect().center()).toPoint()
    seen = view.grab().toImage().pixelColor(middle.x() + 2, middle.y() + 2).name()
    print(rgb.shape, "strides", rgb.strides, "contiguous", rgb.flags.c_contiguous, "->", seen)
    return seen


column = np.full((13, 1, 3), 0x5A, np.uint8)
two = np.full((13, 2, 3), 0x5A, np.uint8)
assert color(np.full((1, 13, 3), 0x5A, np.uint8)) == "#5a5a5a"
assert color(np.ascontiguousarray(two.transpose(1, 0, 2))) == "#5a5a5a"
assert color(np.ascontiguousarray(column.transpose(1, 0, 2))) == "#000000"
assert color(np.array(column.transpose(1, 0, 2), order="C", copy=True)) == "#5a5a5a"
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
