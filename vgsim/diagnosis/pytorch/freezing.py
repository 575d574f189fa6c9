"""What stops a gradient in the user's own code: frozen parameters, and a tensor that is detached.

No field of a spec says so; the paths are these two, and their values the names of modules.
"""

from __future__ import annotations

from vgsim.diagnosis.pytorch.sketches import call_of
from vgsim.diagnosis.pytorch.writing import CODE, CodeWriter, Lines, Wanted, chosen

TRAINABLE = "model.trainable"
"""Modules whose parameters are to be trained, by name, with commas."""
ATTACHED = "model.attached"
"""Modules whose outputs are to hand a gradient back, by name, with commas."""


def _names(wanted: Wanted, path: str) -> list[str]:
    return [name for name in str(wanted.changes[path]).split(",") if name]


def _trainable(wanted: Wanted) -> Lines:
    names = _names(wanted, TRAINABLE)
    if not names:
        return []
    lines, among = chosen(wanted.form, names)
    return [
        "# before the optimizer is made, which has to be given all of them",
        *lines,
        f"for name in {among}:",
        "    model.get_submodule(name).requires_grad_(True)",
    ]


def _attached(wanted: Wanted) -> Lines:
    lines: Lines = ["  # in forward(); or it runs under torch.no_grad() there"]
    for name in _names(wanted, ATTACHED):
        holder = wanted.form.run.stage_list[wanted.form.first[name]].parent
        call = call_of(name, "x", holder)
        lines += [f"- x = {call}.detach()", f"+ x = {call}"]
    return lines if len(lines) > 1 else []


CODE.add("trainable", CodeWriter((TRAINABLE,), _trainable), "parameters that are trained again")
CODE.add("attached", CodeWriter((ATTACHED,), _attached), "outputs that hand a gradient back")
