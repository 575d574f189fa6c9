"""The provenance as an XML element and as an XMP packet, for the formats that hold XML. No Qt."""

from __future__ import annotations

import html
import re
from typing import IO
from xml.sax.saxutils import escape

from vgsim.export.provenance.blocks import MOST_READ, Damaged, whole
from vgsim.export.provenance.record import Provenance

NAMESPACE = "urn:vgsim:passport"

# Without DOTALL tricks or nested repeats: linear in the text, whatever it holds.
_ELEMENT = re.compile(rb"<vgsim:passport\b[^<>]*>([^<>]*)</vgsim:passport\s*>")


def element(provenance: Provenance) -> str:
    """The provenance (written as ``passport``, as in 0.1.0) as an element, in pure ASCII."""
    return (
        f'<vgsim:passport xmlns:vgsim="{NAMESPACE}">{escape(provenance.dumps())}</vgsim:passport>'
    )


def find_element(data: bytes) -> str | None:
    """Text of the first :func:`element` in ``data``; None when there is none.

    Damaged when it is too long to be one, or has a character reference that is invalid.
    """
    found = _ELEMENT.search(data)
    if found is None:
        return None
    text = found[1]
    if len(text) > MOST_READ:
        raise Damaged(f"a block of {len(text)} bytes")
    try:
        return html.unescape(text.decode("utf-8", "replace"))
    except ValueError:  # the number of a letter that has thousands of digits
        raise Damaged("an invalid character reference") from None


def find_in_svg(file: IO[bytes]) -> str | None:
    """The provenance of an SVG: an element anywhere in it."""
    return find_element(whole(file))


def packet(provenance: Provenance, title: str = "") -> str:
    """An XMP packet (ISO 16684-1:2019) with the provenance and the title."""
    name = f'<rdf:li xml:lang="x-default">{escape(_printable(title))}</rdf:li>'
    named = f"<dc:title><rdf:Alt>{name}</rdf:Alt></dc:title>"
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        f"<xmp:CreatorTool>vgsim</xmp:CreatorTool>{named if title else ''}{element(provenance)}"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )


def _printable(text: str) -> str:
    """``text`` without the characters that XML cannot hold."""
    return "".join(letter for letter in text if letter.isprintable())
