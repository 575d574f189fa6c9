"""Another kind of cell, and fewer blocks."""

from __future__ import annotations

from vgsim.diagnosis.pytorch.layers import remade
from vgsim.diagnosis.pytorch.sketches import CHAINS, LISTS
from vgsim.diagnosis.pytorch.writing import CODE, CodeWriter, Lines, Wanted, access
from vgsim.nn.architectures import KINDS


def _kind(wanted: Wanted) -> Lines:
    """A recurrent layer of another cell in place of each that there is."""
    entry = KINDS.entry(str(wanted["network.kind"]))
    form = wanted.form
    if not form.recurrent or not entry.pytorch:
        return []
    states = [equation.of for equation in form.recurrent[0].cell.value.equations]
    lines = ["# after the model is made, before the optimizer"]
    for module in form.recurrent:
        if module.kind.endswith("Cell"):
            return []
        lines += remade(form, module.name, entry.pytorch.removeprefix("nn."))
    if len(states) < 2:
        lines.append("# its state is a pair: output, (h, c) = …")
    return lines


def _depth(wanted: Wanted) -> Lines:
    """The first blocks of a list; all have to be of one shape."""
    form = wanted.form
    share = float(wanted["network.depth"]) / max(wanted.spec.network.depth, 1)
    lines: Lines = []
    held: dict[str, list[str]] = {}
    for block in form.run.modules:
        held.setdefault(block.rpartition(".")[0], []).append(block)
    for name, kind in form.run.modules.items():
        blocks = held.get(name, [])
        if (kind not in LISTS and kind not in CHAINS) or len(blocks) < 2:
            continue
        shapes = set()
        for block in blocks:
            inside = form.within(block)
            shapes.add(form.run.stage_list[inside[-1]].shape if inside else ())
        kept = max(round(share * len(blocks)), 1)
        if len(shapes) == 1 and kept < len(blocks):
            where = access(name)
            lines.append(f"{where} = {where}[:{kept}]  # of {len(blocks)}")
    return ["# after the model is made, before the optimizer", *lines] if lines else []


CODE.add("kind", CodeWriter(("network.kind",), _kind, order=0), "another recurrent cell")
CODE.add("depth", CodeWriter(("network.depth",), _depth, order=0), "fewer blocks")
