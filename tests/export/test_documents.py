"""The provenance in SVG and PDF, and programs that must not mind it."""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray
from PySide6.QtSvg import QSvgRenderer

from tests.helpers.exports import plain_pdf
from tests.helpers.provenance import provenance
from tests.helpers.specs import small
from vgsim.export.formats.svg import with_provenance
from vgsim.export.provenance.markup import NAMESPACE, element, find_element, packet
from vgsim.export.provenance.record import Provenance, loads
from vgsim.export.reading import read_provenance

SVG = (
    '<?xml version="1.0"?>\n<!-- by <hand> -->\n'
    '<svg xmlns="http://www.w3.org/2000/svg" aria-label="a > b" width="9" height="9">'
    '<rect width="9" height="9"/></svg>'
)


def write_pdf(path, title="Why δ₁ fades"):
    """A page with a line of text, written as vgsim does."""
    plain_pdf(path, provenance(), title, "one line")


@given(st.text(max_size=60))
def test_an_element_is_xml_and_comes_back(name):
    made = Provenance(small(name=name), 0, "start")
    read = ElementTree.fromstring(element(made))
    assert read.tag == f"{{{NAMESPACE}}}passport" and loads(read.text) == made
    assert loads(find_element(b"noise <a>" + element(made).encode() + b"</a>")) == made


def test_an_svg_stays_one_and_brings_the_provenance_back(tmp_path, qapp):
    text = with_provenance(SVG, provenance())
    (tmp_path / "x.svg").write_text(text, encoding="utf-8")
    assert read_provenance(tmp_path / "x.svg") == provenance()
    root = ElementTree.fromstring(text)
    assert [child.tag.rpartition("}")[2] for child in root] == ["metadata", "rect"]
    assert QSvgRenderer(QByteArray(text.encode())).isValid()


@pytest.mark.parametrize("text", ["", "<html/>", '<svg width="1"/>', "<svgs></svgs>"])
def test_what_is_no_svg_is_refused(text):
    with pytest.raises(ValueError, match="no <svg>"):
        with_provenance(text, provenance())


def test_a_pdf_brings_the_provenance_back(tmp_path, qapp):
    write_pdf(tmp_path / "x.pdf")
    assert read_provenance(tmp_path / "x.pdf") == provenance()


def test_a_pdf_whose_metadata_was_packed_since_brings_it_back(tmp_path):
    packed = zlib.compress(packet(provenance()).encode())
    data = b"%PDF-1.7\n1 0 obj\n<< >>\nstream\nzz\nendstream\n2 0 obj\nstream\r\n" + packed
    (tmp_path / "x.pdf").write_bytes(data + b"\nendstream\n%%EOF")
    assert read_provenance(tmp_path / "x.pdf") == provenance()


def test_an_xmp_packet_is_xml_whatever_the_title(tmp_path):
    text = packet(provenance(), "a\0 <b> & \ud800 δ₁")
    root = ElementTree.fromstring(text.partition("?>")[2].rpartition("<?")[0])
    assert root.find(f".//{{{NAMESPACE}}}passport").text == provenance().dumps()
    assert "a <b> &  δ₁" in "".join(root.itertext())


@pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="poppler is not installed")
def test_poppler_reads_the_pdf(tmp_path, qapp):
    write_pdf(tmp_path / "x.pdf")
    command = ["pdfinfo", "-meta", str(tmp_path / "x.pdf")]
    told = subprocess.run(command, capture_output=True, check=True)
    assert loads(find_element(told.stdout)) == provenance() and told.stderr == b""


@pytest.mark.skipif(shutil.which("rsvg-convert") is None, reason="librsvg is not installed")
def test_librsvg_draws_the_svg(tmp_path):
    (tmp_path / "x.svg").write_text(with_provenance(SVG, provenance()), encoding="utf-8")
    subprocess.run(
        ["rsvg-convert", str(tmp_path / "x.svg"), "-o", str(tmp_path / "x.png")], check=True
    )
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
