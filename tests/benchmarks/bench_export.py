"""How long exports take. By hand: python tests/benchmarks/bench_export.py

First whole exports, once the experiment is there: a slide at 3840 x 2160, a deck of 12 moments of
a pass, an animation of 200 pictures of training. Then the writers alone: a window at 3840 x 2160
as PNG, a deck of 12 such pictures, and 200 shots of 1280 x 720 in which a line, a block and a ring
move, as GIF, WebP, APNG and MP4. Medians; the goals of the design stand beside them.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from vgsim.measure.snapshot import frame_of

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from tests.helpers.exports import request_for, save
from vgsim.diagnosis import judge
from vgsim.export.animation import painter, script_of, write_animation
from vgsim.export.compose import compose, wants
from vgsim.export.formats.apng import save_apng
from vgsim.export.formats.gif import save_gif
from vgsim.export.formats.mp4 import save_mp4
from vgsim.export.formats.png import encoded, save_png
from vgsim.export.formats.pptx import Slide, save_pptx
from vgsim.export.formats.webp import save_webp
from vgsim.export.picture import PictureRequest
from vgsim.export.provenance.record import Provenance
from vgsim.export.shots import OnePass, PictureSequence, Shot, Training
from vgsim.measure.request import Request
from vgsim.nn.experiment import Experiment, copy_of
from vgsim.nn.presets import load_preset
from vgsim.ui.style.application import apply_theme
from vgsim.ui.style.theme import load_theme

SHOTS = 200


def window() -> QImage:
    """The whole window after 30 steps of a recurrent network."""
    theme = load_theme("light")
    apply_theme(QApplication.instance() or QApplication([]), theme)
    experiment = Experiment(load_preset("rnn-digits"))
    experiment.run(30)
    return compose(frame_of(experiment), PictureRequest(view="window", size="3840x2160"), theme)


def slide(path: Path) -> Callable[[], None]:
    """What writes a slide with two plots at 3840 x 2160."""
    picture = PictureRequest(plots=("gradient", "loss"), scale=2)
    theme, experiment = load_theme("light"), Experiment(load_preset("sigmoid-stack"))
    experiment.run(100)
    frame = frame_of(experiment, request=Request(wants(picture)))
    verdict = judge(copy_of(experiment))
    return lambda: save(frame, picture, path, theme, verdict, overwrite=True)


def animation(path: Path, sequence: PictureSequence, picture: PictureRequest) -> Callable[[], None]:
    """What makes an animation from its first step to the file."""
    request = request_for(path, picture, sequence, 0.1)
    script = script_of(load_preset("sigmoid-stack"), request)
    paint = painter(request, lambda: load_theme("light"))
    return lambda: write_animation(script, request, path, paint)


def shots(ground: QImage) -> Iterator[Shot]:
    """``ground`` with three things that move over it."""
    for number in range(SHOTS):
        image = ground.copy()
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor("red"))
        painter.drawLine(100 + number * 3, 100, 400 + number * 4, 500)
        painter.fillRect(600 + number * 2, 300, 60, 60, QColor.fromHsv(number % 360, 200, 220))
        painter.drawEllipse(50 + number, 400, 99, 88)
        painter.end()
        yield Shot(image, 0.1)


def deck(image: QImage, path: Path, provenance: Provenance) -> None:
    """Twelve slides, their pictures packed one by one and none like another."""
    slides, image = [], image.copy()
    for number in range(12):
        image.setPixelColor(number, 0, QColor("red"))
        slides.append(Slide(f"Moment {number}", encoded(image), "alt", "caption"))
    save_pptx(slides, path, provenance)


def told(what: str, goal: str, work: Callable[[], None], path: Path, rounds: int) -> None:
    """Print how long ``work`` took and how large ``path`` became."""
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    size = path.stat().st_size / 1e6
    print(f"{what:<28} {statistics.median(taken):7.2f} s {size:8.2f} MB   {goal}")


def whole_exports() -> None:
    """What the user waits for, from the experiment to the file."""
    wide, small = PictureRequest(plots=("gradient", "loss")), PictureRequest(size="1280x720")
    last_twelve = OnePass(3, "forward:5", "update")
    with tempfile.TemporaryDirectory() as folder:
        png, pptx, mp4 = (Path(folder) / f"x{suffix}" for suffix in (".png", ".pptx", ".mp4"))
        told("slide PNG 3840x2160", "1 s", slide(png), png, 5)
        told("deck of 12 moments", "5 s", animation(pptx, last_twelve, wide), pptx, 1)
        told("MP4 of 200 slides 1280x720", "20 s", animation(mp4, Training(199), small), mp4, 1)


def main() -> None:
    """Measure everything once the picture is there."""
    image = window()
    ground = image.scaled(1280, 720, mode=Qt.TransformationMode.SmoothTransformation)
    provenance = Provenance(load_preset("rnn-digits"), 30, "update", "window")
    whole_exports()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        told("PNG 3840x2160", "1 s", lambda: save_png(image, path, provenance, dpi=288), path, 5)
        told("deck of 12 such pictures", "5 s", lambda: deck(image, path, provenance), path, 3)
        started = time.perf_counter()
        made = sum(1 for _ in shots(ground))
        print(f"({made} shots take {time.perf_counter() - started:.2f} s to make, counted below)")
        for save, goal in ((save_gif, ""), (save_webp, ""), (save_apng, ""), (save_mp4, "20 s")):
            name = f"{SHOTS} shots, {save.__name__[5:]}"
            told(name, goal, lambda save=save: save(shots(ground), path, provenance), path, 1)


if __name__ == "__main__":
    main()
