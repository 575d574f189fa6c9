"""What a lesson may name is what the window has."""

from __future__ import annotations

from vgsim.ui.window.lesson_names import known_names


def test_the_panels_of_lessons_are_those_of_the_window(vgsim):
    docks = set(vgsim.window.workspace.docks)
    assert set(known_names().panels) == docks | {"guide"}


def test_the_commands_of_lessons_do_something(vgsim):
    assert set(known_names().commands) == set(vgsim.window.actions_by_name)
