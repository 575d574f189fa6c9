"""How modules stand to each other: no circle, no Qt below widgets, one name with one meaning."""

from __future__ import annotations

import importlib.util
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
NUMERICS_AND_WORDS = ("core", "record", "nn", "measure", "diagnosis", "text")
FREE = {("ui", "commands"), ("ui", "pacing")}
REFERENCE = re.compile(r":[a-z]+:`(vgsim\.[\w.]+)`")
BLOCKED = """\
import importlib, sys
for name in ("PySide6", "shiboken6", "pyqtgraph"):
    sys.modules[name] = None  # an import of it raises ImportError
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError as error:
        if error.name != "torch":  # the user's own, which a recorder of PyTorch may need
            print(name, "needs", error.name)
"""


@pytest.fixture(scope="module")
def figures() -> ModuleType:
    """The script that counts how the source reads; it is in a checkout alone."""
    path = ROOT / ".ci" / "figures.py"
    if not path.is_file():
        pytest.skip("not a checkout")
    spec = importlib.util.spec_from_file_location("figures", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["figures"] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def circles(figures: ModuleType, tree: Path) -> list[list[str]]:
    """The import circles of the package in ``tree``, imports for types and in functions too."""
    modules = figures.modules_of(tree)
    return figures.circles({name: module.imports for name, module in modules.items()})


def without_qt(folder: Path) -> list[str]:
    """Modules of the package ``folder`` that must not need Qt."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        if parts[1] in NUMERICS_AND_WORDS or "model" in parts or parts[1:] in FREE:
            found.append(".".join(parts).removesuffix(".__init__"))
    return found


def needing_qt(folder: Path) -> list[str]:
    """What a Python without Qt says to importing each of them, all in one process."""
    modules = without_qt(folder)
    assert modules
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, *modules],
        cwd=folder.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()


def dead_references(folder: Path) -> list[str]:
    """Names that docstrings of the package ``folder`` refer to, and that vgsim does not have."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        for name in REFERENCE.findall(path.read_text("utf-8")):
            try:
                pkgutil.resolve_name(name)
            except (ImportError, AttributeError):
                found.append(f"{path.name}: {name}")
    return found


def test_no_modules_import_each_other_in_a_circle(figures: ModuleType) -> None:
    assert circles(figures, ROOT) == []


@pytest.mark.parametrize("late", [
    "if TYPE_CHECKING:\n    from vgsim.a import A",
    "def f():\n    import vgsim.a",
    "from . import a",
    "from .a import A",
])  # fmt: skip
def test_a_circle_is_seen_however_it_is_imported(
    figures: ModuleType, tmp_path: Path, late: str
) -> None:
    package = tmp_path / "vgsim"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "a.py").write_text("from vgsim.b import B", "utf-8")
    (package / "b.py").write_text("import vgsim.c", "utf-8")
    (package / "c.py").write_text(late, "utf-8")
    assert circles(figures, tmp_path) == [["vgsim.a", "vgsim.b", "vgsim.c"]]


def test_numerics_words_and_models_are_imported_without_qt() -> None:
    assert needing_qt(ROOT / "vgsim") == []


def test_a_model_whose_package_needs_qt_is_seen(tmp_path: Path) -> None:
    room = tmp_path / "vgsim" / "ui" / "chart"
    room.mkdir(parents=True)
    for folder in (room.parent.parent, room.parent):
        (folder / "__init__.py").touch()
    (room / "__init__.py").write_text("from PySide6 import QtCore", "utf-8")
    (room / "model.py").touch()
    assert needing_qt(tmp_path / "vgsim") == ["vgsim.ui.chart.model needs PySide6"]


def test_no_class_name_has_several_meanings(figures: ModuleType) -> None:
    assert figures.meanings(figures.modules_of(ROOT)) == {}


def test_two_classes_of_one_name_are_seen(figures: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "vgsim").mkdir()
    for name in ("a", "b"):
        (tmp_path / "vgsim" / f"{name}.py").write_text("class Part: ...", "utf-8")
    assert figures.meanings(figures.modules_of(tmp_path)) == {"Part": ["vgsim.a", "vgsim.b"]}


def test_docstrings_refer_to_what_there_is() -> None:
    assert dead_references(ROOT / "vgsim") == []


def test_a_reference_to_nothing_is_seen(tmp_path: Path) -> None:
    text = (
        '":class:`vgsim.measure.request.Focus` :func:`vgsim.measure.gone` :mod:`vgsim.lost.room`"'
    )
    (tmp_path / "a.py").write_text(text, "utf-8")
    assert dead_references(tmp_path) == ["a.py: vgsim.measure.gone", "a.py: vgsim.lost.room"]


def test_no_two_files_of_tests_have_one_name() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]  # pytest cannot import both
    assert sorted(set(names)) == sorted(names)
