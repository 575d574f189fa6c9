#!/usr/bin/env bash
# A WebP film with 10 ms a frame plays ten times slower in FFmpeg; 11 ms plays at 11.
# guess: what Pillow wrote and reads back, 10 ms, is what PyAV (FFmpeg) shows, as for GIF and
#        APNG.
# seen:  FFmpeg takes WebP frames of 10 ms or less as 100 ms; GIF and APNG of 10 ms keep their
#        pace. (PyAV 18 reads no animated WebP; PyAV 19 needs Python 3.12.)
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/python" -c "import sys; sys.exit(sys.version_info < (3, 12))" || {
  echo "needs Python 3.12 or later" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  av==19.0.2 pillow==13.0.0
cat > "$dir/look.py" <<'END'
import io
import av
import PIL
from PIL import Image

print("Pillow", PIL.__version__, "PyAV", av.__version__, av.library_versions["libavformat"])
frames = [Image.effect_noise((16, 16), 90).convert("RGB") for _ in range(3)]


def third(kind: str, duration: int) -> tuple[int, int]:
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=duration)
    film = Image.open(file)
    told = 0
    for n in range(2):
        film.seek(n)
        film.load()
        told += round(film.info["duration"])
    file.seek(0)
    with av.open(file) as container:
        shown = [round(1000 * float(frame.time)) for frame in container.decode(video=0)]
    print(f"{kind} {duration} ms a frame: the third begins at {told} (Pillow), {shown[2]} (PyAV)")
    return told, shown[2]


for kind in ("GIF", "PNG", "WEBP"):
    assert third(kind, 20) == (40, 40)
assert third("GIF", 10) == (20, 20)
assert third("PNG", 10) == (20, 20)
assert third("WEBP", 11) == (22, 22)
assert third("WEBP", 10) == (20, 200)
END
"$dir/venv/bin/python" "$dir/look.py"
