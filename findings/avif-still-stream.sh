#!/usr/bin/env bash
# PyAV's video stream 0 of an AVIF film is one still picture; the film is stream 1.
# guess: the first video stream has all the frames, as in GIF, APNG, WebP and MP4.
# seen:  stream 0 is the cover item: one frame, at no duration; all five are in stream 1.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "av==19.0.2; python_version>='3.12'" \
  "av==18.1.0; python_version<'3.12'" \
  pillow==13.0.0
cat > "$dir/look.py" <<'END'
import io
import av
import PIL
from PIL import Image

print("Pillow", PIL.__version__, "PyAV", av.__version__, av.library_versions["libavformat"])
frames = [Image.new("L", (48, 32), 20 + 40 * n).convert("RGB") for n in range(5)]
seen = {}
for kind in ("AVIF", "PNG"):
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=100)
    file.seek(0)
    with av.open(file) as container:
        streams = len(container.streams.video)
    counts = []
    for number in range(streams):
        file.seek(0)
        with av.open(file) as container:
            counts.append(sum(1 for _ in container.decode(video=number)))
    print(kind, "Pillow", Image.open(file).n_frames, "frames, PyAV frames by stream", counts)
    seen[kind] = counts
assert seen == {"AVIF": [1, 5], "PNG": [5]}
END
"$dir/venv/bin/python" "$dir/look.py"
