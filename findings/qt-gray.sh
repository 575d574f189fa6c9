#!/usr/bin/env bash
# How gray is red? Three answers: 127, 87 and 76, two of them Qt's own.
# guess: QImage's Grayscale8, qGray() and Pillow's "L" weigh alike, within rounding.
# seen:  convertToFormat(Grayscale8) works in linear light (red 127, blue 76); qGray says 87 and
#        39, Pillow 76 and 29.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "PySide6-Essentials==6.12.0; python_version>='3.12'" \
  "PySide6-Essentials==6.11.3; python_version<'3.12'" \
  pillow==13.0.0
cat > "$dir/look.py" <<'END'
import PIL
from PIL import Image
from PySide6.QtCore import qVersion
from PySide6.QtGui import QColor, QImage, qGray

print("Qt", qVersion(), "Pillow", PIL.__version__)
seen = {}
for name in ("red", "lime", "blue", "gray"):
    color = QColor(name)
    image = QImage(1, 1, QImage.Format.Format_RGB32)
    image.fill(color)
    gray = image.convertToFormat(QImage.Format.Format_Grayscale8).pixelColor(0, 0).red()
    pillow = Image.new("RGB", (1, 1), color.getRgb()[:3]).convert("L").getpixel((0, 0))
    seen[name] = (gray, qGray(color.rgb()), pillow)
    print(name, "Grayscale8 {}, qGray {}, Pillow L {}".format(*seen[name]))
assert seen["gray"] == (128, 128, 128)
assert seen["red"] == (127, 87, 76)
assert seen["blue"] == (76, 39, 29)
END
"$dir/venv/bin/python" "$dir/look.py"
