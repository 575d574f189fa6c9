"""The passport in an SVG's text: a ``<metadata>`` element, which every viewer ignores. No Qt."""

from __future__ import annotations

import re

from vgsim.export.provenance.markup import element
from vgsim.export.provenance.record import Provenance

_ROOT = re.compile(r"""<svg\b(?:[^<>"']|"[^"]*"|'[^']*')*>""")


def with_passport(svg: str, passport: Provenance) -> str:
    """``svg`` with the passport as the first thing in its root; ValueError when it has no root."""
    root = _ROOT.search(svg)
    if root is None or root[0].endswith("/>"):
        raise ValueError("no <svg> element that holds anything")
    head, tail = svg[: root.end()], svg[root.end() :]
    return f"{head}\n<metadata>{element(passport)}</metadata>{tail}"
