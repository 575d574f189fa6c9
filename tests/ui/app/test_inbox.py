"""Commands that wait: looked at as often as one likes, taken once, in their order."""

from __future__ import annotations

from vgsim.measure.request import Request
from vgsim.ui.app.inbox import Inbox
from vgsim.ui.app.messages import Measure, Quit, Reset, Train


def filled(*commands) -> Inbox:
    inbox = Inbox()
    for command in commands:
        inbox.post(command)
    return inbox


def test_commands_come_in_their_order():
    inbox = filled(Train(), Reset())
    assert (inbox.take(), inbox.take()) == (Train(), Reset())


def test_none_comes_of_an_empty_one():
    assert Inbox().take(0.0) is None and Inbox().take(0.001) is None


def test_what_was_looked_at_still_waits():
    inbox = filled(Train(), Quit())
    assert inbox.holds(Quit) and inbox.holds_any()
    assert (inbox.take(0.0), inbox.take(0.0)) == (Train(), Quit())
    assert not inbox.holds_any()


def test_what_is_posted_after_a_look_comes_after_what_was_seen():
    inbox = filled(Train())
    inbox.holds(Quit)
    inbox.post(Reset())
    assert (inbox.take(), inbox.take()) == (Train(), Reset())


def test_kinds_are_told_apart():
    inbox = filled(Measure(Request()))
    assert not inbox.holds(Quit, Train) and not inbox.holds_other_than(Measure)
    inbox.post(Quit())
    assert inbox.holds(Quit, Train) and inbox.holds_other_than(Measure)
