"""Animations: the right moments, axes that never jump, whole files, a window that goes on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage

from tests.helpers.exports import SEVERAL, request_for
from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.export.animation import REHEARSAL, Animation, Script, painter, script_of, write_animation
from vgsim.export.picture import PictureRequest
from vgsim.export.progress import Canceled
from vgsim.export.reading import read_provenance
from vgsim.export.request import ExportRequest
from vgsim.export.shots import MOST_VERDICTS, OnePass, Training
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.text.moments import place_of
from vgsim.text.scale import Scale
from vgsim.ui.app.animations import AnimationJob
from vgsim.ui.plots.kinds import PLOTS

PICTURE = PictureRequest(view="gradient", size="320x200")


def _script(route, **changes) -> Script:
    return Script(small(**changes), route, Request())


def _white(still) -> QImage:
    frame = still.frame
    image = QImage(32, 16, QImage.Format.Format_RGB32)
    image.fill(0xFF000000 + frame.step * 64 + frame.moment.position)
    return image


SIX = Training(6, 2)


def _request(path: Path, sequence=SIX) -> ExportRequest:
    return request_for(path, PICTURE, sequence)


def test_a_pass_shows_every_moment_of_it():
    frames = [still.frame for still in Animation(_script(OnePass(3)))]
    timeline = Experiment(small()).timeline
    assert [str(frame.moment) for frame in frames] == [str(moment) for moment in timeline]
    assert {place_of(frame)[0] for frame in frames} == {3}


def test_a_pass_from_one_moment_to_another():
    frames = [still.frame for still in Animation(_script(OnePass(0, "loss", "backward:2")))]
    assert [str(f.moment) for f in frames] == ["loss", "backward:4", "backward:3", "backward:2"]


@pytest.mark.parametrize(
    ("every", "steps"), [(2, [0, 2, 4, 6, 7]), (7, [0, 7]), (1, list(range(8)))]
)
def test_training_shows_the_start_every_nth_step_and_the_end(every, steps):
    frames = [still.frame for still in Animation(_script(Training(7, every)))]
    assert [frame.step for frame in frames] == steps
    assert {str(frame.moment) for frame in frames} == {"backward:1"}


def test_a_frame_of_an_animation_is_that_of_an_experiment_run_to_there():
    frame = [still.frame for still in Animation(_script(Training(6, 3, "loss")))][1]
    plain = Experiment(small())
    plain.seek(3, plain.stages + 1)
    expected = frame_of(plain)
    assert frame.loss == expected.loss
    assert (frame.h_rms == expected.h_rms).all()
    assert (frame.history.loss == expected.history.loss).all()


@pytest.mark.parametrize(
    "route", [OnePass(0, "loss", "forward:1"), OnePass(0, "start", "backward:9"), Training(3, 4)]
)
def test_a_route_that_is_none_is_refused(route):
    with pytest.raises(SpecError, match="allowed is"):
        Animation(_script(route))


def test_the_compared_experiment_goes_along():
    other_run = small(network__activation="relu")
    script = Script(small(), Training(4, 2), Request(), other_run=other_run)
    others = [still.frame.other for still in Animation(script)]
    assert [other.step for other in others] == [0, 2, 4]
    assert all(other.horizon.history.steps[-1] == 4 for other in others)


@pytest.mark.parametrize("name", ["loss", "accuracy", "heatmap"])
def test_axes_stay_while_the_training_goes_on(styled, theme, name):
    areas = set()
    for still in Animation(_script(Training(20, 5))):
        plot = PLOTS[name](theme, Scale())
        plot.resize(400, 300)
        plot.set_frame(still.frame)
        assert not plot.missing(still.frame)
        areas.add((plot.area.x, plot.area.y))
        plot.deleteLater()
    assert len(areas) == 1


def test_the_axis_of_the_budget_has_room_for_the_whole_pass(styled, theme):
    spans = set()
    for still in Animation(_script(OnePass(0, "backward:3", "update"))):
        plot = PLOTS["budget"](theme, Scale())
        plot.resize(400, 300)
        plot.set_frame(still.frame)
        spans.add(plot.area.x)
        plot.deleteLater()
    assert len(spans) == 1


def test_verdicts_are_rare_in_an_animation(monkeypatch):
    asked = []
    monkeypatch.setattr(
        "vgsim.export.animation.judge", lambda e, stop: asked.append(e.step) or e.step
    )
    script = Script(small(), Training(100), Request(), judged=True)
    stills = list(Animation(script))
    assert len(asked) == MOST_VERDICTS and asked[0] == 0 and asked[-1] == 100
    assert all(still.verdict <= still.frame.step for still in stills)


def test_stopping_ends_even_a_long_way():
    asked = []
    animation = Animation(
        _script(Training(100_000)), stop=lambda: asked.append(1) or len(asked) > 5
    )
    with pytest.raises(Canceled):
        next(iter(animation))


@pytest.mark.parametrize("suffix", SEVERAL)
def test_every_format_is_written_and_comes_back(styled, theme, tmp_path, suffix):
    path, shares = tmp_path / f"x{suffix}", []
    request = _request(path)
    paint = _white if request.format.timed else painter(request, lambda: theme)
    write_animation(script_of(small(), request), request, path, paint, share=shares.append)
    provenance = read_provenance(path)
    assert (provenance.spec, provenance.step, provenance.view) == (small(), 0, "gradient")
    assert shares == sorted(shares) and shares[0] < REHEARSAL and shares[-1] == pytest.approx(1)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_deck_has_a_slide_for_each_moment_with_words(styled, theme, tmp_path):
    from pptx import Presentation

    path = tmp_path / "pass.pptx"
    request = _request(path, OnePass(2))
    script = script_of(small(name="Small"), request)
    write_animation(script, request, path, painter(request, lambda: theme))
    slides = Presentation(str(path)).slides
    assert len(slides) == len(Experiment(small()).timeline)
    back = slides[7]
    assert back.shapes.title.text == "Small: Backward pass, stage 3 of 4"
    notes = back.notes_slide.notes_text_frame.text
    assert "Settings: " in notes and "seed 7" in notes and "<" not in notes
    alt = [
        shape._element.nvPicPr.cNvPr.get("descr") for shape in back.shapes if shape.shape_type == 13
    ]
    assert len(alt) == 1 and "RMS of ∂J/∂h" in alt[0]


def test_a_stopped_animation_leaves_the_old_file(styled, tmp_path):
    path = tmp_path / "x.gif"
    path.write_bytes(b"old")
    shares: list[float] = []
    with pytest.raises(Canceled):
        write_animation(
            script_of(small(), _request(path)), _request(path), path, _white,
            share=shares.append, stop=lambda: bool(shares) and shares[-1] > 0.5,
        )  # fmt: skip
    assert path.read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


def _job(tmp_path, compose=_white, steps=6) -> AnimationJob:
    path = tmp_path / "x.gif"
    request = _request(path, Training(steps, 2))
    return AnimationJob(script_of(small(), request), request, path, compose)


def test_a_job_writes_beside_the_event_loop(styled, qtbot, tmp_path):
    job, shares = _job(tmp_path), []
    job.progressed.connect(shares.append)
    with qtbot.waitSignal(job.finished) as ended:
        job.start()
    assert Path(ended.args[0]).read_bytes().startswith(b"GIF89a")
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1)
    job.close()


def test_a_job_leaves_the_window_a_turn_between_pictures(styled, qtbot, tmp_path):
    """A timer that is due at once fires between pictures; two may meet in one turn by chance."""
    turns, seen = [0], []

    def painted(still) -> QImage:
        seen.append(turns[0])
        return _white(still)

    def turn() -> None:
        turns[0] += 1

    job, timer = _job(tmp_path, painted, steps=60), QTimer(interval=0)
    timer.timeout.connect(turn)
    timer.start()
    with qtbot.waitSignal(job.finished):
        job.start()
    timer.stop()
    job.close()
    assert len(seen) > 20 and len(set(seen)) > len(seen) / 2


def test_a_canceled_job_ends_soon_and_leaves_nothing(styled, qtbot, tmp_path):
    job = _job(tmp_path, steps=19_000)
    with qtbot.waitSignal(job.canceled):
        job.start()
        QTimer.singleShot(30, job.cancel)
    assert list(tmp_path.iterdir()) == []
    job.close()


def test_closing_never_waits_for_a_picture_that_nobody_paints(styled, tmp_path):
    job = _job(tmp_path)
    job.start()
    time.sleep(0.1)  # the picture is asked for, and no event loop runs
    job.close()
    assert list(tmp_path.iterdir()) == []


def test_a_job_says_in_a_sentence_what_went_wrong(styled, qtbot, tmp_path):
    def broken(still) -> QImage:
        raise OSError(28, "No space left on device", "x.gif")

    job = _job(tmp_path, broken)
    with qtbot.waitSignal(job.failed) as ended:
        job.start()
    assert ended.args[0].endswith("x.gif was not saved: No space left on device.")
    job.close()


def test_the_window_animates_its_experiment(vgsim, qtbot, tmp_path):
    path = tmp_path / "x.gif"
    vgsim.pictures.animation_requested.emit(_request(path, OnePass()), path)
    qtbot.waitUntil(lambda: vgsim.animations.job is None)
    assert read_provenance(tmp_path / "x.gif").spec == vgsim.session.spec


def test_canceling_in_the_window_leaves_no_file(vgsim, qtbot, tmp_path):
    animations, path = vgsim.animations, tmp_path / "x.gif"
    animations.begin(_request(path, Training(15_000, 2)), path)
    qtbot.waitUntil(lambda: animations.dialog.isVisible())
    qtbot.keyClick(animations.dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: animations.job is None)
    assert list(tmp_path.glob("*.gif")) == [] and animations.dialog is None


def test_closing_the_window_ends_an_animation(vgsim, qtbot, tmp_path):
    path = tmp_path / "x.gif"
    vgsim.animations.begin(_request(path, Training(15_000, 2)), path)
    vgsim.window.close()
    assert vgsim.animations.job is None and list(tmp_path.glob("*.gif")) == []
