#!/usr/bin/env bash
# pyqtgraph: plot(..., clipToView=True) raises on a PlotWidget, and works a line later.
# guess: the option of PlotDataItem works wherever plot() does, as downsample and autoDownsample
#        do.
# seen:  AttributeError (autoRangeEnabled): the widget, a view itself, is asked while the curve is
#        put in. On a bare PlotItem, or by setClipToView(True) afterwards, it works.
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
print("Qt", qVersion(), "pyqtgraph", pyqtgraph.__version__)
x = np.arange(100.0)


def tried(view: object, **options: object) -> str:
    try:
        curve = view.plot(x, x, **options)
    except AttributeError as error:
        return "AttributeError: " + str(error).rpartition(": ")[2]
    curve.setClipToView(True)
    return "works"


grid = pyqtgraph.GraphicsLayoutWidget()
seen = {
    "PlotItem, clipToView": tried(pyqtgraph.PlotItem(), clipToView=True),
    "PlotWidget, autoDownsample": tried(pyqtgraph.PlotWidget(), autoDownsample=True),
    "PlotWidget, set afterwards": tried(pyqtgraph.PlotWidget()),
    "PlotWidget, clipToView": tried(pyqtgraph.PlotWidget(), clipToView=True),
    "GraphicsLayoutWidget, clipToView": tried(grid.addPlot(), clipToView=True),
}
for what, result in seen.items():
    print(what, "->", result)
results = list(seen.values())
assert results[:3] == ["works"] * 3
assert all(result.startswith("AttributeError") for result in results[3:])
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
