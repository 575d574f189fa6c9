#!/usr/bin/env bash
# resvg_py refuses every SVG with a size in pt or mm, those of matplotlib and Qt among them.
# guess: a size in pt or mm is read at 96 dots per inch, as in CSS; dpi is an option for other
#        densities.
# seen:  dpi defaults to 0: "SVG has an invalid size" even with width and height given; dpi=96
#        helps.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "PySide6-Essentials==6.12.0; python_version>='3.12'" \
  "PySide6-Essentials==6.11.3; python_version<'3.12'" \
  matplotlib==3.11.2 resvg_py==0.5.0
"$dir/venv/bin/python" -c "import PySide6.QtWidgets" || {
  echo "needs libegl1 libgl1 libglib2.0-0 libxkbcommon0 libfontconfig1 libdbus-1-3" >&2; exit 2; }
cat > "$dir/look.py" <<'END'
import io
import matplotlib
matplotlib.use("svg")
from matplotlib import pyplot
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, qVersion
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtSvg import QSvgGenerator
import resvg_py

app = QGuiApplication([])
print("Qt", qVersion(), "matplotlib", matplotlib.__version__, "resvg_py", resvg_py.__version__)
file = io.BytesIO()
pyplot.figure(figsize=(1, 1)).savefig(file, format="svg")
data = QByteArray()
device = QBuffer(data)
device.open(QIODevice.OpenModeFlag.WriteOnly)
generator = QSvgGenerator()
generator.setOutputDevice(device)
generator.setSize(QSize(72, 72))
painter = QPainter(generator)
painter.drawLine(0, 0, 72, 72)
painter.end()


def width(svg: bytes, **options: int) -> str:
    try:
        png = bytes(resvg_py.svg_to_bytes(svg_string=svg.decode(), **options))
    except ValueError as error:
        return str(error)
    return str(int.from_bytes(png[16:20], "big"))


for maker, svg in (("matplotlib", file.getvalue()), ("QSvgGenerator", bytes(data))):
    tag = svg[svg.index(b"<svg"):]
    results = [width(svg), width(svg, width=100, height=100), width(svg, dpi=96)]
    print(maker, tag[tag.index(b"width="):].split()[0].decode(), "->", results)
    assert results == ["SVG has an invalid size"] * 2 + ["96"]
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
