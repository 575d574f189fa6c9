"""The way of the cell cursor from cell to cell and from tile to tile."""

from __future__ import annotations

from collections.abc import Sequence

from vgsim.ui.chain_rule.model.cells import ABSENT
from vgsim.ui.chain_rule.tiles import TileFace
from vgsim.ui.chain_rule.values import Spot, face_of


def first_spot(faces: Sequence[TileFace]) -> Spot | None:
    """Where the cursor begins: in the first factor right of "="."""
    return _spot(faces[min(1, len(faces) - 1)], 0, 0) if faces else None


def moved(faces: Sequence[TileFace], spot: Spot, down: int, across: int) -> Spot:
    """The spot one cell further; beyond the edge of a tile it is in the next one."""
    face = face_of(faces, spot)
    if face is None:
        return first_spot(faces) or spot
    row, column = face.where(spot.at) or (0, 0)
    rows, columns = face.grid
    if columns > 1 and face.cells.at[0, columns - 1] == ABSENT:
        return _along(faces, face, row + down + across, across)
    row, column = min(max(row + down, 0), rows - 1), column + across
    if 0 <= column < columns:
        return _spot(face, row, column)
    return _beside(faces, face, row, across)


def _along(faces: Sequence[TileFace], face: TileFace, at: int, across: int) -> Spot:
    """Along a diagonal, which has no cells beside it."""
    last = face.grid[0] - 1
    if 0 <= at <= last or not across:
        at = min(max(at, 0), last)
        return _spot(face, at, at)
    return _beside(faces, face, min(max(at, 0), last), across)


def _beside(faces: Sequence[TileFace], face: TileFace, row: int, across: int) -> Spot:
    """The nearest cell of the tile beside ``face``, or of itself at the end of the product."""
    here = list(faces).index(face)
    at = min(max(here + across, 0), len(faces) - 1)
    rows, columns = faces[at].grid
    first = (across > 0) == (at != here)
    row, column = min(row, rows - 1), 0 if first else columns - 1
    if faces[at].cells.at[row, column] == ABSENT:
        row = column = 0 if first else rows - 1
    return _spot(faces[at], row, column)


def _spot(face: TileFace, row: int, column: int) -> Spot:
    return Spot(face.slot.piece.key, int(face.cells.at[row, column]))
