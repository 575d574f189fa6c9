"""GIF, WebP, APNG and MP4: pixels, times, the provenance, cancel, whole files."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QColor, QImage, QImageReader

from tests.helpers.provenance import picture, provenance, shots
from vgsim.export.formats.apng import save_apng
from vgsim.export.formats.gif import save_gif
from vgsim.export.formats.mp4 import save_mp4
from vgsim.export.formats.webp import save_webp
from vgsim.export.progress import Canceled
from vgsim.export.reading import read_provenance
from vgsim.export.shots import Shot, Ticker, opaque, pixels

PICTURES = {"gif": save_gif, "webp": save_webp, "png": save_apng}
ANIMATIONS = {**PICTURES, "mp4": save_mp4}


@pytest.fixture(params=ANIMATIONS)
def save(request):
    """A writer of animations, any of the four."""
    if request.param == "mp4":
        pytest.importorskip("av")
    return ANIMATIONS[request.param]


def frames(path):
    """(pixels, milliseconds) of every frame, as Pillow sees them."""
    with Image.open(path) as animation:
        for number in range(animation.n_frames):
            animation.seek(number)
            yield np.array(animation.convert("RGBA")), animation.info["duration"]


def test_the_provenance_comes_back(save, tmp_path):
    save(shots(), tmp_path / "animation", provenance())
    assert read_provenance(tmp_path / "animation") == provenance()


@pytest.mark.parametrize("kind", PICTURES)
def test_every_pixel_and_time_is_kept(kind, tmp_path):
    path = tmp_path / f"animation.{kind}"
    PICTURES[kind](shots(), path, provenance())
    found = list(frames(path))
    assert len(found) == 5
    for (seen, duration), shot in zip(found, shots(), strict=True):
        assert np.array_equal(seen, pixels(shot.image)) and duration == 100


@pytest.mark.parametrize("kind", ["webp", "png"])
def test_transparency_is_kept(kind, tmp_path):
    path = tmp_path / f"animation.{kind}"
    PICTURES[kind](shots(see_through=True), path)
    for (seen, _), shot in zip(frames(path), shots(see_through=True), strict=True):
        assert np.array_equal(seen, pixels(shot.image))


@pytest.mark.parametrize("kind", PICTURES)
def test_an_animation_plays_indefinitely(kind, tmp_path):
    PICTURES[kind](shots(), tmp_path / f"animation.{kind}")
    with Image.open(tmp_path / f"animation.{kind}") as animation:
        assert animation.info["loop"] == 0


@pytest.mark.parametrize("kind", PICTURES)
def test_what_stays_the_same_takes_almost_nothing(kind, tmp_path):
    rng = np.random.default_rng(0)
    image = picture(200, 200)
    for _ in range(5000):
        x, y = rng.integers(0, 200, 2)
        image.setPixelColor(int(x), int(y), QColor(int(rng.integers(256)), 0, int(y)))
    sizes = []
    for number in (1, 20):
        PICTURES[kind]((Shot(image, 0.1) for _ in range(number)), tmp_path / f"animation.{kind}")
        sizes.append((tmp_path / f"animation.{kind}").stat().st_size)
    assert sizes[1] - sizes[0] < 19 * 150


def test_a_gif_has_one_palette_even_for_colors_that_come_late(tmp_path):
    hues = [Shot(picture(), 0.1) for _ in range(4)]
    for number, shot in enumerate(hues):
        for x in range(40):
            for y in range(24):
                shot.image.setPixelColor(x, y, QColor.fromHsv(90 * number + 2 * x, 255 - 3 * y, 99))
    save_gif(hues, tmp_path / "animation.gif")
    data = (tmp_path / "animation.gif").read_bytes()
    assert data[10] & 0x80  # a palette for all
    with Image.open(tmp_path / "animation.gif") as animation:
        for number, shot in enumerate(hues):
            animation.seek(number)
            assert animation.tile == [] or animation.tile[0].args[0] == 8
            seen = np.array(animation.convert("RGB")).astype(int)
            far = np.abs(seen - pixels(shot.image)[..., :3].astype(int))
            assert far.max() <= 40 and far.mean() < 6


def busy(width=400, height=300):
    """A picture with thousands of smoothed colors, and in it a small cell and a bar of shades."""
    y, x = np.mgrid[:height, :width]
    image = np.stack([x % 256, y % 256, (x + y) % 256, np.full_like(x, 255)], -1).astype(np.uint8)
    image[20:30, 20:30, :3] = 255, 0, 168
    image[40:168, 20:30, :3] = np.linspace((255, 227, 176), (59, 15, 82), 128)[:, None]
    return QImage(image.tobytes(), width, height, QImage.Format.Format_RGBA8888)


def test_a_gif_keeps_the_very_color_of_a_small_even_mark(tmp_path):
    save_gif([Shot(busy(), 0.1)], tmp_path / "animation.gif")
    ((seen, _),) = frames(tmp_path / "animation.gif")
    assert np.array_equal(
        np.unique(seen[20:30, 20:30].reshape(-1, 4), axis=0), [[255, 0, 168, 255]]
    )


def test_a_bar_of_shades_is_not_banded_in_a_gif(tmp_path):
    image = busy()
    save_gif([Shot(image, 0.1)], tmp_path / "animation.gif")
    ((seen, _),) = frames(tmp_path / "animation.gif")
    far = np.abs(seen.astype(int) - pixels(image).astype(int))
    assert far[40:168, 20:30].max() <= 6
    assert len(np.unique(seen[40:168, 25], axis=0)) >= 40


def test_qt_plays_the_gif(tmp_path):
    save_gif(shots(), tmp_path / "animation.gif", provenance())
    reader = QImageReader(str(tmp_path / "animation.gif"))
    assert reader.imageCount() == 5 and reader.loopCount() == -1
    for shot in shots():
        assert np.array_equal(pixels(reader.read()), pixels(shot.image))


def test_an_apng_is_its_first_shot_to_who_knows_no_animations(tmp_path):
    save_apng(shots(), tmp_path / "animation.png", provenance())
    image = QImage(str(tmp_path / "animation.png"))
    assert np.array_equal(pixels(image), pixels(next(shots()).image))


def test_an_animation_is_canceled_and_the_old_file_stays(save, tmp_path):
    path = tmp_path / "animation"
    path.write_text("old")
    asked = count()
    with pytest.raises(Canceled):
        save(shots(), path, stop=lambda: next(asked) == 3)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_gif_is_canceled_in_its_second_half_too(tmp_path):
    asked = count()
    with pytest.raises(Canceled):
        save_gif(shots(), tmp_path / "animation", stop=lambda: next(asked) == 7)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_in_the_middle_leaves_the_old_file(save, tmp_path):
    def failing():
        yield from shots(2)
        raise MemoryError

    path = tmp_path / "animation"
    path.write_text("old")
    with pytest.raises(MemoryError):
        save(failing(), path)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(save, tmp_path):
    path = tmp_path / "none" / "animation"
    with pytest.raises(OSError, match="No such file") as caught:
        save(shots(), path)
    assert caught.value.filename == str(path)


def test_progress_counts_the_shots_up_to_the_last(save, tmp_path):
    done = []
    save(shots(4), tmp_path / "animation", progress=done.append)
    assert done == sorted(done) and done[-1] == 4


def test_shots_are_taken_one_by_one(save, tmp_path):
    """No writer holds the whole animation: a shot is asked for when the one before is done."""
    taken, done = [], []

    def watched():
        for number, shot in enumerate(shots(4)):
            assert len(done) >= number
            taken.append(number)
            yield shot

    save(watched(), tmp_path / "animation", progress=done.append)
    assert len(taken) == 4


@pytest.mark.parametrize("bad", [[], [Shot(picture(), 0.1), Shot(picture(41, 24), 0.1)]])
def test_no_shot_or_another_size_is_refused(save, bad, tmp_path):
    with pytest.raises(ValueError, match="animation"):
        save(bad, tmp_path / "animation")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seconds", [0.0, 0.01, 61.0, float("nan")])
def test_a_time_that_cannot_be_is_refused(seconds):
    with pytest.raises(ValueError, match="seconds"):
        Shot(picture(), seconds)


def test_rounding_does_not_add_up():
    ticker = Ticker(100)
    assert sum(ticker.ticks(1 / 30) for _ in range(300)) == 1000


def test_one_pixel_is_an_animation(save, tmp_path):
    save((Shot(picture(1, 1), 0.5) for _ in range(2)), tmp_path / "animation", provenance())
    assert read_provenance(tmp_path / "animation") == provenance()


def test_see_through_is_laid_on_white():
    image = opaque(picture(see_through=True))
    assert image.pixelColor(39, 0) == QColor("white") and not image.hasAlphaChannel()


def test_an_mp4_has_even_sides_its_colors_and_its_length(tmp_path):
    av = pytest.importorskip("av")
    image = picture(65, 49)
    image.fill(QColor("#2a5cdb"))
    save_mp4([Shot(image, 0.5), Shot(image, 1.5)], tmp_path / "animation.mp4", provenance())
    with av.open(str(tmp_path / "animation.mp4")) as animation:
        stream = animation.streams.video[0]
        assert (stream.width, stream.height, stream.pix_fmt) == (66, 50, "yuv420p")
        assert stream.codec_context.name == "h264" and stream.codec_context.colorspace == 1
        assert float(stream.duration * stream.time_base) == pytest.approx(2.0, abs=0.05)
        assert animation.metadata["comment"] == provenance().dumps()
        frame = next(animation.decode(stream)).reformat(format="rgb24", src_colorspace="ITU709")
        assert np.abs(frame.to_ndarray()[25, 33].astype(int) - (42, 92, 219)).max() <= 4


def test_without_pyav_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    with pytest.raises(ValueError, match=r"^x.mp4: MP4 needs .* pip install 'vgsim\[video\]'"):
        save_mp4(shots(), tmp_path / "x.mp4")
    assert list(tmp_path.iterdir()) == []
