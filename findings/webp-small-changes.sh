#!/usr/bin/env bash
# A faint mark moves through a WebP film of 20 frames: Pillow writes one frame.
# guess: frames that differ are kept (equal ones merge); quality is about blur, not about which
#        frames exist.
# seen:  changes of up to 4 levels of 255 count as none: the mark stands still. A fade by 1 a
#        frame keeps 4 of 20 frames, at quality 100 still 10; lossless keeps all.
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


def kept(frames: list[Image.Image], **options: object) -> int:
    file = io.BytesIO()
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:], duration=50, **options)
    return Image.open(file).n_frames


def moving(difference: int) -> list[Image.Image]:
    frames = []
    for n in range(20):
        frame = Image.new("RGB", (64, 64), (128, 128, 128))
        frame.paste((128 + difference,) * 3, (2 * n, 10, 2 * n + 6, 16))
        frames.append(frame)
    return frames


fade = [Image.new("RGB", (8, 8), (n, 0, 0)) for n in range(20)]
marks = (kept(moving(4)), kept(moving(4), lossless=True), kept(moving(40)))
print("20 frames, a mark brighter by 4: {} kept, lossless {}, brighter by 40: {}".format(*marks))
fades = (kept(fade), kept(fade, quality=100), kept(fade, lossless=True))
print("20 frames, fading by 1 each: {} kept, quality 100 {}, lossless {}".format(*fades))
assert marks == (1, 20, 20)
assert fades[0] < 8 and fades[1] < 16 and fades[2] == 20
END
"$dir/venv/bin/python" "$dir/look.py"
