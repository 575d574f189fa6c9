#!/usr/bin/env bash
# Frames given by a generator: Pillow writes them all, but for APNG only the first.
# guess: append_images takes any iterable, in every format that takes one.
# seen:  GIF, WebP, AVIF, TIFF hold 4 frames, PNG holds 1: no error; a list gives 4.
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
frames = [Image.new("RGB", (8, 8), (60 * n, 0, 0)) for n in range(4)]


def written(kind: str, rest: object) -> int:
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=rest)
    return Image.open(file).n_frames


counts = {}
for kind in ("GIF", "WEBP", "AVIF", "TIFF", "PNG"):
    counts[kind] = (written(kind, frames[1:]), written(kind, (frame for frame in frames[1:])))
    print(kind, "from a list {}, from a generator {}".format(*counts[kind]))
assert counts.pop("PNG") == (4, 1)
assert set(counts.values()) == {(4, 4)}
END
"$dir/venv/bin/python" "$dir/look.py"
