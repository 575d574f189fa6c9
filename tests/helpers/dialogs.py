"""Dialogs as tests open them and listen to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def opened(box, qtbot) -> Iterator:
    """``box`` on the screen for as long as the test lasts."""
    with qtbot.waitExposed(box):
        box.show()
    yield box
    box.close()


def heard(signal) -> list:
    """A list that fills with what ``signal`` tells."""
    told: list = []
    signal.connect(told.append)
    return told
