"""The window asks before it reads data that a picture names."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt

from tests.helpers.dialogs import heard
from tests.helpers.provenance import picture
from tests.helpers.specs import small
from vgsim.core import untrusted
from vgsim.export.formats.png import save_png
from vgsim.export.picture import PictureRequest
from vgsim.export.provenance.record import Provenance
from vgsim.export.sources import provenance_of
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment


@pytest.fixture
def stranger(tmp_path, qapp):
    """A picture that names data in its own folder, with markup in the name."""
    name = "<img src=x>.csv"
    (tmp_path / name).write_text(
        "a,kind\n" + "".join(f"{7 * n % 11},{'xy'[n % 2]}\n" for n in range(30))
    )
    carried = Provenance(small(data__dataset="csv", data__path=name), 0, "loss", "gradient")
    save_png(picture(), tmp_path / "x.png", carried)
    return tmp_path / "x.png"


def asked(vgsim, qtbot, path):
    """The question that opening ``path`` leads to."""
    vgsim.open_path(str(path))
    qtbot.waitUntil(lambda: vgsim.questions.question is not None)
    return vgsim.questions.question


def test_a_yes_opens_the_moment(vgsim, qtbot, stranger):
    question = asked(vgsim, qtbot, stranger)
    assert question.textFormat() is Qt.TextFormat.PlainText
    assert str(stranger.parent / "<img src=x>.csv") in question.text()
    qtbot.mouseClick(question.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: vgsim.session.frame.spec.data.dataset == "csv")
    qtbot.waitUntil(lambda: str(vgsim.session.frame.moment) == "loss")


@pytest.fixture
def data_read(monkeypatch):
    """The threads in which a CSV file was read."""
    threads: list[threading.Thread] = []
    opened = untrusted.opened

    def noting(path, most):
        if str(path).endswith(".csv"):
            threads.append(threading.current_thread())
        return opened(path, most)

    monkeypatch.setattr(untrusted, "opened", noting)
    return threads


def test_return_and_escape_read_nothing(vgsim, qtbot, stranger, data_read):
    before = vgsim.session.spec
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        qtbot.keyClick(asked(vgsim, qtbot, stranger), key)
        qtbot.waitUntil(lambda: vgsim.questions.question is None)
    assert vgsim.session.spec == before and data_read == []


def test_another_content_is_told_and_the_window_does_not_read_it(vgsim, qtbot, stranger, data_read):
    changed = (("sha256.data.path", '"of another content"'),)
    spec = small(data__dataset="csv", data__path="<img src=x>.csv")
    save_png(picture(), stranger, Provenance(spec, 0, "loss", "gradient", changed))
    told = heard(vgsim.window.told)
    question = asked(vgsim, qtbot, stranger)
    qtbot.mouseClick(question.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any("is not as it was when this was exported" in it for it in told))
    qtbot.waitUntil(lambda: vgsim.session.frame.spec.data.dataset == "csv")
    assert data_read and threading.main_thread() not in data_read


def test_another_file_can_be_chosen(vgsim, qtbot, stranger, monkeypatch):
    other = stranger.parent / "other.csv"
    other.write_text((stranger.parent / "<img src=x>.csv").read_text())
    chosen = "vgsim.ui.window.dialogs.QFileDialog.getOpenFileName"
    monkeypatch.setattr(chosen, lambda *_: (str(other), ""))
    question = asked(vgsim, qtbot, stranger)
    qtbot.mouseClick(question.other_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: vgsim.session.frame.spec.data.path == str(other))


@pytest.mark.parametrize("changed", [True, False])
def test_what_was_exported_knows_its_data(vgsim, qtbot, tmp_path, changed):
    data = tmp_path / "mine.csv"
    rows = "".join(f"{7 * n % 11},{'xy'[n % 2]}\n" for n in range(30))
    data.write_text("a,kind\n" + rows)
    frame = frame_of(Experiment(small(data__dataset="csv", data__path=str(data))))
    save_png(picture(), tmp_path / "x.png", provenance_of(frame, PictureRequest("gradient")))
    if changed:
        data.write_text("a,kind\n9,x\n" + rows)
    told = heard(vgsim.window.told)
    question = asked(vgsim, qtbot, tmp_path / "x.png")
    qtbot.mouseClick(question.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: vgsim.session.frame.spec.data.dataset == "csv")
    sentence = "mine.csv is not as it was when this was exported"
    if changed:
        qtbot.waitUntil(lambda: any(sentence in it for it in told))
    else:
        assert not any(sentence in it for it in told)
