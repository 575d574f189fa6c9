"""Back from a file: by what is in it, in one sentence when it cannot be, whatever the bytes."""

from __future__ import annotations

import struct
import subprocess
import sys
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.exports import plain_pdf
from tests.helpers.provenance import picture, provenance, shots
from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.export.formats.apng import save_apng
from vgsim.export.formats.csv import save_csv
from vgsim.export.formats.gif import save_gif
from vgsim.export.formats.jsonl import save_jsonl
from vgsim.export.formats.mp4 import save_mp4
from vgsim.export.formats.npz import save_npz
from vgsim.export.formats.png import encoded, save_png
from vgsim.export.formats.pptx import Slide, save_pptx
from vgsim.export.formats.svg import with_provenance
from vgsim.export.formats.webp import save_webp
from vgsim.export.provenance.blocks import MOST_DOCUMENT
from vgsim.export.provenance.png import PNG_SIGNATURE, chunk, international_text
from vgsim.export.provenance.record import Provenance
from vgsim.export.reading import is_export, read_provenance
from vgsim.export.table import Table

KINDS = (
    "png", "svg", "pdf", "pptx", "gif", "webp", "apng", "mp4", "csv", "npz", "jsonl",
)  # fmt: skip
TABLES = {"csv": save_csv, "npz": save_npz, "jsonl": save_jsonl}


def write(kind, path, carried):
    """A small file of ``kind`` with the provenance ``carried``, or none."""
    animations = {"gif": save_gif, "webp": save_webp, "apng": save_apng, "mp4": save_mp4}
    if kind in TABLES:
        meta = {"plot": "Gradient", "shows": "RMS"}
        meta |= {"passport": carried.dumps()} if carried else {}
        TABLES[kind](Table({"stage": np.arange(3)}, meta), path)
    elif kind in animations:
        if kind == "mp4":
            pytest.importorskip("av")
        animations[kind](shots(2), path, carried)
    elif kind == "png":
        save_png(picture(), path, carried)
    elif kind == "pptx":
        save_pptx([Slide("title", encoded(picture()), "alt")], path, carried)
    elif kind == "svg":
        empty = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
        path.write_text(with_provenance(empty, carried) if carried else empty, encoding="utf-8")
    else:
        plain_pdf(path, carried, "title")


@pytest.fixture(scope="module")
def whole(qapp, tmp_path_factory):
    """The bytes of a file of every kind, made once."""
    made: dict[str, bytes] = {}

    def get(kind: str) -> bytes:
        if kind not in made:
            path = tmp_path_factory.mktemp("whole") / f"x.{kind}"
            write(kind, path, provenance())
            made[kind] = path.read_bytes()
        return made[kind]

    return get


@pytest.mark.parametrize("kind", KINDS)
def test_it_comes_back_whatever_the_file_is_called(kind, whole, tmp_path):
    for name in ("picture", "picture.txt", "picture.png"):
        (tmp_path / name).write_bytes(whole(kind))
        assert read_provenance(tmp_path / name) == provenance()
        assert is_export(tmp_path / name)


@pytest.mark.parametrize("name", ["two  spaces", "# a: b", 'Δ, "quoted"'])
def test_provenance_in_a_table_is_the_same_to_the_letter(name, tmp_path):
    carried = Provenance(small(name=name), 3, "loss", "gradient")
    for kind in TABLES:
        write(kind, tmp_path / f"x.{kind}", carried)
        assert read_provenance(tmp_path / f"x.{kind}") == carried


def test_a_table_that_another_program_saved_with_its_own_line_ends_is_read(tmp_path):
    write("csv", tmp_path / "x.csv", provenance())
    data = (tmp_path / "x.csv").read_bytes().replace(b"\n", b"\r\n")
    (tmp_path / "x.csv").write_bytes(b"\xef\xbb\xbf" + data)
    assert read_provenance(tmp_path / "x.csv") == provenance()


def test_what_an_array_claims_is_not_believed(tmp_path):
    head = b"{'descr': '<U4', 'fortran_order': False, 'shape': (9999999999,), }".ljust(117) + b"\n"
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as package:
        package.writestr("meta.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head)
    with pytest.raises(SpecError, match="is damaged"):
        read_provenance(tmp_path / "x.npz")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_without_one_says_so(kind, qapp, tmp_path):
    write(kind, tmp_path / f"x.{kind}", None)
    with pytest.raises(SpecError, match=rf"^x\.{kind}: holds no vgsim experiment"):
        read_provenance(tmp_path / f"x.{kind}")


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_damaged_files_are_read_or_refused_in_one_sentence(kind, whole, tmp_path, data):
    content = bytearray(whole(kind))
    places = st.integers(0, len(content) - 1) | st.integers(0, min(3000, len(content) - 1))
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(places)] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del content[data.draw(places) :]
    if data.draw(st.booleans()):
        at = data.draw(places)
        content[at:at] = data.draw(st.binary(max_size=20))
    (tmp_path / "x").write_bytes(content)
    try:
        assert isinstance(read_provenance(tmp_path / "x"), Provenance)
    except SpecError as error:
        assert str(error).startswith("x: ") and "\n" not in str(error)


