"""Sentences about problems: the first five are told, the rest counted."""

from __future__ import annotations

from vgsim.core.errors import Problem, SpecError, first_told, joined, named_reason, shorten


def test_five_problems_are_told():
    error = SpecError(*[Problem(f"p{n}", n, "less") for n in range(5)])
    assert str(error).count("allowed is") == 5 and "more" not in str(error)


def test_of_more_problems_the_rest_is_counted():
    error = SpecError(*[Problem(f"p{n}", n, "less") for n in range(1000)])
    assert str(error).endswith("p4 = 4: allowed is less; … and 995 more")
    assert len(error.problems) == 1000


def test_as_many_are_told_as_asked_for():
    assert first_told(["a", "b", "c"], 2) == ["a", "b", "… and 1 more"]


def test_long_names_are_cut():
    assert joined(["a" * 1000, "b"]) == "a" * 39 + "…, b"


def test_what_a_terminal_would_obey_is_not_quoted():
    assert shorten("a\x1b[2J\u202eb\x07") == "a�[2J�b�"


def test_a_file_that_cannot_be_read_is_named():
    error = FileNotFoundError(2, "no such file", "some/folder/run.vgrun")
    assert named_reason(error) == "run.vgrun cannot be read. No such file"


def test_a_reason_without_a_file_stands_alone():
    assert named_reason(OSError(28, "no space left")) == "No space left"
