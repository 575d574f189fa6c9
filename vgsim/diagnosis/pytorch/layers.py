"""What stands between the matrices: normalization, activation, dropout, the end of the output."""

from __future__ import annotations

from vgsim.diagnosis.pytorch.initializers import whole
from vgsim.diagnosis.pytorch.sketches import call_of
from vgsim.diagnosis.pytorch.writing import (
    CODE,
    CodeWriter,
    Lines,
    Wanted,
    chosen,
    plain,
    quoted,
)
from vgsim.diagnosis.recorded_form import RecordedForm, WeightedModule, found_in, written
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.layers.parts import NORMS, OUTPUTS
from vgsim.nn.spec import field_at
from vgsim.record.figures import FUNCTION

_OF_CELLS = frozenset({"tanh", "relu"})
"""What ``nonlinearity`` of PyTorch's plain recurrent layer can be."""
_PICTURES = "Conv"
"""How modules begin whose outputs have channels before places."""


def _each(form: RecordedForm, names: list[str], body: Lines) -> Lines:
    first, among = chosen(form, names)
    return [*first, f"for name in {among}:", *(f"    {line}" for line in body)]


def _norm(wanted: Wanted) -> Lines:
    """A normalization behind each hidden matrix that has none, or none any more."""
    entry = NORMS.entry(str(wanted["network.norm"]))
    form = wanted.form
    if entry.value.absent:
        return _without_norms(form)
    bare = [it for it in form.hidden if not _is_normalized(form, it) and _is_plain(it)]
    lines: Lines = []
    for pictures in (False, True):
        names = [it.name for it in bare if it.kind.startswith(_PICTURES) is pictures]
        if not names:
            continue
        made = entry.pytorch.format(units="layer.out_features")
        if pictures:
            made = "nn.GroupNorm(1, layer.out_channels)"  # over all channels and places: LayerNorm
            if entry.value.mixes:
                made = f"nn.BatchNorm{_dimensions(bare)}(layer.out_channels)"
        lines += _each(
            form,
            names,
            [
                "layer = model.get_submodule(name)",
                f"model.set_submodule(name, nn.Sequential(layer, {made}))",
            ],
        )
    return ["# after the model is made, before the optimizer", *lines] if lines else []


def _is_plain(module: WeightedModule) -> bool:
    """Whether it can be put into a Sequential: attention takes and gives several tensors."""
    return found_in(ACTIVATIONS, module.kind) is None and module.weight == f"{module.name}.weight"


def _dimensions(modules: list[WeightedModule]) -> str:
    pictures = [it for it in modules if it.kind.startswith(_PICTURES)]
    return f"{len(pictures[0].shape) - 2}d"


def _is_normalized(form: RecordedForm, module: WeightedModule) -> bool:
    """Whether a normalization stands right before or behind it."""
    beside = form.after(module.place) | form.before(module.place)
    return any(form.norm(form.run.stage_list[place]) is not None for place in beside)


def _without_norms(form: RecordedForm) -> Lines:
    stages = form.run.stage_list
    names = [name for name, place in form.first.items() if form.norm(stages[place]) is not None]
    if not names:
        return []
    return _each(form, names, ["model.set_submodule(name, nn.Identity())"])


def _made(wanted: Wanted) -> str:
    """The activation as PyTorch makes it."""
    return ACTIVATIONS.entry(str(wanted["network.activation"])).pytorch.format(
        slope=wanted.number("network.slope"), alpha=wanted.number("network.alpha")
    )


def _activation(wanted: Wanted) -> Lines:
    form = wanted.form
    made = _made(wanted)
    if not made:
        return []
    if form.recurrent:
        return _of_cells(wanted)
    common = form.common_activation()
    if common is None:
        return _functional(wanted, made)
    names = [name for name, entry in form.activations() if entry.name == common.name]
    modules = [name for name in names if FUNCTION not in name]
    lines: Lines = []
    if modules:
        lines = _each(form, modules, [f"model.set_submodule(name, {made})"])
        lines.insert(0, "# after the model is made")
    if len(modules) < len(names):
        lines += _functional(wanted, made)
    return lines


