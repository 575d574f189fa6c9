#!/usr/bin/env bash
# QSvgGenerator forgets the painter's clip: what was cut off is drawn.
# guess: a clip becomes a <clipPath>, since Qt itself, QPdfWriter and every SVG viewer know clips.
# seen:  there is no clipPath in the file and no warning; two renderers paint over the whole page.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "PySide6-Essentials==6.12.0; python_version>='3.12'" \
  "PySide6-Essentials==6.11.3; python_version<'3.12'" \
  resvg_py==0.5.0 pillow==13.0.0
"$dir/venv/bin/python" -c "import PySide6.QtWidgets" || {
  echo "needs libegl1 libgl1 libglib2.0-0 libxkbcommon0 libfontconfig1 libdbus-1-3" >&2; exit 2; }
cat > "$dir/look.py" <<'END'
import io
from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, qVersion
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator, QSvgRenderer
import resvg_py

app = QGuiApplication([])
print("Qt", qVersion(), "resvg_py", resvg_py.__version__)


def draw(painter: QPainter) -> None:
    painter.setClipRect(0, 0, 50, 50)
    painter.fillRect(0, 0, 100, 100, QColor("red"))
    painter.end()


image = QImage(100, 100, QImage.Format.Format_RGB32)
image.fill(0xFFFFFFFF)
again = image.copy()
draw(QPainter(image))
data = QByteArray()
device = QBuffer(data)
device.open(QIODevice.OpenModeFlag.WriteOnly)
generator = QSvgGenerator()
generator.setOutputDevice(device)
generator.setSize(QSize(100, 100))
generator.setViewBox(QRect(0, 0, 100, 100))
draw(QPainter(generator))
svg = bytes(data).decode()
painter = QPainter(again)
QSvgRenderer(data).render(painter)
painter.end()
resvg = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, dpi=96)))).convert("RGBA")
by_qt = (image.pixelColor(80, 80).name(), again.pixelColor(80, 80).name())
outside = (*by_qt, resvg.getpixel((80, 80)), "clipPath" in svg)
print("outside the clip: image {}, SVG by Qt {}, by resvg {}; clipPath in it: {}".format(*outside))
assert outside == ("#ffffff", "#ff0000", (255, 0, 0, 255), False)
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
