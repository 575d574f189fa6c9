"""``vgsim render``: an experiment, a moment, a picture, without a window."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from vgsim.app.picture import compose, judged, panel_names, view_names, wants
from vgsim.engine.diagnosis import judge
from vgsim.engine.errors import refuse
from vgsim.engine.experiment import Experiment, twin
from vgsim.engine.frame import Moment
from vgsim.engine.readings import Wish
from vgsim.engine.spec import Spec
from vgsim.export.png import save_png
from vgsim.export.request import parse
from vgsim.present.theme import load_theme
from vgsim.views.style import apply_theme


def render_file(
    spec: Spec, *, steps: int, moment: str | None, view: str, theme: str, size: str, out: Path
) -> None:
    """Write the picture of ``spec`` after ``steps`` updates and, if named, on to ``moment``.

    SpecError for anything not allowed, OSError when the file cannot be written.
    """
    qInstallMessageHandler(_without_noise)
    application = QApplication.instance() or QApplication(["vgsim"])
    given = {"view": view, "theme": theme, "size": size}
    wanted = parse(given, view_names(), panel_names())
    if out.suffix.lower() != ".png":
        raise refuse("--out", str(out), "a file name that ends in .png")
    experiment = Experiment(spec)
    goal = find_moment(experiment, moment) if moment is not None else None
    experiment.run(steps)
    experiment.evaluate()
    if goal is not None:
        experiment.seek(experiment.step, goal.position)
    assert isinstance(application, QApplication)
    chosen = load_theme(wanted.theme)
    apply_theme(application, chosen)
    frame = experiment.frame(wish=Wish(wants(wanted)))
    verdict = judge(twin(experiment)) if judged(wanted) else None
    save_png(compose(frame, wanted, chosen, verdict), out)


def _without_noise(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Pass Qt's messages on, but for what the offscreen platform says of every window."""
    if "propagateSizeHints" not in text:
        print(text, file=sys.stderr)


def find_moment(experiment: Experiment, text: str) -> Moment:
    """The moment that ``text`` names ("backward:3", "loss"); SpecError when there is none."""
    for moment in experiment.timeline:
        if str(moment) == text:
            return moment
    raise refuse(
        "--moment",
        text,
        f"start, forward:1 to forward:{experiment.stages}, loss, "
        f"backward:{experiment.stages} to backward:1, update",
    )
