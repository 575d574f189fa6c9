"""Cells, shades and places of the factors of a hop."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.helpers import chain_rule as hops
from vgsim.measure.chain_rule.result import Factor, FactorKind
from vgsim.measure.request import Focus
from vgsim.text.scale import OVERFLOW, SHADES, UNREACHED, ZERO, Scale
from vgsim.ui.chain_rule.model.cells import (
    ABSENT,
    bound,
    cells,
    exactly,
    index_text,
    inks,
    limit_of,
    range_texts,
    shade_table,
    shades,
    shape_text,
    styles,
)
from vgsim.ui.chain_rule.model.layout import hop_panel_layout
from vgsim.ui.chain_rule.model.picture import CAPTION, lay_out_hop, padded
from vgsim.ui.chain_rule.model.pieces import ARROW, arrangements, pieces
from vgsim.ui.chain_rule.model.words import (
    OTHER_RULE,
    RULE,
    carry_text,
    edge_at,
    path_labels,
    so_far,
    spoken,
    this_hop,
    update_hop,
    weight_rule,
    weight_text,
)
from vgsim.ui.plots.model.geometry import Box
from vgsim.ui.style.theme import load_theme, rgb

MATRIX, DIAGONAL, VECTOR = FactorKind.MATRIX, FactorKind.DIAGONAL, FactorKind.VECTOR
HOPS = {
    "sigmoid": hops.backward(),
    "residual": hops.residual(),
    "lstm": hops.lstm(),
    "gru": hops.gru(),
    "forward": hops.forward(),
    "scalar": hops.scalar(),
    "batch norm": hops.batch_norm(),
    "large": hops.backward(784, 128, stage=11, stages=100),
}
shapes = st.tuples(st.integers(1, 40), st.integers(1, 40))
matrices = shapes.flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(-1e3, 1e3) | st.just(math.inf))
)


def matrix(values, part="weights", **more):
    return Factor("W", MATRIX, np.asarray(values, np.float64), part, **more)


def measure(tex):
    """Sizes as a formula has them, roughly: half an em a letter."""
    letters = len(tex.replace("\\frac", "").replace("\\partial", "d")) / 3
    return 0.5 * letters, 0.8, 0.4 + 0.4 * tex.count("frac")


@given(matrices, st.integers(1, 45), st.integers(1, 45))
def test_blocks_hide_nothing_large(values, rows, columns):
    found = cells(matrix(values), (rows, columns))
    assert found.values.shape[0] <= max(rows, 1) and found.values.shape[1] <= max(columns, 1)
    assert np.abs(found.values).max() == np.abs(values).max()
    assert np.array_equal(found.values, values.reshape(-1)[found.at])


@given(matrices, st.integers(1, 12))
def test_every_block_shows_its_own_largest(values, most):
    found = cells(matrix(values), (most, most))
    high, wide = found.block
    for (row, column), value in np.ndenumerate(found.values):
        block = values[row * high : (row + 1) * high, column * wide : (column + 1) * wide]
        assert abs(value) == np.abs(block).max()


def test_unknown_numbers_are_shown_only_where_nothing_is_known():
    values = np.array([[math.nan, -2.0], [math.nan, math.nan]])
    assert cells(matrix(values), (2, 1)).values[0, 0] == -2
    assert math.isnan(cells(matrix(values), (2, 1)).values[1, 0])


def test_a_diagonal_has_nothing_beside_it():
    factor = Factor("D", DIAGONAL, np.array([1.0, 2.0, 3.0]), "activation")
    found = cells(factor, (10, 10))
    assert np.array_equal(np.diag(found.values), factor.values)
    assert np.count_nonzero(found.at == ABSENT) == 6


def test_a_compact_diagonal_is_a_column_that_says_so():
    factor = Factor("D", DIAGONAL, np.arange(3.0), "activation")
    assert cells(factor, (10, 10), compact=True).values.shape == (3, 1)
    assert shape_text(factor, compact=True) == "diag 3"


@pytest.mark.parametrize(
    ("largest", "limit"), [(0.3, 0.5), (0.5, 0.5), (0.51, 1.0), (1.7, 2.0), (16, 20), (0.0, 1.0)]
)
def test_range_ends_at_a_round_number(largest, limit):
    assert bound(np.array([-largest, largest / 2])) == pytest.approx(limit)


def test_derivatives_are_shown_on_all_that_one_can_let_through():
    assert limit_of(Factor("D", DIAGONAL, np.array([0.2]), "activation")) == 1


def test_gradients_keep_the_scale_of_gradients():
    assert limit_of(matrix([[1.0]], signal=True)) is None
    assert shades(np.array([1e-3]), None, Scale()) == Scale().index(np.array([1e-3]))


@pytest.mark.parametrize("limit", [None, 1.0])
def test_what_is_no_shade_has_a_look_of_its_own(limit):
    found = shades(np.array([0.0, -math.inf, math.nan]), limit, Scale())
    assert found.tolist() == [ZERO, OVERFLOW, UNREACHED]


def test_sign_is_the_side_of_the_map():
    low, middle, high = shades(np.array([-1.0, 1e-9, 5.0]), 1.0, Scale())
    assert (low, high) == (0, SHADES - 1)
    assert abs(middle - SHADES / 2) <= 1


@pytest.mark.parametrize("name", ["light", "dark"])
def test_nothing_fades_into_the_surface(name):
    theme = load_theme(name)
    middle = shade_table(theme, False)[SHADES // 2].astype(int)
    assert np.abs(middle - rgb(theme.surface)).max() <= 3


@pytest.mark.parametrize("signal", [True, False])
@pytest.mark.parametrize("name", ["light", "dark"])
def test_figures_can_be_read_on_every_shade(name, signal):
    theme = load_theme(name)

    def light(color):
        share = np.asarray(color) / 255
        linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    for under, ink in zip(shade_table(theme, signal), inks(theme, signal), strict=True):
        dark, bright = sorted((light(under), light(rgb(ink))))
        assert (bright + 0.05) / (dark + 0.05) >= 4


def first_figures(*values, **wanted):
    style = next(styles(np.array(values), **wanted))
    return [style(value) for value in values]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.30184, "0.30"), (-0.30184, "−0.30"), (0.0, "0"), (3.6e-5, "3.6e−5"), (math.inf, "∞"),
     (-math.inf, "−∞"), (math.nan, "·"), (12345.0, "1.2e4")],
)  # fmt: skip
def test_figures_are_short(value, text):
    assert first_figures(value) == [text]


def test_figures_are_longer_where_there_is_room():
    assert first_figures(-0.30184, digits=5) == ["−0.30184"]
    assert first_figures(0.25, digits=5) == ["0.25"]


@pytest.mark.parametrize(
    ("values", "last"),
    [((0.55, -0.0962), [".55", "−.10"]), ((-1.2, -0.0004), ["−1.20", "0.00"]),
     ((12.3, 0.062), ["12.3", "0.1"]), ((0.996, 0.0), ["1.00", "0"])],
)  # fmt: skip
def test_figures_of_one_tile_get_shorter_together(values, last):
    *_, fixed, _, _ = styles(np.array(values))
    assert [fixed(value) for value in values] == last


def test_small_gradients_stay_told_apart_beside_large_ones():
    assert first_figures(0.5, 3e-7, signal=True) == ["0.50", "3.0e−7"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_exact_values_read_back_as_they_are(value):
    assert float(exactly(value).replace("−", "-")) == value


def test_an_element_has_the_index_of_its_matrix():
    assert index_text(matrix(np.zeros((8, 64))), 2 * 64 + 5) == "[3, 6]"
    assert index_text(Factor("h", VECTOR, np.zeros(8)), 3) == "[4]"
    assert index_text(Factor("D", DIAGONAL, np.zeros(8)), 3) == "[4, 4]"


def test_captions_say_what_cells_stand_for():
    assert shape_text(matrix(np.zeros((784, 128)))) == "784 × 128"
    assert range_texts(0.5, (7, 2))[:2] == ["scale ±0.5, max of 7 × 2", "±0.5, max of 7 × 2"]
    assert range_texts(None) == ["log scale", "log"]


def test_the_product_is_in_the_order_of_the_formula():
    tex = [piece.tex for piece in pieces(hops.forward())]
    assert tex == ["h_{1}", "=", r"\sigma\,(", "W_{1}", r"\cdot", "x", "+", "b_{1}", ")"]


def test_nothing_follows_where_nothing_multiplies():
    assert [piece.tex for piece in pieces(replace(hops.forward(), terms=(), function=""))] == [
        "h_{1}"
    ]


@pytest.mark.parametrize("name", HOPS)
def test_parts_have_names_of_their_own_that_last(name):
    keys = [piece.key for piece in pieces(HOPS[name]) if piece.factor]
    assert len(set(keys)) == len(keys)
    assert keys == [piece.key for piece in pieces(HOPS[name]) if piece.factor]


def texts(parts):
    return [piece.tex for piece in parts]


def test_the_state_path_has_a_line_of_its_own():
    state, hidden = arrangements(hops.lstm())[0]
    assert texts(state)[1:3] == [r"+\!\!=", r"\mathrm{diag}\left[f_{6}\right]"]
    assert state[0].tex == r"\frac{\partial J}{\partial c_{5}}"
    assert texts(hidden) == texts(pieces(replace(hops.lstm(), state=None)))
    assert path_labels(hops.lstm()) == ("State path ×0.97", "Hidden path ×0.21")


def test_what_a_gru_keeps_has_a_line_of_its_own():
    kept, rest = arrangements(hops.gru())[0]
    assert kept[2].factor.part == "skip"
    assert rest[0].tex == "+" and len(path_labels(hops.gru())) == 2


@pytest.mark.parametrize("name", ["sigmoid", "residual", "forward", "batch norm"])
def test_one_path_needs_no_label(name):
    assert path_labels(HOPS[name]) == ()
    assert lay_out_hop(HOPS[name], Box(0, 0, 500, 220), measure).labels == ()


def test_each_path_has_a_place_for_its_label():
    layout = lay_out_hop(hops.lstm(), Box(0, 0, 330, 230), measure)
    first, second = layout.labels
    middle = len(pieces(hops.lstm())) - len(pieces(replace(hops.lstm(), state=None)))
    assert first.bottom <= layout.slots[0].baseline
    assert layout.slots[0].tile.bottom <= second.top <= layout.slots[middle].tile.top


def test_an_operator_is_followed_by_what_comes_out_of_it():
    parts = pieces(hops.batch_norm())
    at = texts(parts).index(ARROW)
    out, operator = parts[at - 1].factor, parts[at + 1].factor
    assert operator.kind is FactorKind.OPERATOR and out.signal
    assert np.array_equal(out.values, operator.out)
    assert out.tex == r"\frac{\partial J}{\partial z_{4}}"


def test_products_break_before_a_sign_or_an_operator():
    for name, sign in (("residual", "+"), ("batch norm", ARROW)):
        whole, broken = arrangements(HOPS[name])[:2]
        assert len(whole) == 1 and broken[1][0].tex == sign
        assert texts(broken[0]) + texts(broken[1]) == texts(whole[0])


def test_a_product_with_two_breaks_may_stand_on_three_lines():
    hop = hops.batch_norm()
    both = replace(hop, terms=(*hop.terms, hops.residual().terms[1]))
    assert [len(lines) for lines in arrangements(both)] == [1, 2, 2, 3]
    assert [lines[0].tex for lines in arrangements(both)[-1][1:]] == [ARROW, "+"]


def test_one_number_for_all_is_shown_once():
    scaled = Factor(r"\alpha I", DIAGONAL, np.full(8, 0.5), "skip", "α = 0.5")
    term = replace(hops.residual().terms[1], factors=(scaled,))
    hop = replace(hops.residual(), terms=(term,))
    assert pieces(hop)[-1].factor.values.tolist() == [0.5]


def test_subscripts_are_as_wide_as_they_will_be():
    assert padded("W_{4}^{2}", 2) == padded("W_{12}^{2}", 2) == "W_{88}^{2}"


@pytest.mark.parametrize("name", HOPS)
@pytest.mark.parametrize("size", [(1300, 480), (650, 220), (360, 140), (120, 100), (400, 600)])
def test_tiles_stay_in_their_area_and_apart(name, size):
    room = Box(8, 4, *size)
    layout = lay_out_hop(HOPS[name], room, measure, 2)
    tiles = [slot.tile for slot in layout.slots if slot.piece.factor]
    assert all(tile.grown(-1).within(room) == tile.grown(-1) for tile in tiles)
    for first, second in pairwise(tiles):
        assert first.right <= second.left + 1 or first.bottom <= second.top
    lowest = max(slot.caption + slot.caption_rows * CAPTION for slot in layout.slots)
    assert lowest <= room.bottom + 8


@pytest.mark.parametrize("name", ["sigmoid", "residual", "lstm"])
def test_nothing_moves_from_hop_to_hop(name):
    hop = {"sigmoid": hops.backward, "residual": hops.residual, "lstm": hops.lstm}[name]
    first, second = (
        lay_out_hop(hop(stage=stage, seed=stage), Box(0, 0, 600, 200), measure, 1)
        for stage in (2, 4)
    )
    for one, other in zip(first.slots, second.slots, strict=True):
        assert (one.tile, one.middle, one.baseline) == (other.tile, other.middle, other.baseline)


def test_small_matrices_have_figures_and_large_ones_do_not():
    room = Box(0, 0, 660, 220)
    small, large = (lay_out_hop(HOPS[name], room, measure) for name in ("sigmoid", "large"))
    assert all(slot.figures for slot in small.slots if slot.piece.factor)
    assert not any(slot.figures for slot in large.slots)


@given(st.integers(0, 3000), st.integers(0, 2000))
def test_areas_do_not_overlap(width, height):
    layout = hop_panel_layout(width, height)
    if width >= 420 and height >= 140:
        for one, other in (("product", "side"), ("product", "foot"), ("side", "foot"),
                           ("controls", "side"), ("controls", "product")):  # fmt: skip
            assert not getattr(layout, one).meets(getattr(layout, other))


@pytest.mark.parametrize(("height", "beside"), [(150, True), (280, True), (420, False)])
def test_a_narrow_panel_stacks_only_where_the_product_gets_room(height, beside):
    layout = hop_panel_layout(456, height)
    assert (layout.side.left > layout.product.left) is beside
    assert layout.product.height > 0.5 * height


def test_product_so_far_and_hop_are_those_of_the_stage():
    hop = hops.backward(stage=3, stages=6)
    assert so_far(hop) == pytest.approx(10 ** (-0.65 * 3))
    assert this_hop(hop) == pytest.approx(10**-0.65)


@pytest.mark.parametrize("hop", [hops.forward(), replace(hops.forward(), stage=0)])
def test_there_is_no_product_before_the_loss(hop):
    assert math.isnan(so_far(hop)) and math.isnan(this_hop(hop))


def test_carry_names_both_ways():
    assert carry_text(replace(hops.lstm(), state=None)) == "state ×0.97 · hidden ×0.21"
    assert carry_text(hops.lstm()) == ""  # its lines say so
    assert carry_text(hops.backward()) == ""


def test_plain_descent_is_written_with_its_numbers():
    assert weight_rule(hops.STEP, "sgd") == RULE
    assert weight_text(hops.STEP, RULE) == "−0.30184 − 0.5 × 1.2e−3 → −0.30244"


def test_other_optimizers_are_written_as_a_change():
    assert weight_rule(hops.STEP, "adam") == OTHER_RULE
    assert weight_text(hops.STEP, OTHER_RULE) == "−0.30184 + (−6.0e−4) → −0.30244"


def test_a_small_update_is_seen_to_change_the_weight():
    step = replace(
        hops.STEP, before=-0.21074, after=-0.21074 + 3e-6, change=3e-6, used=-6e-6, gradient=-6e-6
    )
    assert weight_text(step, RULE).endswith("→ −0.210737")


def test_a_weight_that_overflowed_has_no_number():
    assert "inf or NaN" in weight_text(replace(hops.STEP, before=float("inf")), RULE)


def test_a_clipped_gradient_says_so():
    step = replace(hops.STEP, used=1e-3, change=-5e-4)
    assert weight_text(step, RULE).endswith("clipped from 1.2e−3")


@pytest.mark.parametrize(
    ("gradient", "rule", "text"),
    [
        (1.2e-3, RULE, "−0.30184 − 0.5 × 1.2e−3 at the update"),
        (1.2e-3, OTHER_RULE, "−0.30184 · its gradient is 1.2e−3"),
        (math.nan, RULE, "−0.30184 · its gradient is not reached yet"),
    ],
)
def test_before_the_update_its_result_is_open(gradient, rule, text):
    open_ = {"used": math.nan, "change": math.nan, "after": math.nan}
    assert weight_text(replace(hops.STEP, gradient=gradient, **open_), rule) == text


def test_the_update_is_shown_as_a_sum():
    hop = update_hop(hops.STEP, hops.hop_frame(None))
    total = sum(float(term.result[0]) for term in hop.terms)
    assert total == pytest.approx(float(hop.left.values[0]))


def weight_piece(hop, term):
    return next(
        piece for piece in pieces(hop)
        if piece.factor and piece.factor.part == "weights" and piece.key.startswith(term)
    )  # fmt: skip


def test_a_weight_after_a_gradient_is_of_the_stage_above():
    hop = hops.backward(8, stage=3)
    found = edge_at(hop, hops.hop_frame(hop), weight_piece(hop, "weights"), 2 * 8 + 5)
    assert found == Focus(stage=4, unit=5, source=2)


def test_a_weight_of_the_forward_pass_is_of_the_stage():
    hop = hops.forward(64, 8)
    frame = hops.hop_frame(hop, phase="forward")
    assert edge_at(hop, frame, weight_piece(hop, "weights"), 2 * 64 + 5) == Focus(1, 2, 5)


def test_the_weights_of_a_timesteps_own_loss_are_the_readouts():
    hop = hops.gru(8, stage=5, stages=9)
    frame = hops.hop_frame(hop)
    assert edge_at(hop, frame, weight_piece(hop, "loss"), 0) == Focus(9, 0, 0)


def test_what_is_no_weight_is_no_edge():
    hop = hops.backward()
    assert edge_at(hop, hops.hop_frame(hop), pieces(hop)[0], 0) is None


def test_the_hop_can_be_said():
    hop = hops.backward(sample=None)
    said = spoken(hop, hops.hop_frame(hop))
    assert said.startswith("Stage 3: 3 factors, mean over the batch")
    assert "so far ×0.011" in said


def test_the_update_can_be_said():
    frame = hops.hop_frame(None, hops.STEP, "update")
    said = spoken(update_hop(hops.STEP, frame), frame)
    assert said == "Update of one weight: −0.30184 − 0.5 × 1.2e−3 → −0.30244"
