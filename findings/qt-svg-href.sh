#!/usr/bin/env bash
# QtSvg follows a plain href in <use> but not in gradients, which then paint nothing.
# guess: both are followed, or (an old reader that wants xlink:href) neither is.
# seen:  <use href> works, a gradient with href="#a" has no stops: the shape is gone, without a
#        message.
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
from PySide6.QtCore import QByteArray, qVersion
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
import resvg_py

app = QGuiApplication([])
print("Qt", qVersion(), "resvg_py", resvg_py.__version__)
HEAD = ('<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'width="20" height="20">')
STOPS = '<linearGradient id="a"><stop stop-color="red"/></linearGradient>'
DRAWN = '<linearGradient id="b" {}="#a"/><rect width="20" height="20" fill="url(#b)"/></svg>'
USED = '<defs><rect id="a" width="20" height="20" fill="red"/></defs><use {}="#a"/></svg>'


def by_qt(svg: str) -> str:
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter)
    painter.end()
    return image.pixelColor(10, 10).name()


def by_resvg(svg: str) -> tuple[int, ...]:
    data = bytes(resvg_py.svg_to_bytes(svg_string=svg))
    return Image.open(io.BytesIO(data)).convert("RGBA").getpixel((10, 10))


seen = {}
for name in ("xlink:href", "href"):
    for what, body in (("use", USED), ("gradient", STOPS + DRAWN)):
        svg = HEAD + body.format(name)
        seen[what, name] = by_qt(svg)
        print(what, name, "Qt", seen[what, name], "resvg", by_resvg(svg))
        assert by_resvg(svg) == (255, 0, 0, 255)
assert seen.pop(("gradient", "href")) == "#ffffff"
assert set(seen.values()) == {"#ff0000"}
END
QT_QPA_PLATFORM=offscreen "$dir/venv/bin/python" "$dir/look.py"
