"""Sketches are made in a thread: each once, what is looked at first, none after the end."""

from __future__ import annotations

import pytest

from vgsim.nn.presets import load_preset, preset_names
from vgsim.ui.start import sketcher as module
from vgsim.ui.start.sketcher import Sketcher

SPECS = [load_preset(name) for name in preset_names()[:8]]


@pytest.fixture
def sketcher(qapp):
    made = Sketcher()
    yield made
    made.close()


@pytest.fixture
def order(monkeypatch):
    """Names in the order in which their sketches are made."""
    names = []
    make = module.sketch_of

    def noted(spec):
        names.append(spec.name)
        return make(spec)

    monkeypatch.setattr(module, "sketch_of", noted)
    return names


def all_there(sketcher, specs):
    return lambda: all(sketcher.sketch(spec) is not None for spec in specs)


def test_each_is_made_once_however_often_it_is_asked_for(sketcher, order, qtbot):
    sketcher.ask_for(SPECS)
    sketcher.ask_for(SPECS)
    for spec in SPECS:
        sketcher.hurry(spec)
    qtbot.waitUntil(all_there(sketcher, SPECS))
    sketcher.ask_for(SPECS)
    assert sorted(order) == sorted(spec.name for spec in SPECS)


def test_what_is_looked_at_comes_first(sketcher, order, qtbot):
    sketcher.hurry(SPECS[6])
    sketcher.hurry(SPECS[4])
    sketcher.ask_for(SPECS)
    qtbot.waitUntil(all_there(sketcher, SPECS))
    assert order[:3] == [SPECS[6].name, SPECS[4].name, SPECS[0].name]


def test_one_that_fails_does_not_stop_the_others(sketcher, monkeypatch, qtbot, caplog):
    make = module.sketch_of

    def broken(spec):
        if spec == SPECS[0]:
            raise MemoryError
        return make(spec)

    monkeypatch.setattr(module, "sketch_of", broken)
    sketcher.ask_for(SPECS)
    qtbot.waitUntil(all_there(sketcher, SPECS[1:]))
    assert sketcher.sketch(SPECS[0]) is None and "no thumbnail" in caplog.text


def test_what_is_asked_for_later_is_made_too(sketcher, qtbot):
    sketcher.ask_for(SPECS[:1])
    qtbot.waitUntil(all_there(sketcher, SPECS[:1]))
    sketcher.ask_for(SPECS[1:3])
    qtbot.waitUntil(all_there(sketcher, SPECS[:3]))


def test_none_is_made_after_the_end(sketcher, order, qtbot):
    sketcher.close()
    sketcher.ask_for(SPECS)
    qtbot.wait(30)
    assert order == []
