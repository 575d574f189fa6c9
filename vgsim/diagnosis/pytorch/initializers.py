"""Other initial weights and biases, for every module with a matrix."""

from __future__ import annotations

from vgsim.core.registry import Entry
from vgsim.diagnosis.pytorch.writing import (
    CODE,
    CodeWriter,
    Lines,
    Wanted,
    access,
    among,
    chosen,
    plain,
)
from vgsim.diagnosis.recorded_form import RecordedForm, RecurrentModule, WeightedModule
from vgsim.nn.cells import CELLS, Cell
from vgsim.nn.initializers import BIASES, INITIALIZERS, settled

_FITTED = """\
# scales each layer on one batch until its output has variance 1
x = next(iter(loader))[0]
with torch.no_grad():
    for name, module in model.named_modules():
        if {condition}:
            nn.init.orthogonal_(module.weight)
            seen = []
            hook = module.register_forward_hook(lambda m, inputs, output: seen.append(output))
            for _ in range(10):
                model(x)
                module.weight /= seen.pop().std().clamp(min=1e-6)
            hook.remove()"""


def initial(wanted: Wanted, name: str, weight: str) -> str:
    """The call of an initializer on ``weight``; empty where PyTorch has none."""
    init = settled(wanted.spec.replace(_read(wanted)).init, str(wanted["network.activation"]))
    text = INITIALIZERS.entry(name).pytorch.format(
        weight=weight, gain=plain(init.gain), std=plain(init.std), range=plain(init.range)
    )
    return text.replace(", gain=1.0)", ")").replace("'", '"')


def initial_bias(wanted: Wanted, bias: str) -> str:
    """The call that sets biases; empty where PyTorch has none."""
    name = str(wanted["init.bias"])
    value = wanted.number("init.bias_value")
    return BIASES.entry(name).pytorch.format(bias=bias, bias_value=value)


def _read(wanted: Wanted) -> dict[str, object]:
    return {path: value for path, value in wanted.changes.items() if path.startswith("init.")}


def _selected(form: RecordedForm) -> list[WeightedModule]:
    """Modules that have a ``weight`` of their own, as attention does not."""
    return [it for it in form.weights if it.weight == f"{it.name}.weight" or len(form.first) == 1]


def _loop(form: RecordedForm, body: Lines) -> Lines:
    """``body`` for each of them, as ``module``."""
    modules = _selected(form)
    condition = among(form, modules)
    if condition:
        lines = ["for name, module in model.named_modules():", f"    if {condition}:"]
        if " name " not in condition:
            lines[0] = "for module in model.modules():"
        return lines + [f"        {line}" for line in body]
    first, names = chosen(form, [it.name for it in modules])
    lines = [*first, f"for name in {names}:", "    module = model.get_submodule(name)"]
    return lines + [f"    {line}" for line in body]


def _changes_size(wanted: Wanted, path: str) -> bool:
    """Whether the initializer of a field, or a number that it reads, is to be another."""
    uses = INITIALIZERS.entry(str(wanted[path])).uses
    read = {path, *uses}
    if "init.gain_by" in uses:
        read.add("init.gain")
    return bool(read & set(wanted.changes))


def _write(wanted: Wanted) -> Lines:
    body: Lines = []
    lines: Lines = []
    form = wanted.form
    if _changes_size(wanted, "init.weights"):
        name = str(wanted["init.weights"])
        if INITIALIZERS[name].fitted:
            condition = among(form, _selected(form))
            if not condition or form.recurrent:
                return []
            return _FITTED.format(condition=condition).splitlines()
        call = initial(wanted, name, "module.weight")
        if not call:
            return []
        body.append(call)
        lines += _of_cells(wanted, "weight_ih", name)
    if "init.bias" in wanted.changes:
        call = initial_bias(wanted, "module.bias")
        if not call:
            return []
        body += ["if module.bias is not None:", f"    {call}"]
        lines += _biases_of_cells(wanted)
    of_cells = {"network.kind", "init.forget_bias"} & set(wanted.changes)
    if _selected(form) and body and not (form.recurrent and of_cells):
        lines = _loop(form, body) + lines
    return ["# after the model is made", *lines] if lines else []