def _of_cells(wanted: Wanted) -> Lines:
    """A plain recurrent layer made anew; PyTorch's has two activations to choose from."""
    function = _made(wanted).removeprefix("nn.").partition("(")[0].lower()
    modules = [it for it in wanted.form.recurrent if not it.cell.value.several_gates()]
    if not modules or function not in _OF_CELLS:
        return []
    lines = ["# after the model is made, before the optimizer"]
    for module in modules:
        lines += remade(
            wanted.form, module.name, written(module.cell), f', nonlinearity="{function}"'
        )
    return lines


def remade(form: RecordedForm, name: str, kind: str, more: str = "") -> Lines:
    """A recurrent layer of the same sizes, of another kind or with other settings."""
    made = [
        f"old = {whole(form, name)}",
        f"new = nn.{kind}(",
        "    old.input_size, old.hidden_size, old.num_layers, batch_first=old.batch_first,",
        f"    dropout=old.dropout, bidirectional=old.bidirectional{more},",
        ")",
    ]
    if whole(form, name) == "model":
        return [*made, "model = new"]
    return [*made, f"model.set_submodule({quoted(name)}, new)"]


def _functional(wanted: Wanted, made: str) -> Lines:
    """A sketch: the call of a function leaves nothing in a recording but its figures."""
    hidden = wanted.form.hidden
    present = ACTIVATIONS.entry(wanted.spec.network.activation).pytorch
    if not hidden or not present:
        return []
    old = present.format(slope=wanted.spec.network.slope, alpha=wanted.spec.network.alpha)
    call = call_of(hidden[-1].name, "x")
    return [
        "  # wherever forward() calls it as a function",
        f"- x = {old}({call})",
        f"+ x = {made}({call})",
    ]


def _output(wanted: Wanted) -> Lines:
    """The last module taken out, where it squashes what the loss squashes by itself."""
    if wanted["network.output"] != field_at("network.output").default:
        return []
    form = wanted.form
    last = form.run.stage_list[-1]
    entry = found_in(OUTPUTS, last.kind)
    if entry is not None and not last.is_function:
        return [
            f"model.set_submodule({quoted(last.module)}, nn.Identity())  # was {written(entry)}"
        ]
    if not form.weights:
        return []
    end = OUTPUTS.entry(wanted.spec.network.output).pytorch
    call = call_of(form.weights[-1].name, "x")
    return [f"- return {end}({call})", f"+ return {call}"] if end else []


def _dropout(wanted: Wanted) -> Lines:
    share = wanted.number("network.dropout")
    form = wanted.form
    if any("Dropout" in stage.kind for stage in form.run.stage_list):
        return [
            "for module in model.modules():",
            "    if isinstance(module, nn.Dropout):",
            f"        module.p = {share}",
        ]
    names = [name for name, _ in form.activations() if FUNCTION not in name]
    if not names:
        return []
    return _each(
        form,
        names,
        [
            f"part = nn.Sequential(model.get_submodule(name), nn.Dropout({share}))",
            "model.set_submodule(name, part)",
        ],
    )


def _epsilon(wanted: Wanted) -> Lines:
    form = wanted.form
    stages = form.run.stage_list
    names = [name for name, place in form.first.items() if form.norm(stages[place]) is not None]
    if not names:
        return []
    value = plain(float(wanted["network.norm_epsilon"]))
    return _each(form, names, [f"model.get_submodule(name).eps = {value}"])


CODE.add(
    "normalization",
    CodeWriter(("network.norm",), _norm, ("network.norm_position",), order=1),
    "a normalization behind every hidden matrix",
)
CODE.add(
    "activation",
    CodeWriter(("network.activation",), _activation, ("network.slope", "network.alpha"), order=1),
    "another activation in place of the present one",
)
CODE.add("output", CodeWriter(("network.output",), _output), "the end of the output")
CODE.add("dropout", CodeWriter(("network.dropout",), _dropout), "how many units are silenced")
CODE.add("norm ε", CodeWriter(("network.norm_epsilon",), _epsilon), "ε of every normalization")
