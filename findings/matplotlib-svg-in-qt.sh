#!/usr/bin/env bash
# matplotlib's SVG in Qt: curves run out of the axes, for QtSvg knows mask but not clip-path.
# guess: QtSvg renders clip-path: it renders masks, patterns, markers and filters since 6.7.
# seen:  a mask hides, a clip-path does nothing and says nothing; a curve cut by the axes reaches
#        the edge.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "PySide6-Essentials==6.12.0; python_version>='3.12'" \
  "PySide6-Essentials==6.11.3; python_version<'3.12'" \
  matplotlib==3.11.2
"$dir/venv/bin/python" -c "import PySide6.QtWidgets" || {
  echo "needs libegl1 libgl1 libglib2.0-0 libxkbcommon0 libfontconfig1 libdbus-1-3" >&2; exit 2; }
cat > "$dir/look.py" <<'END'
import io
import matplotlib
matplotlib.use("svg")
from matplotlib import pyplot
from PySide6.QtCore import QByteArray, qVersion
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

app = QGuiApplication([])
print("Qt", qVersion(), "matplotlib", matplotlib.__version__)


def red_rows(svg: bytes) -> tuple[int, int]:
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg)).render(painter)
    painter.end()
    rows = [y for y in range(200) if any(image.pixelColor(x, y).green() < 80 for x in range(200))]
    return rows[0], rows[-1]


shape = '<{0} id="c"><rect x="0" y="50" width="200" height="100" fill="white"/></{0}>'
page = ('<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200">{}'
        '<rect width="200" height="200" fill="red" {}="url(#c)"/></svg>')
masked = red_rows(page.format(shape.format("mask"), "mask").encode())
clipped = red_rows(page.format(shape.format("clipPath"), "clip-path").encode())
figure = pyplot.figure(figsize=(4, 4))
axes = figure.add_axes((0.25, 0.25, 0.5, 0.5))
axes.plot([0, 1], [-10, 10], color="red", linewidth=10)
axes.set_ylim(-1, 1)
axes.set_axis_off()
file = io.BytesIO()
figure.savefig(file, format="svg")
plotted = red_rows(file.getvalue())
print("red rows of 0..199: mask", masked, "clip-path", clipped, "axes from 50 to 149", plotted)
assert masked == (50, 149) and clipped == (0, 199) and plotted[0] < 5 and plotted[1] > 195
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