def _of_cells(wanted: Wanted, which: str, name: str) -> Lines:
    """The same gate by gate for the matrices of recurrent modules."""
    lines: Lines = []
    for module in wanted.form.recurrent:
        cell = cell_of(wanted, module).value
        gates = len(cell.gates)
        lines += [f"for name, weight in {_whole(wanted.form, module)}.named_parameters():"]
        lines += [f'    if name.startswith("{which}"):']
        if gates == 1:
            lines += [f"        {initial(wanted, name, 'weight')}"]
        else:
            order = ", ".join(cell.gates)
            lines += [f"        for gate in weight.data.chunk({gates}):  # {order}"]
            lines += [f"            {initial(wanted, name, 'gate')}"]
    return lines


def _biases_of_cells(wanted: Wanted) -> Lines:
    lines: Lines = []
    for module in wanted.form.recurrent:
        lines += [f"for name, bias in {_whole(wanted.form, module)}.named_parameters():"]
        lines += ['    if name.startswith("bias"):', f"        {initial_bias(wanted, 'bias')}"]
    return lines


def _whole(form: RecordedForm, module: RecurrentModule) -> str:
    return whole(form, module.name)


def whole(form: RecordedForm, name: str) -> str:
    """The module of that name; the model itself where it is all of it."""
    if len(form.first) == 1 and not form.run.modules:
        return "model"
    return access(name)


def cell_of(wanted: Wanted, module: RecurrentModule) -> Entry[type[Cell]]:
    """The cell of a module after the change."""
    if "network.kind" in wanted.changes:
        return CELLS.entry(str(wanted["network.kind"]))
    return module.cell


def _recurrent(wanted: Wanted) -> Lines:
    name = str(wanted["init.recurrent"])
    if not _changes_size(wanted, "init.recurrent"):
        return []
    if INITIALIZERS[name].fitted or not initial(wanted, name, "weight"):
        return []
    lines = _of_cells(wanted, "weight_hh", name)
    return ["# after the model is made", *lines] if lines else []


def _forget(wanted: Wanted) -> Lines:
    """The bias of the gate that keeps the memory, as the sum of the two that PyTorch has."""
    lines: Lines = []
    for module in wanted.form.recurrent:
        cell = cell_of(wanted, module).value
        kept = cell.kept()
        if kept is None or not cell.opened_by:
            continue
        at = cell.gates.index(kept.by)
        order = ", ".join(cell.gates)
        start = {0: "", 1: "n "}.get(at, f"{at} * n ")
        part = f"{start}: {at + 1} * n"
        value = wanted.number(cell.opened_by)
        lines += [
            "with torch.no_grad():",
            f"    for name, bias in {_whole(wanted.form, module)}.named_parameters():",
            f"        n = len(bias) // {len(cell.gates)}  # gates in the order {order}",
            '        if name.startswith("bias_ih"):',
            f"            bias[{part}] = 0",
            '        if name.startswith("bias_hh"):',
            f"            bias[{part}] = {value}",
        ]
    return lines


_SIZES = ("init.std", "init.range", "init.gain", "init.gain_by")
CODE.add(
    "initial weights",
    CodeWriter(("init.weights", "init.bias", *_SIZES), _write, ("init.bias_value",), order=3),
    "initializers and biases",
)
CODE.add(
    "recurrent weights",
    CodeWriter(("init.recurrent", *_SIZES), _recurrent, order=4),
    "initializers of what comes from the timestep before",
)
CODE.add(
    "forget bias",
    CodeWriter(("init.forget_bias",), _forget, order=5),
    "gates that start open",
)
