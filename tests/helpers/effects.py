"""Measured effects made up for tests."""

from __future__ import annotations

import math

from vgsim.diagnosis.verdict import Course, Effect, Remedy, Ruling


def told(
    remedy: Remedy,
    loss: float = 0.4103,
    loss_before: float = 2.3026,
    hop: float = 0.918,
    hop_before: float = 0.2201,
    end: float = 0.652,
    end_before: float = 5.2e-4,
    updates: int = 50,
    wanted: int | None = None,
    refused: str = "",
    spike: float = math.nan,
    spike_step: int = 0,
    ruling: Ruling = Ruling.HELPS,
    **others: object,
) -> Effect:
    """An effect with these figures from a fresh start."""
    return Effect(
        remedy,
        Course(hop_before, end_before, loss_before, steps=updates),
        Course(hop, end, loss, spike, spike_step, steps=updates),
        updates if wanted is None else wanted,
        refused,
        Ruling.REFUSED if refused else ruling,
        **others,
    )
