"""Makes the text of Qt's PDF such that it can be searched and copied.

A font draws some characters with other glyphs than their own: figures of one width, signs as high
as the figures beside them. Inter has each of those glyphs under a code for private use too, and
that is what Qt writes down as its meaning. Here it gets its character back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from PySide6.QtGui import QFont, QRawFont, QTextLayout

_FONT = re.compile(rb"/BaseFont /([^\s-]+)[^<>]*/ToUnicode (\d+) 0 R")
_CODE = re.compile(rb"<(E[0-9A-F]{3}|F[0-8][0-9A-F]{2})>")
_PRIVATE = range(0xE000, 0xF900)
_CHARACTERS = (*range(0x21, 0x7F), *range(0xA1, 0x100), *range(0x2010, 0x2300))
_AROUND = ("{}", "0{}0", "H{}H", "{}×0", "×{}0", "e{}0")
"""Places in which a character may get another glyph."""
_TABULAR = QFont.Tag("tnum")
_LINE = "\u2028"


def with_words(pdf: bytes) -> bytes:
    """``pdf`` as Qt wrote it, in as many bytes, with real characters for codes of private use."""
    for family, number in set(_FONT.findall(pdf)):
        start = pdf.find(b"\n%b 0 obj" % number)
        end = pdf.find(b"endstream", start)
        if 0 <= start < end:
            known = _meanings(family.decode("latin-1"))
            pdf = pdf[:start] + _CODE.sub(_readable(known), pdf[start:end]) + pdf[end:]
    return pdf


def _readable(known: dict[int, str]) -> Callable[[re.Match[bytes]], bytes]:
    def replaced(code: re.Match[bytes]) -> bytes:
        letter = known.get(int(code[1], 16))
        if letter:
            return b"<%04X>" % ord(letter)
        return code[0]

    return replaced


@cache
def _meanings(family: str) -> dict[int, str]:
    """The character that the glyph behind each code of private use stands for."""
    font = QFont(family)
    raw = QRawFont.fromFont(font)
    if raw.familyName() != family:
        return {}
    codes = {raw.glyphIndexesForString(chr(code))[0]: code for code in _PRIVATE}
    codes.pop(0, None)  # what the font has not
    text = _LINE.join(around.format(chr(code)) for code in _CHARACTERS for around in _AROUND)
    found: dict[int, str] = {}
    for tabular in (0, 1):
        font.setFeature(_TABULAR, tabular)
        for glyph, letter in _shaped(text, font):
            if glyph in codes:
                found.setdefault(codes[glyph], letter)
    return found


def _shaped(text: str, font: QFont) -> Iterator[tuple[int, str]]:
    """Every glyph of ``text`` in ``font``, with its character."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(1e6)
    layout.endLayout()
    family = QRawFont.fromFont(font).familyName()
    for run in layout.glyphRuns(-1, -1, QTextLayout.GlyphRunRetrievalFlag.RetrieveAll):
        if run.rawFont().familyName() == family:
            for glyph, at in zip(run.glyphIndexes(), run.stringIndexes(), strict=True):
                yield glyph, text[at]
