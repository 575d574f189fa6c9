"""A composed stage in words of its own, for engines that are not ours to differentiate."""

from __future__ import annotations

from typing import Any, Protocol

from vgsim.nn.layers import StagePlan


class Words(Protocol):
    """What another engine needs to know: activations, normalizations, and the sigmoid."""

    def activation(self, name: str, u: Any, own: dict[str, Any]) -> Any: ...
    def norm(self, name: str, u: Any, own: dict[str, Any]) -> Any: ...
    def softmax(self, u: Any) -> Any: ...


def stage(
    words: Words, plan: StagePlan, own: dict[str, Any], x: Any, s: Any, mask: Any = 1.0
) -> Any:
    """h of one stage from h below (``x``) and h where its skip path begins (``s`` or None)."""

    def norm(u: Any, here: bool) -> Any:
        return words.norm(plan.norm, u, own) if here and plan.norm != "none" else u

    def bent(u: Any) -> Any:
        return norm(words.activation(plan.activation, u, own), not plan.norm_first)

    skipped = 0.0
    if s is not None:
        skipped = plan.scale * (s @ own["W_P"] if "W_P" in own else s)
    kappa = own.get("kappa", 1.0)
    if plan.skip == "preactivation":
        return ((bent(norm(x, plan.norm_first)) * mask) @ own["W"] + own["b"]) * kappa + skipped
    z = norm(x @ own["W"] + own["b"], plan.norm_first)
    if plan.skip == "original":
        return bent(z * kappa + skipped) * mask
    if plan.skip == "highway" and s is not None:
        t = words.activation("sigmoid", s @ own["W_T"] + own["b_T"], own)
        return t * bent(z) * mask + (1 - t) * s
    return bent(z) * mask * kappa + skipped


def forward(words: Words, stages: list[Any], free: list[dict[str, Any]], x: Any) -> Any:
    """h of the last stage; ``free`` holds each stage's parameters and its added ``zero``."""
    h = [x]
    for layer, own in zip(stages, free, strict=True):
        plan = layer.plan
        s = h[len(h) - plan.source] if plan.source else None
        drop = getattr(layer, "drop", None)
        mask = 1.0 if drop is None else drop.mask
        above = stage(words, plan, own, h[-1], s, mask)
        if plan.output.startswith("softmax"):
            above = words.softmax(above)
        h.append(above + own["zero"])
    return h[-1]
