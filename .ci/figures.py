"""How the source of vgsim reads, in figures: of one tree, or of two side by side.

    figures.py [TREE] [TREE] [--lists N]

Only the files under ``vgsim/`` whose names end in ``.py`` count. How each figure is counted:

* *lines* are those of the file; *non-blank* lines have anything but white space, so comments and
  docstrings are among them.
* *A function's lines* go from its ``def`` to its last line, signature and docstring included,
  decorators not. Methods and functions within functions are functions. p90 is the smallest
  length that nine in ten do not exceed.
* *Conditional expressions* are ``a if x else b``, per 100 non-blank lines; the ``if`` of a
  comprehension is none.
* *Tuple assignments* are assignments (``=``, without annotated and augmented ones) with a tuple
  among the targets, in percent of all assignments: ``a, b = 1, 2`` and ``a, b = pair()``. Those
  that have a tuple on the right too are told apart.
* *Private functions* begin with one underscore. One has *one caller* when its name is called at
  exactly one place of its own module.
* *Comments*: lines with a comment, a line of its own or not, in percent of the non-blank lines;
  ``# fmt:`` is no comment.
* *Import circles* are strongly connected components of more than one module. Every import counts,
  wherever it stands: in a function, and below ``if TYPE_CHECKING`` too. ``from a import b`` leads
  to the module ``a.b`` when there is one, otherwise to ``a``; the packages above a module are not
  led to by that. *Circles at start* leave out imports in functions and for types only.
* *Names with several meanings* are names of classes that more than one module defines.
"""

from __future__ import annotations

import argparse
import ast
import io
import statistics
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = "vgsim"
SMALL = 30
"""Lines of a module that is called small."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """What is counted in one file."""

    name: str
    lines: int
    nonblank: int
    comments: int
    conditionals: int = 0
    assignments: int = 0
    tuple_targets: int = 0
    tuple_both: int = 0
    functions: list[tuple[int, str]] = field(default_factory=list)
    """(lines, name)"""
    private: int = 0
    once: list[str] = field(default_factory=list)
    """Private functions with one caller."""
    classes: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    imports_at_start: set[str] = field(default_factory=set)


def modules_of(tree: Path) -> dict[str, Module]:
    """Every module of a tree by its name."""
    files = {}
    for path in sorted((tree / PACKAGE).rglob("*.py")):
        parts = path.relative_to(tree).with_suffix("").parts
        if parts[-1] == "__init__":
            parts = parts[:-1]
        files[".".join(parts)] = path
    if not files:
        raise SystemExit(f"{tree}: there is no {PACKAGE}/ in it")
    return {name: counted(name, path, set(files)) for name, path in files.items()}


def counted(name: str, path: Path, known: set[str]) -> Module:
    """Count everything in one file."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    nonblank = sum(1 for line in lines if line.strip())
    module = Module(name, len(lines), nonblank, comments_in(text))
    tree = ast.parse(text)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    called: Counter[str] = Counter()
    private = []
    for node, function, start in walked(tree):
        if isinstance(node, ast.IfExp):
            module.conditionals += 1
        elif isinstance(node, ast.Assign):
            count_assignment(module, node)
        elif isinstance(node, ast.Call):
            called[called_name(node)] += 1
        elif isinstance(node, ast.ClassDef):
            module.classes.add(node.name)
        elif isinstance(node, Function):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            module.functions.append((length, f"{name}: {function}"))
            if node.name.startswith("_") and not node.name.startswith("__"):
                private.append((node.name, function))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found = imported(node, package, known) - {name}
            module.imports |= found
            if start:
                module.imports_at_start |= found
    module.private = len(private)
    module.once = [function for short, function in private if called[short] == 1]
    return module


