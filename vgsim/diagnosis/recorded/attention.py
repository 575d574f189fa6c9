"""How large what attention compares is: queries and keys by the sizes of their projections."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from vgsim.measure.recording.kinds import called
from vgsim.record.reader import RecordedRun, RecordedStep

_QUERIES = frozenset(("q", "query", "queries", "q_proj", "q_lin", "wq", "to_q", "w_q", "fc_q"))
_KEYS = frozenset(("k", "key", "keys", "k_proj", "k_lin", "wk", "to_k", "w_k", "fc_k"))
_TOGETHER = frozenset(("qkv", "qkv_proj", "in_proj", "to_qkv", "c_attn", "wqkv", "w_qkv"))
"""How projections are usually called."""


def compared(run: RecordedRun, step: RecordedStep) -> tuple[tuple[str, float], ...]:
    """RMS of queries times keys over the root of their width, by the module that holds them.

    As if both were independent: then it is the product of their own RMS.
    """
    if "h_rms" not in step:
        return ()
    sizes = np.asarray(step["h_rms"], float)
    queries: dict[str, float] = {}
    keys: dict[str, float] = {}
    found: dict[str, float] = defaultdict(float)
    for place, stage in enumerate(run.stage_list):
        holder, _, name = stage.name.rpartition(".")
        if name in _QUERIES:
            queries[holder] = sizes[place]
        elif name in _KEYS:
            keys[holder] = sizes[place]
        elif name in _TOGETHER and "h_units" in step:
            units = step.tables("h_units")[place]
            if units is not None and units.size > 2:
                third = units.size // 3
                halves = units.ravel()[:third], units.ravel()[third : 2 * third]
                found[holder or called(stage)] = _rms(halves[0]) * _rms(halves[1])
    for holder, size in queries.items():
        if holder in keys:
            found[holder] = size * keys[holder]
    return tuple((holder, float(size)) for holder, size in found.items() if np.isfinite(size))


def _rms(values: np.ndarray[tuple[int, ...], np.dtype[np.floating]]) -> float:
    return float(np.sqrt(np.mean(np.square(values))))
