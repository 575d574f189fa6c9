"""No file but its own knows the name of a kind: nothing is compared with one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import vgsim
from vgsim.core.registry import HOMES, registry
from vgsim.diagnosis import OUTCOMES
from vgsim.export.formats import FORMATS
from vgsim.nn.layers import LAYERS

ALSO = {"activation", "step", "underflow"}
"""Names that mean something else, too: a part of a stage, an update, an anomaly."""


def compared(tree: ast.AST) -> Iterator[tuple[int, object]]:
    """Constants that anything is compared with, alone or in a tuple, list or set; their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            for side in [node.left, *node.comparators]:
                parts = side.elts if isinstance(side, (ast.Tuple, ast.List, ast.Set)) else [side]
                for part in parts:
                    if isinstance(part, ast.Constant):
                        yield node.lineno, part.value


def test_nothing_is_compared_with_the_name_of_a_kind():
    registries = [*(registry(kind) for kind in HOMES), LAYERS, OUTCOMES, FORMATS]
    names = {name for each in registries for name in each.names()} - ALSO
    source = Path(vgsim.__file__).parent
    found = [
        f"{path.relative_to(source)}:{line} {value!r}"
        for path in sorted(source.rglob("*.py"))
        for line, value in compared(ast.parse(path.read_text("utf-8")))
        if value in names
    ]
    assert found == []


def test_the_search_finds_what_it_looks_for():
    text = "a == 'relu' or b in ('x', 'tanh')"
    assert list(compared(ast.parse(text))) == [(1, "relu"), (1, "x"), (1, "tanh")]
