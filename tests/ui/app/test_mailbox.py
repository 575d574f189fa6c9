"""The one-slot mailbox."""

from __future__ import annotations

from tests.helpers.frames import make_frame
from vgsim.ui.app.inbox import Mailbox


def test_it_is_empty_at_first():
    box = Mailbox()
    assert box.empty and box.take() is None


def test_what_is_put_is_taken_once():
    box, frame = Mailbox(), make_frame()
    box.put(frame)
    assert not box.empty
    assert box.take() is frame and box.take() is None


def test_a_newer_frame_takes_the_place_of_one_nobody_took():
    box, old, new = Mailbox(), make_frame(), make_frame()
    box.put(old)
    box.put(new)
    assert box.take() is new
