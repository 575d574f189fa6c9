"""What is due in a frame, as a table."""

from __future__ import annotations

import pytest

from vgsim.ui.pacing import (
    CHAIN_RULE,
    EDGE_TURNS,
    FRAME_MS,
    SLOW_MS,
    UNHURRIED,
    Doing,
    Due,
    Pacing,
    look_again_ms,
)

SEEN = ["gradient", "loss", CHAIN_RULE, "inspector"]


@pytest.mark.parametrize("doing", [Doing.AT_REST, Doing.JUMPING])
def test_at_rest_everything_is_due_at_once(doing):
    due = Due(doing, 7)
    assert due.in_full and due.words and due.rule and due.hall_panel and due.gap(0)
    assert not due.rule_later
    assert (due.panels_now(SEEN), due.panels_later(SEEN)) == (SEEN, [])


def test_while_playing_the_chain_rule_comes_first_and_the_other_panels_later():
    due = Due(Doing.PLAYING, 7)
    assert due.words and due.rule_later and not due.rule and not due.in_full
    assert due.panels_now(SEEN) == [CHAIN_RULE]
    assert due.panels_later(SEEN) == ["gradient", "loss", "inspector"]


@pytest.mark.parametrize(
    ("number", "words", "hall_panel"),
    [(1, False, False), (2, False, True), (3, False, False), (4, True, True), (8, True, True)],
)
def test_while_training_words_have_every_fourth_frame_and_the_hall_every_second(
    number, words, hall_panel
):
    due = Due(Doing.TRAINING, number)
    assert (due.words, due.rule, due.hall_panel) == (words, words, hall_panel)


def test_while_training_one_panel_has_its_turn_and_the_chain_rule_one_of_three():
    turns = [Due(Doing.TRAINING, number).panels_later(SEEN) for number in range(12)]
    shown = [name for names in turns for name in names]
    assert all(len(names) <= 1 for names in turns)
    assert [shown.count(name) for name in SEEN] == [3, 3, 1, 3]


def test_nothing_in_sight_has_no_turn():
    assert Due(Doing.TRAINING, 3).panels_later([]) == []


def test_every_gap_of_edges_is_renewed_within_its_turns():
    for gap in range(5):
        frames = [Due(Doing.TRAINING, number).gap(gap) for number in range(EDGE_TURNS)]
        assert frames.count(True) == 1


def _pacing(doing, rate):
    pacing = Pacing()
    pacing.set_rate(rate)
    pacing.set_doing(doing)
    return pacing


@pytest.mark.parametrize(
    ("doing", "rate", "expected"),
    [
        (Doing.AT_REST, 100.0, Doing.AT_REST),
        (Doing.PLAYING, UNHURRIED, Doing.AT_REST),
        (Doing.PLAYING, UNHURRIED + 1, Doing.PLAYING),
        (Doing.TRAINING, 1.0, Doing.TRAINING),
    ],
)
def test_slow_playing_counts_as_resting(doing, rate, expected):
    assert _pacing(doing, rate).begin_frame().doing is expected


def test_frames_are_counted_over_everything_that_the_run_does():
    pacing = _pacing(Doing.TRAINING, 4.0)
    first = pacing.begin_frame().number
    pacing.set_doing(Doing.AT_REST)
    assert pacing.begin_frame().number == first + 1


def test_the_last_frame_of_playing_is_treated_like_those_before_it():
    pacing = _pacing(Doing.PLAYING, 30.0)
    pacing.set_doing(Doing.AT_REST)
    assert pacing.begin_frame().doing is Doing.PLAYING
    pacing.end_frame()
    assert not pacing.playing_fast and not pacing.stands_still()


def test_a_frame_of_training_is_shown_again_in_full_once_nothing_follows():
    pacing = _pacing(Doing.TRAINING, 4.0)
    pacing.begin_frame()
    pacing.end_frame()
    pacing.set_doing(Doing.AT_REST)
    assert pacing.stands_still() and pacing.due.in_full
    assert not pacing.stands_still()


@pytest.mark.parametrize(("spent", "wait"), [(0.0, FRAME_MS), (0.01, 50), (1.0, SLOW_MS)])
def test_the_window_takes_its_share_of_the_time(spent, wait):
    assert look_again_ms(spent) == wait
