"""The score of a lesson's questions."""

from __future__ import annotations

import pytest

from vgsim.ui.guide.model.score import PageScore, comment, summary

RIGHT = PageScore("One", True)
WRONG = PageScore("Two", False)
OPEN = PageScore("Three")


def test_it_counts_what_is_right_and_what_is_open():
    assert summary([RIGHT, WRONG, RIGHT]) == "2 of 3 right"
    assert summary([RIGHT, OPEN]) == "1 of 2 right, 1 open"


@pytest.mark.parametrize(
    ("scores", "begins"),
    [([RIGHT, OPEN], ""), ([], ""), ([RIGHT] * 7, "Every one"), ([RIGHT] * 5 + [WRONG] * 2, "Well"),
     ([RIGHT] * 3 + [WRONG] * 4, "That is how")],
)  # fmt: skip
def test_what_it_means_is_said_once_all_are_answered(scores, begins):
    assert comment(scores).startswith(begins) and bool(comment(scores)) is bool(begins)


def test_the_figure_has_a_row_for_each(figure):
    view = figure("score")
    assert view.sizeHint().height() == 1
    view.set_scores((RIGHT, WRONG, OPEN))
    assert view.sizeHint().height() > 3 * 16
    assert view.accessibleDescription() == "1 of 3 right, 1 open."


def test_right_and_wrong_do_not_look_the_same(figure):
    view = figure("score")
    pictures = []
    view.resize(380, 120)
    for score in (PageScore("A", True), PageScore("A", False), PageScore("A")):
        view.set_scores((score,))
        pictures.append(view.grab().toImage())
    assert pictures[0] != pictures[1] != pictures[2] != pictures[0]