@given(content=st.binary(max_size=300), start=st.sampled_from(
    [b"", PNG_SIGNATURE, b"GIF89a", b"%PDF-1.4", b"PK\x03\x04", b"<svg", b"\0\0\0\x18ftypisom",
     b"RIFF\xff\xff\0\0WEBP"]))  # fmt: skip
def test_any_bytes_are_refused(content, start, tmp_path):
    (tmp_path / "x").write_bytes(start + content)
    with pytest.raises(SpecError, match=r"^x: "):
        read_provenance(tmp_path / "x")


def refused(path, content):
    """What is said of a file with ``content``."""
    path.write_bytes(content)
    with pytest.raises(SpecError) as caught:
        read_provenance(path)
    return str(caught.value)


def test_provenance_that_is_not_allowed_is_refused_with_the_files_name(tmp_path):
    text = provenance().dumps().replace('"step":120', '"step":-1')
    content = PNG_SIGNATURE + international_text(text) + chunk(b"IEND", b"")
    told = refused(tmp_path / "p.png", content)
    assert told.startswith("p.png: holds a vgsim experiment that cannot be opened (provenance.step")


def test_what_a_terminal_would_obey_is_not_said(tmp_path):
    text = provenance().dumps().replace("backward:3", "\\u001b[2Jgone")
    content = PNG_SIGNATURE + international_text(text) + chunk(b"IEND", b"")
    assert "provenance.moment = �[2Jgone" in refused(tmp_path / "p.png", content)


def test_a_wrong_checksum_is_damage(tmp_path):
    content = bytearray(encoded(picture(), provenance()))
    content[content.index(b"backward:3") + 9] = ord("2")
    assert "p.png: is damaged (a checksum" in refused(tmp_path / "p.png", content)


def test_a_text_that_grows_without_end_is_not_unpacked(tmp_path):
    bomb = zlib.compress(bytes(100 << 20))
    text = chunk(b"iTXt", b"vgsim\0\1\0\0\0" + bomb)
    told = refused(tmp_path / "p.png", PNG_SIGNATURE + text + chunk(b"IEND", b""))
    assert "damaged (more than" in told
    with zipfile.ZipFile(tmp_path / "bomb", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("customXml/item1.xml", bytes(100 << 20))
    assert "no vgsim" in refused(tmp_path / "p.pptx", (tmp_path / "bomb").read_bytes())
    pdf = b"%PDF-1.4\nstream\n" + zlib.compress(b"<?xpacket" + bytes(100 << 20))
    assert "no vgsim" in refused(tmp_path / "p.pdf", pdf)


def test_a_block_that_claims_too_much_is_not_read(tmp_path):
    claim = struct.pack(">I4s", 0x7FFFFFFF, b"iTXt") + b"vgsim\0"
    assert "damaged (a block of" in refused(tmp_path / "p.png", PNG_SIGNATURE + claim)
    riff = struct.pack("<4sI4s4sI", b"RIFF", 2**32 - 1, b"WEBP", b"XMP ", 2**32 - 1)
    assert "damaged (a block of" in refused(tmp_path / "p.webp", riff)


def test_a_document_too_large_is_not_searched(tmp_path):
    with (tmp_path / "x.svg").open("wb") as out:
        out.write(b"<svg>")
        out.truncate(MOST_DOCUMENT + 1)  # a hole: takes no space
    with pytest.raises(SpecError, match="damaged"):
        read_provenance(tmp_path / "x.svg")


def test_a_list_of_parts_too_long_is_not_read(tmp_path):
    end = struct.pack("<4s4HIIH", b"PK\5\6", 0, 0, 1, 1, 1 << 30, 0, 0)
    assert "too many parts" in refused(tmp_path / "p.pptx", b"PK\3\4" + end)


def test_another_kind_is_refused_with_those_that_can_be(tmp_path):
    told = refused(tmp_path / "notes.txt", b"[network]\ndepth = 3\n")
    assert told.startswith("notes.txt: is of no kind that can be opened; a PNG, SVG, PDF, PPTX")
    assert not is_export(tmp_path / "notes.txt") and not is_export(tmp_path / "none")


def test_reading_needs_neither_qt_nor_what_writes():
    told = (
        "import sys, vgsim.export.reading, vgsim.export.formats.pptx, vgsim.export.table;"
        "print([m for m in ('PySide6', 'PIL', 'pptx', 'lxml', 'av') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_a_file_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        read_provenance(tmp_path / "none.png")
