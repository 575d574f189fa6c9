#!/usr/bin/env bash
# MuPDF's SVG: what is display="none" is painted, gradients are black.
# guess: a renderer that reads shapes, dashes and style classes knows display="none" and
#        gradients.
# seen:  the hidden group is red, gradient and pattern fills are black, a clip does nothing: no
#        warning.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  --no-deps pymupdf==2.0
cat > "$dir/look.py" <<'END'
import pymupdf

print("PyMuPDF", pymupdf.__doc__)
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">'
FULL = '<rect width="20" height="20" {}/>'
GRADIENT = '<linearGradient id="g"><stop stop-color="red"/></linearGradient>'
CLIP = '<clipPath id="c"><rect width="5" height="20"/></clipPath>'


def color(body: str) -> tuple[int, int, int]:
    page = pymupdf.open("svg", (HEAD + body + "</svg>").encode())[0]
    return page.get_pixmap().pixel(10, 10)


seen = {
    "plain": color(FULL.format('fill="red"')),
    "display none": color('<g display="none">' + FULL.format('fill="red"') + "</g>"),
    "gradient": color(GRADIENT + FULL.format('fill="url(#g)"')),
    "outside a clip": color(CLIP + FULL.format('fill="red" clip-path="url(#c)"')),
}
print(seen)
red = (255, 0, 0)
assert seen == {"plain": red, "display none": red, "gradient": (0, 0, 0), "outside a clip": red}
END
"$dir/venv/bin/python" "$dir/look.py"
