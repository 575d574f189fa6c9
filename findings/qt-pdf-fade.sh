#!/usr/bin/env bash
# A gradient that fades to transparent is solid in a PDF that QPdfWriter makes.
# guess: QPdfWriter writes the alpha of gradient stops as a soft mask, as it does for plain
#        colors.
# seen:  half transparent plain red is pink, but a fade from clear to red is full red from end to
#        end.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "PySide6-Essentials==6.12.0; python_version>='3.12'" \
  "PySide6-Essentials==6.11.3; python_version<'3.12'" \
  pypdfium2==5.15.2 pillow==13.0.0
"$dir/venv/bin/python" -c "import PySide6.QtWidgets" || {
  echo "needs libegl1 libgl1 libglib2.0-0 libxkbcommon0 libfontconfig1 libdbus-1-3" >&2; exit 2; }
cat > "$dir/look.py" <<'END'
import sys
from PySide6.QtCore import QMarginsF, QRectF, QSizeF, qVersion
from PySide6.QtGui import (
    QColor, QGuiApplication, QImage, QLinearGradient, QPageSize, QPainter, QPdfWriter)
import pypdfium2

app = QGuiApplication([])
path = sys.argv[0] + ".pdf"
print("Qt", qVersion(), "pypdfium2", pypdfium2.PYPDFIUM_INFO)


def draw(painter: QPainter) -> None:
    fade = QLinearGradient(0, 0, 100, 0)
    fade.setColorAt(0, QColor(255, 0, 0, 0))
    fade.setColorAt(1, QColor(255, 0, 0, 255))
    painter.fillRect(QRectF(0, 0, 100, 50), fade)
    painter.fillRect(QRectF(0, 50, 100, 50), QColor(255, 0, 0, 128))
    painter.end()


writer = QPdfWriter(path)
writer.setPageSize(QPageSize(QSizeF(100, 100), QPageSize.Unit.Point))
writer.setPageMargins(QMarginsF(0, 0, 0, 0))
writer.setResolution(72)
draw(QPainter(writer))
image = QImage(100, 100, QImage.Format.Format_RGB32)
image.fill(0xFFFFFFFF)
draw(QPainter(image))
page = pypdfium2.PdfDocument(path)[0].render(scale=1).to_pil()
for what, y in (("fade", 25), ("plain alpha 128", 75)):
    for x in (5, 50, 95):
        colors = (image.pixelColor(x, y).getRgb()[:3], page.getpixel((x, y)))
        print(what, "at", x, "image {}, PDF {}".format(*colors))
assert image.pixelColor(5, 25).green() > 230
assert page.getpixel((5, 75))[1] in range(120, 136)
assert page.getpixel((5, 25))[1] == page.getpixel((95, 25))[1] == 0
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
