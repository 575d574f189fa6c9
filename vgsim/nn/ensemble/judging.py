"""Held-out samples of all members of an ensemble."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vgsim.nn.architectures import build
from vgsim.nn.ensemble.feed import Feed
from vgsim.nn.held_out import HeldOut
from vgsim.nn.network import Network
from vgsim.nn.padded import loss_over
from vgsim.nn.preparation import by_step
from vgsim.nn.spec import Spec


def judging(feed: Feed, network: Network, specs: Sequence[Spec]) -> HeldOut | None:
    """That of the members that ``network`` trains with ``feed``; None where none are held out.

    Members that share their data share these too; others hold out as many samples each.
    """
    made, spec = feed.sources[0].made, specs[0]
    plans = made.plans(spec)
    held = made.held(plans)
    parts = [source.made.held_part(held) for source in feed.sources]
    if not len(parts[0].x):
        return None
    judged = build(
        spec, plans, len(parts[0].x), made.steps, network.flat, training=False,
        padded=made.padding is not None, shared=feed.shared and bool(network.flat.lead),
    )  # fmt: skip
    judged.vary([own.network for own in specs])
    if made.padding is not None:
        paddings = [source.made.padding[1][held] for source in feed.sources if source.made.padding]
        judged.pad(paddings[0] if feed.shared else np.array(paddings)[feed.owner])
    targets = [by_step(part.t) for part in parts]
    if feed.shared:
        x = parts[0].x[:]
        t = np.broadcast_to(targets[0], (*network.flat.lead, *targets[0].shape))
    else:
        x = np.array([part.x[:] for part in parts])[feed.owner]
        t = np.array(targets)[feed.owner]
    rules = feed.rules
    classes = bool(made.data.dataset.classes)
    by_member = rules if network.flat.lead else []
    loss = loss_over(judged, made.loss, t, rules[0], classes, by_member)
    return HeldOut(judged, loss, x, feed.batches.batch)
