"""What stops a gradient in the user's own code: frozen, detached, or behind a softmax that is sure.

No field of a spec says so; the paths are these, and their values the names of modules.
"""

from __future__ import annotations

from vgsim.diagnosis.pytorch.sketches import CHAINS, LISTS, call_of, listed
from vgsim.diagnosis.pytorch.writing import CODE, CodeWriter, Lines, Wanted, chosen
from vgsim.diagnosis.recorded_form import RecordedForm

TRAINABLE = "model.trainable"
"""Modules whose parameters are to be trained, by name, with commas."""
SCALED = "model.scaled"
"""Softmaxes whose inputs are to be divided by the root of the width, by name, with commas."""
ATTACHED = "model.attached"
"""Modules whose outputs are to hand a gradient back, by name, with commas."""


def _names(wanted: Wanted, path: str) -> list[str]:
    """Modules, each once; a stage is told by its module."""
    form = wanted.form
    found = []
    for name in str(wanted.changes[path]).split(","):
        if name in form.places:
            name = form.run.stage_list[form.places[name]].module
        if name in form.names:
            found.append(name)
    return list(dict.fromkeys(found))


def _trainable(wanted: Wanted) -> Lines:
    names = _names(wanted, TRAINABLE)
    if not names:
        return []
    lines, among = chosen(wanted.form, names)
    if not _is_frozen(wanted.form, names):  # it has gradients, and nobody who uses them
        return [
            *lines,
            f"for name in {among}:",
            "    parameters = list(model.get_submodule(name).parameters())",
            '    optimizer.add_param_group({"params": parameters})',
        ]
    return [
        "# before the optimizer is made, which has to be given all of them",
        *lines,
        f"for name in {among}:",
        "    model.get_submodule(name).requires_grad_(True)",
    ]


def _is_frozen(form: RecordedForm, names: list[str]) -> bool:
    """Whether a parameter of these modules asks for no gradient."""
    for parameter in form.run.parameter_list:
        held = any(parameter.name.startswith(f"{name}.") for name in names)
        if held and not parameter.trained:
            return True
    return False


def _attached(wanted: Wanted) -> Lines:
    calls = []
    for name in _names(wanted, ATTACHED):
        called = _as_called(wanted.form, name)
        calls.append(call_of(called, "x", _holder(wanted.form, called)))
    lines: Lines = ["  # in forward(), where it may also run under torch.no_grad()"]
    for call in dict.fromkeys(calls):
        lines += [f"- x = {call}.detach()", f"+ x = {call}"]
    return lines if len(lines) > 1 else []


def _as_called(form: RecordedForm, name: str) -> str:
    """The outermost Sequential around it: that is what a forward of the user's own calls."""
    while form.run.modules.get(name.rpartition(".")[0], "") in CHAINS:
        name = name.rpartition(".")[0]
    return name


def _holder(form: RecordedForm, name: str) -> str:
    """The module whose forward calls it; lists are not called."""
    holder = name.rpartition(".")[0]
    while form.run.modules.get(holder, "") in LISTS:
        holder = holder.rpartition(".")[0]
    return holder


def _scaled(wanted: Wanted) -> Lines:
    """Products of queries and keys by the root of their width, before a softmax."""
    names = _names(wanted, SCALED)
    if not names:
        return []
    return [
        f"  # before {listed(names)}",
        "- scores = q @ k.transpose(-2, -1)",
        "+ scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5",
    ]


CODE.add("trainable", CodeWriter((TRAINABLE,), _trainable), "parameters that are trained again")
CODE.add("attached", CodeWriter((ATTACHED,), _attached), "outputs that hand a gradient back")
CODE.add("scaled", CodeWriter((SCALED,), _scaled), "what goes into a softmax, made smaller")
