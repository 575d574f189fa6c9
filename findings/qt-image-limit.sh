#!/usr/bin/env bash
# Qt refuses a gray picture of 64 MB because of its limit of 256 MB.
# guess: QImage reads what needs less than QImageReader.allocationLimit() (256 MB), and raises
#        otherwise.
# seen:  it counts four bytes a pixel whatever the format: an 8193 x 8193 gray PNG, 64 MB as
#        QImage, is a null image, no exception; with the limit off it is read, and is 64 MB.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "PySide6-Essentials==6.12.0; python_version>='3.12'" \
  "PySide6-Essentials==6.11.3; python_version<'3.12'" \
  pillow==13.0.0
cat > "$dir/look.py" <<'END'
import sys
import PIL
from PIL import Image
from PySide6.QtCore import qVersion
from PySide6.QtGui import QImage, QImageReader

print("Qt", qVersion(), "Pillow", PIL.__version__)
path = sys.argv[0] + ".png"


def read(side: int) -> QImage:
    Image.new("L", (side, side)).save(path, compress_level=1)
    image = QImage(path)
    size = image.sizeInBytes() / 2**20
    limit = QImageReader.allocationLimit()
    print(f"limit {limit} MB, {side} px square: null {image.isNull()}, {size:.0f} MB")
    return image


assert QImageReader.allocationLimit() == 256
assert not read(8192).isNull()
assert read(8193).isNull()
QImageReader.setAllocationLimit(0)
image = read(8193)
assert image.format() == QImage.Format.Format_Grayscale8
assert image.sizeInBytes() < 65 * 2**20
END
"$dir/venv/bin/python" "$dir/look.py"
