#!/usr/bin/env bash
# 60 frames a second for 60 frames: a GIF by Pillow lasts 0.6 s, the others 1 s.
# guess: a duration of 16.7 ms is rounded to what the format can hold (20 ms in GIF), or carried
#        over.
# seen:  GIF cuts to 10 ms each, APNG keeps 16.7, WebP spreads 16 and 17, AVIF raises TypeError.
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
frames = [Image.new("RGB", (8, 8), (99 * n % 256, 255 - 4 * n, 90)) for n in range(60)]
total = {}
for kind in ("GIF", "PNG", "WEBP", "AVIF"):
    file = io.BytesIO()
    try:
        frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=16.7)
    except TypeError as error:
        total[kind] = type(error).__name__
        print(kind, "TypeError:", error)
        continue
    film = Image.open(file)
    each = []
    for n in range(film.n_frames):
        film.seek(n)
        film.load()
        each.append(film.info["duration"])
    total[kind] = round(sum(each))
    print(kind, film.n_frames, "frames, ms each", sorted(set(each)), "in all", total[kind])
assert total == {"GIF": 600, "PNG": 1002, "WEBP": 1002, "AVIF": "TypeError"}
END
"$dir/venv/bin/python" "$dir/look.py"
