"""Which remedies are offered: the one rule, on measured figures.

A remedy is offered where J is clearly lower with it than without, it does not diverge, and
it learns anything at all. What contradicts the verdict is no remedy in the first place: a setting
that an outcome calls too small is never made smaller, one that it calls too large never larger.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from vgsim.diagnosis.outcome import Outcome
from vgsim.diagnosis.verdict import Course, Ruling, Value
from vgsim.nn.architectures import KINDS
from vgsim.nn.losses import LOSSES
from vgsim.nn.spec import Spec, field_at

GAIN = 0.02
"""Share by which J must be lower with a remedy than without for it to count as help. Ours."""
CLEAR = 3.0
"""Standard errors of the difference beyond which it is no luck of the batches. Ours."""
LEARNED = 0.98
"""J over guessing from which nothing has been learned. Ours."""
TAIL = 10
"""Updates, at the least, whose losses tell the noise."""


def ruling(spec: Spec, before: Course, after: Course, held_out: bool = False) -> Ruling:
    """What is to be said of a remedy for ``spec``, whose course is ``after``; ``before`` without.

    J is compared as a share of guessing where both know it, for a remedy may change its unit. With
    ``held_out`` it is J on held-out samples, always the same ones, that decides.
    """
    if KINDS[spec.network.kind].fixed or not LOSSES[spec.training.loss].judges:
        return _by_distance(before, after)
    if math.isinf(after.loss) or after.ran_away:
        return Ruling.DIVERGES
    if held_out and math.isfinite(after.held):
        return _by_held_out(before.held, after.held)
    unit_before, unit = units(before, after)
    without = before.loss / unit_before
    present = after.loss / unit
    if after.chance > 0 and after.loss > LEARNED * after.chance and present < without:
        return Ruling.LEARNS_NOTHING
    if abs(present - without) < GAIN * abs(without) or not clear(before, after):
        return Ruling.CHANGES_NOTHING
    if present > without:
        return Ruling.WORSE
    return Ruling.HELPS


def _by_held_out(without: float, present: float) -> Ruling:
    if present < (1 - GAIN) * without:
        return Ruling.HELPS
    if present > (1 + GAIN) * without:
        return Ruling.WORSE
    return Ruling.CHANGES_NOTHING


def _by_distance(before: Course, after: Course) -> Ruling:
    """Where nothing trains: more of the gradient arrives, neither less nor more than was sent."""
    there = _distance(before.end)
    here = _distance(after.end)
    if here < there:
        return Ruling.HELPS
    if here == there:
        return Ruling.CHANGES_NOTHING
    return Ruling.WORSE


def _distance(factor: float) -> float:
    """How far a factor is from 1, in decades; inf where there is none."""
    if 0 < factor < math.inf:
        return abs(math.log10(factor))
    return math.inf


def units(before: Course, after: Course) -> tuple[float, float]:
    """What J of each is divided by to be compared: 1 where guessing costs the same in both."""
    known = before.chance > 0 and after.chance > 0
    if known and not math.isclose(before.chance, after.chance, rel_tol=1e-3):
        return before.chance, after.chance
    return 1.0, 1.0


def clear(before: Course, after: Course) -> bool:
    """Whether the difference of both courses is no luck of their batches.

    The median of the differences of their last losses, update by update on the same batches, is
    compared with its standard error, 1.2533 · 1.4826 · MAD / √n. A loss that is no number is clear,
    and so is one that is lower at each of the last TAIL updates or more: that is luck once in 500
    times, however the losses of a course that ran away are scattered.
    """
    if math.isinf(before.loss) or math.isinf(after.loss):
        return before.loss != after.loss
    unit_before, unit = units(before, after)
    count = min(len(before.tail), len(after.tail))
    if count == 0:
        return before.loss != after.loss
    without = np.asarray(before.tail[-count:]) / unit_before
    differences = without - np.asarray(after.tail[-count:]) / unit
    if count >= TAIL and (np.all(differences > 0) or np.all(differences < 0)):
        return True
    middle = float(np.median(differences))
    spread = 1.4826 * float(np.median(np.abs(differences - middle)))
    return abs(middle) > CLEAR * 1.2533 * spread / math.sqrt(count)


def tail(losses: Sequence[float]) -> tuple[float, ...]:
    """The last tenth of the losses, and TAIL of them at least."""
    return tuple(losses[-max(len(losses) // 10, TAIL) :])


def contradicts(outcome: Outcome, spec: Spec, changes: Mapping[str, Value]) -> bool:
    """Whether changes go against what ``outcome`` says of a setting.

    A setting that means another thing in the changed spec, as the rate of another update rule,
    is not compared.
    """
    for paths, sign in ((outcome.too_small, 1), (outcome.too_large, -1)):
        for path in paths:
            new = changes.get(path)
            if not isinstance(new, (int, float)) or _means_another(path, changes):
                continue
            if (float(new) - float(spec[path])) * sign < 0:
                return True
    return False


def _means_another(path: str, changes: Mapping[str, Value]) -> bool:
    """Whether a choice that reads the field changes as well."""
    for other in changes:
        info = field_at(other)
        if other != path and info.registered and info.section == field_at(path).section:
            return True
    return False
