"""The lesson in the README works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vgsim.lessons import facts, markdown, quoting, reading
from vgsim.lessons.checking import check
from vgsim.lessons.expressions import FUNCTIONS, LONGEST
from vgsim.lessons.reading import read_lesson
from vgsim.ui.window.lesson_names import OWN_PANELS, known_names

ROOT = Path(__file__).parents[2]
_FILE = re.compile(r"<!-- (lesson\.toml|\w+\.md) -->\n(`{3,})\w+\n(.*?)\n\2\n", re.DOTALL)
KIB, MIB = 2**10, 2**20


def _files() -> dict[str, str]:
    readme = (ROOT / "README.md").read_text("utf-8")
    return {name: text for name, _, text in _FILE.findall(readme)}


def test_the_lesson_of_the_readme_works(tmp_path):
    files = _files()
    assert {"lesson.toml", "ten.md", "changed.md"} == files.keys()
    for name, text in files.items():
        (tmp_path / name).write_text(text + "\n", "utf-8")
    found = check(read_lesson(tmp_path), known_names())
    assert found.pages == 2
    assert found.values > 8


GUIDE = (ROOT / "docs" / "lessons.md").read_text("utf-8")
ROW = next(
    row
    for row in (ROOT / "README.md").read_text("utf-8").splitlines()
    if row.startswith("| lesson |")
)


@pytest.mark.parametrize("name", [
    *(name.partition("(")[0] for name in facts.QUANTITIES), *FUNCTIONS, *quoting.FORMS,
    *(name for name in OWN_PANELS if name != "guide"),
])  # fmt: skip
def test_the_guide_has_every_name(name):
    assert re.search(rf"\b{name}\b", GUIDE)


@pytest.mark.parametrize("words", [
    f"{reading.MOST_PAGES} pages", f"{reading.MOST_FILES} files",
    f"{reading.MOST_PACKED // MIB} MiB packed", f"{reading.MOST_UNPACKED // MIB} MiB unpacked",
])  # fmt: skip
def test_limits_are_those_of_the_code(words):
    assert words in GUIDE and words in ROW


def test_more_limits_are_those_of_the_code():
    assert f"Markdown file {markdown.MOST_BYTES // KIB} KiB" in GUIDE
    assert f"{markdown.MOST_BYTES // KIB} KiB a Markdown file" in ROW
    assert f"at most {reading.MOST_STEPS:,}" in GUIDE and f"{LONGEST} letters" in GUIDE
