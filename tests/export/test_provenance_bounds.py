"""How much of a picture is looked at before it is given up: bounds are lowered, files are small."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.export.provenance import gif, markup
from vgsim.export.provenance.blocks import Damaged
from vgsim.export.provenance.gif import find_in_gif
from vgsim.export.provenance.markup import find_element
from vgsim.export.provenance.package import find_in_pptx

HEADER = b"GIF89a" + bytes(7)
EMPTY = b"!\xfe\0"
OURS = b"!\xfe\x07vgsim:x\0"


class Counted(io.BytesIO):
    """A file that counts how often it is read."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        return super().read(size)


def _blocks_of_one_byte(count: int) -> bytes:
    return b"!\xfe" + b"\x01a" * count + b"\0"


@given(st.sampled_from([EMPTY, _blocks_of_one_byte(3)]), st.integers(0, 60), st.integers(1, 40))
def test_a_gif_is_read_as_far_as_it_may_have_blocks(monkeypatch, block, count, most):
    monkeypatch.setattr(gif, "MOST_BLOCKS", most)
    file = Counted(HEADER + block * count + OURS + b";")
    sub_blocks = count * (1 if block == EMPTY else 4) + 2
    if sub_blocks <= most:
        assert find_in_gif(file) == "x"
    else:
        with pytest.raises(Damaged, match="more blocks"):
            find_in_gif(file)
    assert file.reads <= 1 + 4 * (most + 1)


def test_an_element_too_long_is_not_unescaped(monkeypatch):
    monkeypatch.setattr(markup, "MOST_READ", 10)
    fitting = b"<vgsim:passport>&amp;&amp;</vgsim:passport>"
    assert find_element(fitting) == "&&"
    with pytest.raises(Damaged, match="a block of 15 bytes"):
        find_element(fitting.replace(b"&amp;", b"&amp;&amp;", 1))


def test_a_letter_with_a_number_that_is_none_is_damage():
    digits = b"1" * 5000  # more than Python reads as a whole number
    with pytest.raises(Damaged, match="an invalid character reference"):
        find_element(b"<vgsim:passport>&#" + digits + b";</vgsim:passport>")


def _deck(packing: int, **parts: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as package:
        for name, data in parts.items():
            package.writestr(f"customXml/{name}.xml", data)
    return file


ELEMENT = b"<vgsim:passport>x</vgsim:passport>"


def test_a_part_too_long_to_be_ours_is_passed_over(monkeypatch):
    monkeypatch.setattr("vgsim.export.provenance.package.MOST_READ", 100)
    assert find_in_pptx(_deck(zipfile.ZIP_DEFLATED, a=b" " * 101, b=ELEMENT)) == "x"


def test_a_part_that_is_packed_unusually_is_damage():
    with pytest.raises(Damaged, match="packed in another way"):
        find_in_pptx(_deck(zipfile.ZIP_LZMA, a=ELEMENT))
