#!/usr/bin/env bash
# The same opaque picture is exact as RGB in a GIF and posterized as RGBA.
# guess: with 256 colors or fewer and no transparent pixel both are exact: GIF holds 256 colors.
# seen:  RGBA is quantized by octree, which keeps few bits: 256 grays become 16, 16 near greens 2.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  pillow==13.0.0
cat > "$dir/look.py" <<'END'
import io
import PIL
from PIL import Image

print("Pillow", PIL.__version__)


def colors(image: Image.Image) -> int:
    file = io.BytesIO()
    image.save(file, "GIF")
    return len(Image.open(file).convert("RGB").getcolors())


def both(what: str, pixels: list[tuple[int, int, int]], side: int) -> tuple[int, int]:
    image = Image.new("RGB", (side, side))
    image.putdata(pixels)
    counts = (colors(image), colors(image.convert("RGBA")))
    print(f"{what}: {len(set(pixels))} colors, GIF from RGB {counts[0]}, from RGBA {counts[1]}")
    return counts


assert both("grays", [(n, n, n) for n in range(256)], 16) == (256, 16)
assert both("greens", [(0, 2 * n, 0) for n in range(16)], 4) == (16, 2)
END
"$dir/venv/bin/python" "$dir/look.py"
