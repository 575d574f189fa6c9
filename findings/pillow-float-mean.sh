#!/usr/bin/env bash
# Pillow's ImageStat says that the mean of 0.1, 0.2 and 0.9 is 95.
# guess: the mean of a float ("F") or integer ("I") image is that of its pixels, here 0.4.
# seen:  it is the mean of a histogram stretched over 0 to 255, extrema too; getextrema() is
#        right.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  pillow==13.0.0
cat > "$dir/look.py" <<'END'
import PIL
from PIL import Image, ImageStat

print("Pillow", PIL.__version__)


def look(mode: str, pixels: list[float]) -> tuple[float, object, object]:
    image = Image.new(mode, (len(pixels), 1))
    image.putdata(pixels)
    stat = ImageStat.Stat(image)
    print(f"{mode} {pixels}: mean {stat.mean}, extrema {stat.extrema}", image.getextrema())
    return round(stat.mean[0], 1), stat.extrema[0], image.getextrema()


assert look("L", [10, 20, 30]) == (20, (10, 30), (10, 30))
assert look("I", [10, 20, 1000])[:2] == (85.7, (0, 255))
assert look("F", [10, 20, 30])[:2] == (127.3, (0, 255))
mean, extrema, right = look("F", [0.1, 0.2, 0.9])
assert mean == 95.3 and extrema == (0, 255) and round(right[1], 1) == 0.9
END
"$dir/venv/bin/python" "$dir/look.py"
