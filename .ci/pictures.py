"""Look at what vgsim drew: a PNG it saved, or the memory of a virtual screen it has a window on."""

from __future__ import annotations

import argparse
import os
import struct
import sys
import time
from collections import Counter
from pathlib import Path

# A drawn window has more than this; a screen with nothing on it has one or two.
FEW_COLORS = 8


def check_png(path: Path, size: str) -> str | None:
    """What is wrong with the picture: its size in pixels, or that it shows nothing."""
    from PySide6.QtGui import QImage

    image = QImage(str(path))
    if f"{image.width()}x{image.height()}" != size:
        return f"{path} is {image.width()}x{image.height()}, not {size}"
    colors = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    print(f"{path}: {size}, {len(colors)} colors")
    return None if len(colors) > FEW_COLORS else f"{path} has only {len(colors)} colors"


def screen_colors(path: Path) -> Counter[int]:
    """How many pixels of each color an XWD file shows, the format Xvfb keeps its screen in."""
    data = path.read_bytes()
    header = struct.unpack(">25I", data[:100])
    start = header[0] + 12 * header[19]  # the header, then a table of colors
    width, height, row = header[4], header[5], header[12]
    lines = (data[start + y * row : start + y * row + 4 * width] for y in range(height))
    return Counter(pixel for line in lines for (pixel,) in struct.iter_unpack("<I", line))


def is_running(pid: int) -> bool:
    """Whether the process is there and has not ended."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_for_window(path: Path, pid: int, seconds: float) -> str | None:
    """Wait until the screen shows a window, then see that it is still there a little later."""
    start = time.monotonic()
    while len(screen_colors(path)) <= FEW_COLORS:
        if not is_running(pid):
            return "the program ended before a window was on the screen"
        if time.monotonic() - start > seconds:
            return f"no window on the screen after {seconds:.0f} s"
        time.sleep(1)
    print(f"a window after {time.monotonic() - start:.0f} s, installation included")
    time.sleep(5)
    if not is_running(pid):
        return "the window did not stay"
    colors = screen_colors(path)
    print(f"it stays: {len(colors)} colors")
    return None if len(colors) > FEW_COLORS else "the window went blank"


def main() -> int:
    """Exit code 0 when what should be seen is there, 1 with a line saying what is not."""
    parser = argparse.ArgumentParser(description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    png = kinds.add_parser("png")
    png.add_argument("path", type=Path)
    png.add_argument("size")
    screen = kinds.add_parser("screen")
    screen.add_argument("path", type=Path)
    screen.add_argument("--pid", type=int, required=True)
    screen.add_argument("--seconds", type=float, default=120)
    asked = parser.parse_args()
    if asked.kind == "png":
        problem = check_png(asked.path, asked.size)
    else:
        problem = wait_for_window(asked.path, asked.pid, asked.seconds)
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0


if __name__ == "__main__":
    raise SystemExit(main())