def comments_in(text: str) -> int:
    """Lines with a comment that is no order to a formatter."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    found = (token for token in tokens if token.type == tokenize.COMMENT)
    return sum(1 for token in found if not token.string.lstrip("# ").startswith("fmt:"))


def walked(
    node: ast.AST, function: str = "", start: bool = True
) -> Iterator[tuple[ast.AST, str, bool]]:
    """Every node below ``node``, the function or class it is in, whether it runs at an import."""
    for child in ast.iter_child_nodes(node):
        inner = function
        at_start = start
        if isinstance(child, Function | ast.ClassDef):
            inner = f"{function}.{child.name}" if function else child.name
        if isinstance(child, Function) or is_for_types(child):
            at_start = False
        yield child, inner, at_start
        yield from walked(child, inner, at_start)


def is_for_types(node: ast.AST) -> bool:
    """Whether it is ``if TYPE_CHECKING``."""
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def count_assignment(module: Module, node: ast.Assign) -> None:
    """Count one assignment, and whether it is one of tuples."""
    module.assignments += 1
    if any(isinstance(target, ast.Tuple) for target in node.targets):
        module.tuple_targets += 1
        if isinstance(node.value, ast.Tuple):
            module.tuple_both += 1


def called_name(node: ast.Call) -> str:
    """The last name of what is called, empty for what has none."""
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def imported(node: ast.Import | ast.ImportFrom, package: str, known: set[str]) -> set[str]:
    """The modules of vgsim that an import leads to."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names} & known
    base = node.module or ""
    if node.level:  # a relative import: one dot is the package that the module is in
        parts = package.split(".")
        above = ".".join(parts[: len(parts) - node.level + 1])
        base = f"{above}.{base}" if base else above
    found = set()
    for alias in node.names:
        inner = f"{base}.{alias.name}"
        found.add(inner if inner in known else base)
    return found & known


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Strongly connected components of more than one module, the largest first (Tarjan 1972)."""
    index: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(name: str) -> None:
        index[name] = lowest[name] = len(index)
        stack.append(name)
        for other in sorted(edges[name]):
            if other not in index:
                visit(other)
            if other in stack:
                lowest[name] = min(lowest[name], lowest[other])
        if lowest[name] == index[name]:
            cut = stack.index(name)
            if len(stack) - cut > 1:
                found.append(sorted(stack[cut:]))
            del stack[cut:]

    for name in sorted(edges):
        if name not in index:
            visit(name)
    return sorted(found, key=lambda names: (-len(names), names))


def meanings(modules: dict[str, Module]) -> dict[str, list[str]]:
    """Names of classes that several modules define, and these modules."""
    places = defaultdict(list)
    for module in modules.values():
        for name in module.classes:
            places[name].append(module.name)
    return {name: places[name] for name in sorted(places) if len(places[name]) > 1}


def figures(modules: dict[str, Module]) -> dict[str, str]:
    """Every figure by its name."""
    all_of = list(modules.values())
    longest = max(all_of, key=lambda module: module.lines)
    functions = sorted(length for module in all_of for length, _ in module.functions)
    most = max(function for module in all_of for function in module.functions)
    nonblank = sum(module.nonblank for module in all_of)
    conditionals = sum(module.conditionals for module in all_of)
    comments = sum(module.comments for module in all_of)
    assignments = sum(module.assignments for module in all_of)
    targets = sum(module.tuple_targets for module in all_of)
    both = sum(module.tuple_both for module in all_of)
    private = sum(module.private for module in all_of)
    once = sum(len(module.once) for module in all_of)
    every = circles({module.name: module.imports for module in all_of})
    at_start = circles({module.name: module.imports_at_start for module in all_of})
    return {
        "modules": str(len(all_of)),
        f"  of {SMALL} lines or fewer": str(sum(module.lines <= SMALL for module in all_of)),
        "lines in all": f"{sum(module.lines for module in all_of):,}",
        "  non-blank": f"{nonblank:,}",
        "module lines, median": f"{statistics.median(module.lines for module in all_of):g}",
        "largest module, lines": f"{longest.lines}",
        "  which module": longest.name.removeprefix(f"{PACKAGE}."),
        "functions": f"{len(functions):,}",
        "function lines, median": f"{statistics.median(functions):g}",
        "  p90": str(functions[-(-9 * len(functions) // 10) - 1]),
        "longest function, lines": str(most[0]),
        "  which function": most[1].removeprefix(f"{PACKAGE}."),
        "conditional expressions": f"{conditionals}",
        "  per 100 non-blank lines": f"{100 * conditionals / nonblank:.2f}",
        "tuple assignments": f"{targets} of {assignments:,}",
        "  share": f"{100 * targets / assignments:.1f} %",
        "  a tuple on the right too": f"{both} ({100 * both / assignments:.1f} %)",
        "private functions": f"{private:,}",
        "  with one caller": f"{once} ({100 * once / private:.1f} %)",
        "comments": f"{comments} lines",
        "  of non-blank lines": f"{100 * comments / nonblank:.2f} %",
        "import circles": sizes(every),
        "  at start alone": sizes(at_start),
        "names with several meanings": str(len(meanings(modules))),
    }


def sizes(found: list[list[str]]) -> str:
    """How many circles, and of how many modules each."""
    if not found:
        return "0"
    return f"{len(found)} (of {', '.join(str(len(names)) for names in found)} modules)"


def table(columns: list[dict[str, str]], heads: list[str]) -> str:
    """The figures of one or more trees side by side."""
    widths = []
    for head, column in zip(heads, columns, strict=True):
        widths.append(max(len(head), *map(len, column.values())))
    rows = [("", heads), *((name, [column[name] for column in columns]) for name in columns[0])]
    lines = []
    for name, cells in rows:
        texts = [f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)]
        lines.append(f"{name:<30}" + "   ".join(texts))
    return "\n".join(lines)


def lists(modules: dict[str, Module], count: int) -> str:
    """What is behind the figures: the longest, the densest, every circle, every name."""
    out = []

    def listed(title: str, lines: list[str]) -> None:
        out.append(f"\n== {title}")
        out.extend(lines or ["none"])

    circle_lines = []
    for names in circles({module.name: module.imports for module in modules.values()}):
        circle_lines.append(f"circle of {len(names)} modules")
        for name in names:
            inner = sorted(modules[name].imports & set(names))
            later = set(inner) - modules[name].imports_at_start
            marked = [f"{other} (type or function)" if other in later else other for other in inner]
            circle_lines.append(f"  {name} → {', '.join(marked)}")
    listed("import circles", circle_lines)
    several = meanings(modules).items()
    listed("names with several meanings", [f"{name}: {', '.join(at)}" for name, at in several])
    functions = sorted(one for module in modules.values() for one in module.functions)[::-1]
    listed("longest functions", [f"{length:4} {name}" for length, name in functions[:count]])

    def ranked(title: str, key: str) -> None:
        def amount(module: Module) -> int:
            value = getattr(module, key)
            return value if isinstance(value, int) else len(value)

        most = sorted(modules.values(), key=lambda module: (-amount(module), module.name))
        rows = []
        for module in most[:count]:
            share = 100 * amount(module) / max(module.nonblank, 1)
            rows.append(f"{amount(module):4} {share:5.1f} per 100 lines  {module.name}")
        listed(title, rows)

    ranked("most conditional expressions", "conditionals")
    ranked("most tuple assignments", "tuple_targets")
    ranked("most private functions with one caller", "once")
    largest = sorted(modules.values(), key=lambda module: (-module.lines, module.name))
    listed("largest modules", [f"{module.lines:4} {module.name}" for module in largest[:count]])
    small = [f"{module.lines:4} {module.name}" for module in largest if module.lines <= SMALL]
    listed(f"modules of {SMALL} lines or fewer", small)
    return "\n".join(out)


def main() -> int:
    """Print the table, and on request what is behind it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("trees", nargs="*", type=Path, metavar="TREE",
                        default=[Path(__file__).resolve().parent.parent])  # fmt: skip
    parser.add_argument("--lists", type=int, default=0, metavar="N",
                        help="also list the N longest and densest of the last tree")  # fmt: skip
    asked = parser.parse_args()
    found = [modules_of(tree) for tree in asked.trees]
    heads = [tree.resolve().name for tree in asked.trees]
    print(table([figures(modules) for modules in found], heads))
    if asked.lists:
        print(lists(found[-1], asked.lists))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
