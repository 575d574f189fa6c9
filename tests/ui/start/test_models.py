"""What the start page shows, without a window."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from vgsim.nn.presets import load_preset, preset_card, preset_cards
from vgsim.ui.start.model.facts import size_words, special_words, spoken
from vgsim.ui.start.model.filters import FILTERS, SAID, found, groups, ordered
from vgsim.ui.start.model.recent import (
    LONGEST_PATH,
    MOST,
    RecentItem,
    RecentKind,
    added,
    from_text,
    to_text,
    when_words,
)
from vgsim.ui.start.model.sketch import Sketch, heights, sketch_of, spread

CARDS = preset_cards()
NOON = datetime(2026, 3, 5, 12, 0)


def item(what: str, kind: RecentKind = RecentKind.FILE, opened: datetime = NOON) -> RecentItem:
    """Something that was opened."""
    return RecentItem(what, kind, opened)


def test_every_card_is_in_a_group_and_says_its_tag():
    for card in CARDS:
        assert any(which.takes(card) for which in FILTERS[1:]), card.name
        assert SAID[card.tags[0]]


def test_in_groups_every_card_stands_once():
    found_cards = [card for _, cards in groups(CARDS) for card in cards]
    assert sorted(found_cards, key=CARDS.index) == list(CARDS)
    assert [label for label, _ in groups(CARDS)] == [which.label for which in FILTERS[1:]]


def test_the_first_experiment_comes_first_and_none_is_lost():
    assert ordered(CARDS)[0].name == "sigmoid-stack"
    assert sorted(ordered(CARDS), key=CARDS.index) == list(CARDS)


@pytest.mark.parametrize(("words", "name"), [
    ("highway", "highway-deep"), ("ADAM sigmoid", "sigmoid-adam"), ("0.5¹⁰", "half-to-the-tenth"),
    ("time explodes", "clipping"), ("float32", "underflow-float32"),
])  # fmt: skip
def test_words_are_looked_for_in_titles_texts_and_tags(words, name):
    assert name in [card.name for card in found(CARDS, FILTERS[0], words)]


def test_every_word_has_to_stand_there():
    assert found(CARDS, FILTERS[0], "highway penguin") == []


def test_a_group_and_words_together():
    names = [card.name for card in found(CARDS, FILTERS[3], "lstm")]
    assert names and all("lstm" in name or name == "gru-adding" for name in names)


def test_a_sketch_is_of_the_first_pass():
    sketch = sketch_of(load_preset("half-to-the-tenth"))
    assert sketch.stages == 11
    assert np.array_equal(sketch.sizes, 0.5 ** np.arange(10, -1, -1))


def test_heights_are_on_one_scale_and_never_outside():
    sketch = Sketch(np.array([0.0, 1e-12, 1e-10, 1e-3, 1e4, np.inf]))
    assert heights(sketch) == pytest.approx([0, 0, 0, 0.5, 1, 1])


@pytest.mark.parametrize(("count", "most", "places"), [
    (3, 7, [0, 1, 2]), (7, 7, list(range(7))), (101, 3, [0, 50, 100]), (11, 3, [0, 5, 10]),
])  # fmt: skip
def test_few_of_many_are_spread_evenly(count, most, places):
    assert spread(count, most) == places


@pytest.mark.parametrize(("name", "size", "special"), [
    ("residual-deep", ("Depth × width", "100 × 16"), "residual pre-activation"),
    ("half-to-the-tenth", ("Stages", "11"), "×0.50"),
    ("sigmoid-stack", ("Depth × width", "6 × 8"), "not at all"),
    ("lstm-adding", ("Timesteps × width", "… × 16"), "LSTM"),
])  # fmt: skip
def test_facts_of_an_experiment(name, size, special):
    spec = load_preset(name)
    assert size_words(spec, None) == size
    assert special in special_words(spec)[1]


def test_timesteps_are_known_with_the_sketch():
    sketch = Sketch(np.ones(41))
    assert size_words(load_preset("lstm-adding"), sketch) == ("Timesteps × width", "40 × 16")


def test_a_card_is_spoken_with_its_tag():
    assert spoken(preset_card("zeros")) == "Zeros (symmetry), vanishes: Symmetry: exactly 0 arrives"


def test_the_newest_comes_first_each_once_and_few():
    items: tuple[RecentItem, ...] = ()
    for number in range(MOST + 3):
        items = added(items, item(f"{number}.toml"))
    items = added(items, item("5.toml", opened=NOON + timedelta(hours=1)))
    assert len(items) == MOST and items[0].opened.hour == 13
    assert [it.what for it in items].count("5.toml") == 1


def test_what_is_remembered_comes_back():
    items = (item("a/b.png"), item("zeros", RecentKind.PRESET), item("c.csv", RecentKind.DATA))
    assert from_text(to_text(items)) == items


@pytest.mark.parametrize("text", [
    "", "no JSON", "{}", "[3]", '[["a"]]', '[["a", "file", 3]]', '[["a", "film", "2026-03-05"]]',
    '[["a", "file", "yesterday"]]', '[["", "file", "2026-03-05"]]', "[" * 100_000,
    f'[["{"x" * (LONGEST_PATH + 1)}", "file", "2026-03-05"]]',
])  # fmt: skip
def test_settings_that_say_something_else_are_passed_over(text):
    assert from_text(text) == ()


@pytest.mark.parametrize(("ago", "words"), [
    (timedelta(minutes=5), "11:55"), (timedelta(days=1), "Wed"), (timedelta(days=8), "2026-02-25"),
    (timedelta(days=-3), "2026-03-08"),
])  # fmt: skip
def test_when_it_was_opened(ago, words):
    assert when_words(NOON - ago, NOON) == words
