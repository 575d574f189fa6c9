"""Compare what two trees of vgsim put out: numbers, sentences and pictures of every preset.

    compare.py OLD_TREE NEW_TREE [--quick] [--python PY] [--presets a,b] [--work DIR] [--diff N]

Each tree runs as ``PY -m vgsim`` with itself alone on PYTHONPATH; nothing of vgsim is imported
here. Exit code 0 when all is the same, 1 when something differs, 2 when OLD itself cannot run.

What OLD puts out is kept in DIR by its commit, what is asked of it and the versions of Python,
NumPy and PySide6, so that it is run once. NEW is run every time. Of NEW only files that differ
are kept, in a folder of this run.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import io
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

# --- what is asked of both trees ---------------------------------------------------------------

WORKERS = 2
PATIENCE = 900
"""Seconds that one process may take."""

ENVIRONMENT = {
    "QT_QPA_PLATFORM": "offscreen",
    "OPENBLAS_NUM_THREADS": "1",
    # the order of fonts in a PDF is that of a hash table
    "QT_HASH_SEED": "0",
    "LC_ALL": "C.UTF-8",
}

QUICK_PRESETS = ("sigmoid-stack", "relu-he", "lstm-adding", "residual-deep")
EFFECTS_PRESETS = ("sigmoid-stack", "relu-small", "lstm-adding")
WINDOW_PRESETS = ("sigmoid-stack", "lstm-adding", "batch-norm-deep")
DATA_PRESETS = ("worked-example", "sigmoid-stack", "gru-adding")
RIVALS = {"sigmoid-stack": "relu-he", "lstm-adding": "gru-adding", "exploding": "clipping"}

LISTING = ("list",)
COMMANDS = {
    "trace": ("trace", "{preset}", "--steps", "5", "--out", "trace.npz"),
    "run": ("run", "{preset}", "--steps", "60", "--json", "run.jsonl"),
    "why 0": ("why", "{preset}", "--steps", "0", "--no-effects"),
    "why 20": ("why", "{preset}", "--steps", "20", "--no-effects"),
}
EFFECTS = ("why", "{preset}", "--steps", "20")
RENDER = ("render", "--batch", "batch.toml")

Fields = dict[str, str | int | float | bool | list[str]]
"""A [[picture]] table of a batch; ``source`` is added."""

COMMON: Fields = {"steps": 3}
LARGE: Fields = {"size": "1280x720"}
SMALL: Fields = {"size": "640x400"}
QUICK_PICTURES: dict[str, Fields] = {
    "slide.png": {"view": "slide", "moment": "backward:1", **LARGE},
    "diagram.png": {"view": "diagram", "moment": "loss", **LARGE},
    "hop.png": {"view": "hop", "moment": "backward:1", **LARGE},
    "gradient.png": {"view": "gradient", "moment": "backward:1", **SMALL},
}
PICTURES: dict[str, Fields] = {
    **QUICK_PICTURES,
    "slide-forward-dark.png": {"view": "slide", "moment": "forward:2", "theme": "dark", **LARGE},
    "slide-loss-print.png": {"view": "slide", "moment": "loss", "theme": "print", **LARGE},
    "slide-4x3-plots.png": {"view": "slide", "moment": "update", "size": "800x600",
                            "plots": ["loss", "budget", "saturation"]},
    "diagram-start-print.png": {"view": "diagram", "moment": "start", "theme": "print", **LARGE},
    "diagram-forward-dark.png": {"view": "diagram", "moment": "forward:2", "theme": "dark",
                                 **LARGE},
    "diagram-backward.png": {"view": "diagram", "moment": "backward:2", **LARGE},
    "diagram-large-type.png": {"view": "diagram", "moment": "backward:1", "font_scale": 1.5,
                               "transparent": True, **LARGE},
    "hop-forward-dark.png": {"view": "hop", "moment": "forward:2", "theme": "dark", **LARGE},
    "hop-loss-print.png": {"view": "hop", "moment": "loss", "theme": "print", **LARGE},
    "why.png": {"view": "why", "moment": "backward:1", **LARGE},
    "why-dark.png": {"view": "why", "moment": "update", "theme": "dark", **LARGE},
}  # fmt: skip
"""For every preset, and beside these a picture of every instrument."""
INSTRUMENT: Fields = {"moment": "backward:1", **SMALL}
NOT_INSTRUMENTS = ("slide", "window", "diagram", "hop", "why", "comparison")
"""Views with pictures of their own here, among those that ``list view`` names."""
THEMES = ("light", "dark", "print")
"""Worn by the instruments in turn."""
WINDOW: dict[str, Fields] = {
    "window.png": {"view": "window", "moment": "backward:1", "size": "1440x900"},
    "window-forward-dark.png": {"view": "window", "moment": "forward:2", "theme": "dark",
                                "size": "1440x900"},
}  # fmt: skip
RIVAL: dict[str, Fields] = {
    "comparison.png": {"view": "comparison", "moment": "backward:1", **LARGE},
    "slide-compared.png": {"view": "slide", "moment": "backward:1", **LARGE},
}
DATA: dict[str, Fields] = {
    "slide.svg": {"view": "slide", "moment": "backward:1"},
    "slide.pdf": {"view": "slide", "moment": "backward:1"},
    "slide.pptx": {"view": "slide", "moment": "backward:1"},
    "diagram.svg": {"view": "diagram", "moment": "forward:2"},
    "hop.svg": {"view": "hop", "moment": "backward:1"},
    "hop.pdf": {"view": "hop", "moment": "backward:1"},
    "saturation.svg": {"view": "saturation", "moment": "backward:1"},
    "gradient.csv": {"view": "gradient", "moment": "backward:1"},
    "gradient.npz": {"view": "gradient", "moment": "backward:1"},
    "gradient.jsonl": {"view": "gradient", "moment": "backward:1"},
    "heatmap.csv": {"view": "heatmap", "moment": "update"},
    "budget.jsonl": {"view": "budget", "moment": "backward:1"},
    "singular.csv": {"view": "singular", "moment": "backward:1"},
    "updates.npz": {"view": "updates", "moment": "update"},
    "training.webp": {"view": "gradient", "steps": 4, "every": 2, **SMALL},
    "training.gif": {"view": "loss", "steps": 4, "every": 2, **SMALL},
    "pass.apng": {"view": "diagram", "pass": True, "to": "forward:2", **SMALL},
    "pass.pptx": {"pass": True, "from": "loss", "to": "backward:1", "size": "640x480"},
}

# --- what NEW calls by another name: {OLD's name: NEW's name} ----------------------------------

RENAMED_WORDS: dict[str, str] = {}
"""Words of a command line, for example {"--no-effects": "--quick"}."""
RENAMED_FIELDS: dict[str, str] = {}
"""Fields of a batch."""
RENAMED_VALUES: dict[tuple[str, str], str] = {}
"""Values in a batch by (field of OLD, value), for example {("view", "hop"): "step"}."""
RENAMED_PRESETS: dict[str, str] = {}
RENAMED_ARRAYS: dict[str, str] = {}
"""Arrays in an NPZ file."""

# --- jobs --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Job:
    """One process: its words, the batch it reads, and under which heads it is reported."""

    preset: str
    column: str
    words: tuple[str, ...]
    batch: str = ""

    @property
    def name(self) -> str:
        """A folder's name that changes with what is asked."""
        asked = json.dumps([self.words, self.batch]).encode()
        column = self.column.replace(" ", "-")
        return f"{self.preset}.{column}.{hashlib.sha256(asked).hexdigest()[:10]}"


def jobs_of(presets: list[str], views: list[str], quick: bool, renamed: bool) -> list[Job]:
    """What is asked of a tree; ``renamed`` for NEW, which may have other names."""
    jobs = [Job("(all)", "list", worded(LISTING, "", renamed))]
    for preset in presets:
        for column, words in COMMANDS.items():
            jobs.append(Job(preset, column, worded(words, preset, renamed)))
        if preset in EFFECTS_PRESETS and not quick:
            jobs.append(Job(preset, "effects", worded(EFFECTS, preset, renamed)))
        batch = batch_of(preset, pictures_of(preset, views, quick), renamed)
        jobs.append(Job(preset, "pictures", worded(RENDER, preset, renamed), batch))
        if preset in DATA_PRESETS and not quick:
            batch = batch_of(preset, DATA, renamed)
            jobs.append(Job(preset, "files", worded(RENDER, preset, renamed), batch))
    return jobs


def worded(words: tuple[str, ...], preset: str, renamed: bool) -> tuple[str, ...]:
    """The words of a command line for one preset."""
    if renamed:
        preset = RENAMED_PRESETS.get(preset, preset)
        words = tuple(RENAMED_WORDS.get(word, word) for word in words)
    return tuple(word.format(preset=preset) for word in words)


def pictures_of(preset: str, views: list[str], quick: bool) -> dict[str, Fields]:
    """The pictures of a preset by file name."""
    if quick:
        return QUICK_PICTURES
    pictures = dict(PICTURES)
    for number, view in enumerate(views):
        if view not in NOT_INSTRUMENTS:
            theme = THEMES[number % len(THEMES)]
            pictures[f"plot-{view}.png"] = {"view": view, "theme": theme, **INSTRUMENT}
    if preset in WINDOW_PRESETS:
        pictures.update(WINDOW)
    if preset in RIVALS:
        for name, fields in RIVAL.items():
            pictures[name] = {**fields, "compare": RIVALS[preset]}
    return pictures


def batch_of(preset: str, pictures: dict[str, Fields], renamed: bool) -> str:
    """A batch file. JSON's strings, numbers and truth values are TOML's too."""
    lines = []
    for name, fields in pictures.items():
        lines.append("[[picture]]")
        for key, value in {"source": preset, "out": name, **COMMON, **fields}.items():
            if renamed:
                if key in ("source", "compare"):
                    value = RENAMED_PRESETS.get(str(value), value)
                value = RENAMED_VALUES.get((key, str(value)), value)
                key = RENAMED_FIELDS.get(key, key)
            lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(lines) + "\n" if lines else ""


# --- running -----------------------------------------------------------------------------------


STDERR = "stderr.txt"
"""What a process said on stderr, and its exit code."""


class Tree:
    """A checkout of vgsim and how it is run."""

    def __init__(self, path: Path, python: str) -> None:
        self.path = path.resolve()
        self.python = python
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def check(self) -> None:
        """End with exit code 2 unless what runs is in this tree, not installed elsewhere."""
        code = "import vgsim; print(vgsim.__file__)"
        done = subprocess.run(
            [self.python, "-P", "-c", code], env=self._environment(), capture_output=True, text=True
        )
        if done.returncode or not Path(done.stdout.strip()).is_relative_to(self.path):
            print(f"{self.path}: {(done.stdout or done.stderr).strip()}", file=sys.stderr)
            raise SystemExit(2)

    def commit(self) -> str:
        """The commit of a clean tree; empty for one with changes, or that Git does not know."""
        git = ["git", "-C", str(self.path)]
        state = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True)
        if state.returncode or state.stdout.strip():
            return ""
        head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True)
        return head.stdout.strip()

    def _environment(self) -> dict[str, str]:
        kept = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        return {**environment, **ENVIRONMENT, "PYTHONPATH": str(self.path)}

    def run(self, job: Job, folder: Path) -> bool:
        """Run the job in ``folder``, which then has its files, what it said and how it ended.

        False when it was ended from outside or took too long.
        """
        folder.mkdir(parents=True)
        if job.batch:
            (folder / "batch.toml").write_text(job.batch, encoding="utf-8")
        settings = folder / "settings"
        environment = {**self._environment(), "XDG_CONFIG_HOME": str(settings)}
        with open(folder / "stdout.txt", "wb") as out, tempfile.TemporaryFile() as errors:
            with self._lock:
                if self._stopped:
                    return False
                process = subprocess.Popen(
                    [self.python, "-m", "vgsim", *job.words], cwd=folder, env=environment,
                    stdin=subprocess.DEVNULL, stdout=out, stderr=errors, start_new_session=True,
                )  # fmt: skip
                self._running.add(process)
            status: object
            try:
                status = process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                status = f"none after {PATIENCE} s"
                end(process)
            with self._lock:
                self._running.discard(process)
                whole = isinstance(status, int) and not self._stopped
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace")
        (folder / STDERR).write_text(refusals(said, status), encoding="utf-8")
        shutil.rmtree(settings, ignore_errors=True)
        (folder / "batch.toml").unlink(missing_ok=True)
        return whole

    def stop(self) -> None:
        """End every process of this tree and start none any more."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                end(process)

    def lines(self, *words: str) -> list[str]:
        """The first word of every line that a command prints, but for the head."""
        done = subprocess.run(
            [self.python, "-m", "vgsim", *words], env=self._environment(), timeout=PATIENCE,
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            print(f"{self.path}: vgsim {' '.join(words)}: {done.stderr.strip()}", file=sys.stderr)
            raise SystemExit(2)
        return [line.split()[0] for line in done.stdout.splitlines() if line.startswith(" ")]


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and those it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def refusals(said: str, status: object) -> str:
    """How a process ended and what of its words does not depend on the tree or the machine."""
    lines = [f"exit code {status}"]
    crashed = said.rstrip().splitlines()[-1:] if "Traceback (most recent" in said else []
    told = [line for line in re.split(r"[\r\n]+", said) if line.startswith("vgsim:")]
    return "\n".join([*lines, *told, *crashed]) + "\n"


def versions(python: str) -> str:
    """What else decides about the bytes that OLD puts out."""
    code = "import sys, numpy, PySide6; print(sys.version, numpy.__version__, PySide6.__version__)"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    settings = json.dumps(ENVIRONMENT, sort_keys=True)
    return hashlib.sha256((done.stdout + settings).encode()).hexdigest()[:8]


def kept_output(tree: Tree, job: Job, folder: Path) -> Path:
    """Where what the job puts out lies: in ``folder``, whole, if it ended by itself.

    Two processes may try at once.
    """
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="making-", dir=folder.parent) as made:
        place = Path(made, "job")
        if not tree.run(job, place):
            raise RuntimeError(f"{tree.path}: vgsim {' '.join(job.words)} did not end by itself")
        try:
            place.rename(folder)
        except OSError:
            if not folder.is_dir():  # otherwise the other was faster
                raise
    return folder


# --- comparing ---------------------------------------------------------------------------------


def compared(old: Path, new: Path) -> tuple[str, str]:
    """(how two files differ or "", a remark)."""
    if old.read_bytes() == new.read_bytes():
        return "", ""
    if old.name == STDERR:
        new_words = new.read_text(encoding="utf-8").splitlines()
        return f"{old.read_text(encoding='utf-8').splitlines()} is now {new_words}", ""
    suffix = old.suffix.lower()
    if suffix == ".png":
        return picture_difference(old.read_bytes(), new.read_bytes())
    if suffix == ".npz":
        difference = array_difference(old, new)
        return difference, "" if difference else "other bytes"
    if suffix == ".pptx":
        return package_difference(old, new)
    if suffix == ".pdf":
        return pdf_difference(old.read_bytes(), new.read_bytes()), ""
    return bytes_difference(old.read_bytes(), new.read_bytes()), ""


def bytes_difference(old: bytes, new: bytes) -> str:
    """Where two files that are not the same differ, as lines when they are text."""
    try:
        return text_difference(old.decode("utf-8"), new.decode("utf-8"))
    except UnicodeDecodeError:
        place = first_unlike(old, new)
        return f"from byte {place} on ({len(old)} and {len(new)} bytes)"


def first_unlike(old: bytes | str, new: bytes | str) -> int:
    """The first place where two sequences differ."""
    shorter = min(len(old), len(new))
    for place in range(shorter):
        if old[place] != new[place]:
            return place
    return shorter


def text_difference(old: str, new: str) -> str:
    """The first line that differs, shown around the first letter that does; "" for none."""
    before = old.splitlines()
    after = new.splitlines()
    count = 0
    first = ""
    for number in range(max(len(before), len(after))):
        one = before[number] if number < len(before) else "(no such line)"
        other = after[number] if number < len(after) else "(no such line)"
        if one == other:
            continue
        count += 1
        if not first:
            start = max(first_unlike(one, other) - 40, 0)
            first = f"line {number + 1}: {one[start : start + 90]!r}"
            first += f" is now {other[start : start + 90]!r}"
    if not count:
        return "" if old == new else "ends of lines"
    return f"{first}; {count} of {len(before)} lines differ"


def array_difference(old: Path, new: Path) -> str:
    """The first array that differs in name, type, shape or bytes; "" for none."""
    with np.load(old, allow_pickle=False) as before, np.load(new, allow_pickle=False) as after:
        names = [RENAMED_ARRAYS.get(name, name) for name in before.files]
        if names != after.files:
            lost = [name for name in names if name not in after.files]
            more = [name for name in after.files if name not in names]
            return f"names: lost {lost[:8]}, more {more[:8]}" if lost or more else "order of names"
        unlike = []
        for name, there in zip(before.files, after.files, strict=True):
            difference = one_array_difference(before[name], after[there])
            if difference:
                unlike.append(f"{name}: {difference}")
    return f"{unlike[0]}; {len(unlike)} of {len(names)} arrays differ" if unlike else ""


def one_array_difference(old: np.ndarray, new: np.ndarray) -> str:
    """How two arrays differ, bit by bit."""
    if old.dtype.kind == new.dtype.kind == "U":  # the width of the type is that of the text
        return "" if old.tolist() == new.tolist() else text_difference(str(old), str(new))
    if old.dtype != new.dtype or old.shape != new.shape:
        return f"{old.dtype}{list(old.shape)} is now {new.dtype}{list(new.shape)}"
    if old.tobytes() == new.tobytes():
        return ""
    if old.dtype.kind not in "fc":
        return f"{np.mean(old != new):.1%} of the values"
    with np.errstate(all="ignore"):
        largest = np.nanmax(np.abs(new - old))
        return f"{np.mean(old != new):.1%} of the values, by {largest:.3g} at most"


def package_difference(old: Path, new: Path) -> tuple[str, str]:
    """How two PPTX files differ: the first part that does."""
    unlike = []
    remark = ""
    with zipfile.ZipFile(old) as before, zipfile.ZipFile(new) as after:
        names = sorted({*before.namelist(), *after.namelist()})
        for name in names:
            if name not in before.namelist():
                unlike.append(f"{name} is new")
            elif name not in after.namelist():
                unlike.append(f"{name} is missing")
            elif before.read(name) != after.read(name):
                if name.endswith(".png"):
                    difference, remark = picture_difference(before.read(name), after.read(name))
                else:
                    difference = bytes_difference(before.read(name), after.read(name))
                if difference:
                    unlike.append(f"{name}: {difference}")
    return (f"{unlike[0]}; {len(unlike)} of {len(names)} parts differ" if unlike else ""), remark


def pdf_difference(old: bytes, new: bytes) -> str:
    """The first object that only one of two PDF files has; "" when both have the same."""
    before = pdf_objects(old)
    after = pdf_objects(new)
    lost = before - after
    more = after - before
    count = max(lost.total(), more.total())
    if not count:
        return ""
    pair = [min(only, default=b"(no such object)") for only in (lost, more)]
    text = text_difference(*(one.decode("latin-1") for one in pair))
    return f"{text}; {count} of {before.total()} objects differ"


def pdf_objects(data: bytes) -> Counter[bytes]:
    """The objects of a PDF file, unpacked, without dates and what numbers them.

    Qt writes its fonts in the order of their addresses in memory, which is another every time, and
    with it come other object numbers, names of subsets and lengths of streams.
    """
    found: Counter[bytes] = Counter()
    for content in re.findall(rb"\d+ 0 obj(.*?)endobj", data, re.DOTALL):
        for pattern in PDF_NUMBERS:
            content = re.sub(pattern, b"", content)
        head, mark, packed = content.partition(b"stream\n")
        if mark and b"/FlateDecode" in head:
            content = head + zlib.decompressobj().decompress(packed)
        if not content.strip().isdigit():  # the length of a stream
            found[content] += 1
    return found


PDF_NUMBERS = (rb"/(Creation|Mod)Date \([^)]*\)", rb"\b\d+ 0 R\b", rb"/Q[A-Z]{5}\+")


def picture_difference(old: bytes, new: bytes) -> tuple[str, str]:
    """(share of the pixels of two PNG files that differ and by how much or "", a remark)."""
    if drawn(old) == drawn(new):
        return "", "metadata"
    before = pixels(old)
    after = pixels(new)
    if before.shape != after.shape:
        return f"{sides(before)} pixels are now {sides(after)}", ""
    apart = np.abs(before.astype(np.int32) - after.astype(np.int32)).max(axis=2)
    if not apart.any():
        return "", "metadata"
    rows, columns = np.nonzero(apart)
    box = f"{columns.min()},{rows.min()} to {columns.max()},{rows.max()}"
    share = np.count_nonzero(apart) / apart.size
    return f"{share:.3%} of the pixels, by {apart.max()} of 255 at most, in {box}", ""


def drawn(data: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a PNG file that say what its pixels are."""
    kinds = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
    return [(kind, content) for kind, content in chunks(data) if kind in kinds]


def sides(picture: np.ndarray) -> str:
    """Its size in words."""
    return f"{picture.shape[1]}x{picture.shape[0]}"


# --- reading PNG files -------------------------------------------------------------------------

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Values of a pixel by the color type of PNG: gray, RGB, palette, gray and alpha, RGBA."""


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(type, content) of every chunk of a PNG file."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("no PNG file")
    place = 8
    while place < len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        yield data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        place += 12 + length


def pixels(data: bytes) -> np.ndarray:
    """RGBA of a PNG file of 1 to 8 bits a channel, not interlaced: (height, width, 4) of uint8."""
    found: dict[bytes, bytes] = {}
    for kind, content in chunks(data):
        found[kind] = found.get(kind, b"") + content
    width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", found[b"IHDR"])
    if interlaced or depth > 8:
        raise ValueError(f"a PNG of {depth} bits, interlaced {interlaced}")
    count = CHANNELS[color]
    raw = np.frombuffer(zlib.decompress(found[b"IDAT"]), np.uint8)
    row = (width * count * depth + 7) // 8
    lines = raw.reshape(height, row + 1)
    step = max(count * depth // 8, 1)
    flat = unfiltered(lines[:, 1:], lines[:, 0], step)
    if depth < 8:
        bits = np.unpackbits(flat, axis=1)[:, : width * depth].reshape(height, width, depth)
        weights = 2 ** np.arange(depth - 1, -1, -1)
        flat = (bits * weights).sum(axis=2).astype(np.uint8)
        if color == 0:
            flat = flat * (255 // (2**depth - 1))
    samples = flat.reshape(height, width, count)
    return as_rgba(samples, color, found)


def as_rgba(samples: np.ndarray, color: int, found: dict[bytes, bytes]) -> np.ndarray:
    """RGBA of the samples of any color type."""
    height, width, _ = samples.shape
    picture = np.full((height, width, 4), 255, np.uint8)
    if color == 3:
        palette = np.frombuffer(found[b"PLTE"], np.uint8).reshape(-1, 3)
        alpha = np.full(len(palette), 255, np.uint8)
        given = np.frombuffer(found.get(b"tRNS", b""), np.uint8)
        alpha[: len(given)] = given
        picture[..., :3] = palette[samples[..., 0]]
        picture[..., 3] = alpha[samples[..., 0]]
        return picture
    picture[..., :3] = samples[..., :3] if color in (2, 6) else samples[..., :1]
    if color in (4, 6):
        picture[..., 3] = samples[..., -1]
    return picture


def unfiltered(lines: np.ndarray, kinds: np.ndarray, step: int) -> np.ndarray:
    """The bytes before PNG's filters: https://www.w3.org/TR/png-3/#9Filters.

    A byte needs the one before it and those above, so whole diagonals are undone at once.
    """
    height, width = lines.shape
    count = -(-width // step)
    padded = np.zeros((height, count * step), np.int32)
    padded[:, :width] = lines
    filtered = padded.reshape(height, count, step)
    # one more row above and pixel before, which count as zeros
    done = np.zeros((height + 1, count + 1, step), np.int32)
    for diagonal in range(height + count - 1):
        first = max(0, diagonal - count + 1)
        y = np.arange(first, min(height, diagonal + 1))
        x = diagonal - y
        left = done[y + 1, x]
        above = done[y, x + 1]
        corner = done[y, x]
        kind = kinds[y][:, None]
        guess = np.select(
            [kind == 1, kind == 2, kind == 3, kind == 4],
            [left, above, (left + above) // 2, paeth(left, above, corner)],
            0,
        )
        done[y + 1, x + 1] = (filtered[y, x] + guess) & 255
    return done[1:, 1:].reshape(height, -1)[:, :width].astype(np.uint8)


def paeth(left: np.ndarray, above: np.ndarray, corner: np.ndarray) -> np.ndarray:
    """Whichever neighbor is nearest to left + above − corner."""
    to_left = np.abs(above - corner)
    to_above = np.abs(left - corner)
    to_corner = np.abs(left + above - 2 * corner)
    nearest = np.where(to_above <= to_corner, above, corner)
    return np.where((to_left <= to_above) & (to_left <= to_corner), left, nearest)


# --- reporting ---------------------------------------------------------------------------------


@dataclass
class Result:
    """What came of one job: how many files are the same, and how the others differ."""

    job: Job
    same: int = 0
    unlike: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def cell(self) -> str:
        """Its place in the table."""
        several = self.same + len(self.unlike) > 3
        if not self.unlike:
            return f"{self.same - 2} same" if several else "same"
        return f"{len(self.unlike)} DIFFER" if several else "DIFFERS"


def result_of(job: Job, old: Path, new: Path, lines: int) -> Result:
    """Compare all files of one job; those of NEW that are the same are removed."""
    result = Result(job)
    names = sorted({path.name for path in (*old.iterdir(), *new.iterdir())})
    for name in names:
        before = old / name
        after = new / name
        if not after.exists():
            result.unlike.append(f"{name}: NEW does not write it")
        elif not before.exists():
            result.unlike.append(f"{name}: OLD does not write it")
        else:
            difference, remark = read(before, after)
            if difference:
                text = f"{name}: {difference}\n      {before.parent.name}/{name}"
                result.unlike.append(text + longer(before, after, lines))
            else:
                result.same += 1
                after.unlink()
            if remark:
                result.remarks.append(f"{name}: {remark}")
    if not result.unlike:
        shutil.rmtree(new)
    return result


def read(before: Path, after: Path) -> tuple[str, str]:
    """As :func:`compared`; a file that cannot be read differs."""
    try:
        return compared(before, after)
    except (ValueError, KeyError, zipfile.BadZipFile, zlib.error, struct.error) as error:
        return f"cannot be read: {error}", ""


def longer(before: Path, after: Path, lines: int) -> str:
    """The first lines of a difference between two texts, or nothing."""
    if not lines or before.suffix not in (".txt", ".csv", ".jsonl"):
        return ""
    old = before.read_text(encoding="utf-8").splitlines()
    new = after.read_text(encoding="utf-8").splitlines()
    changes = list(difflib.unified_diff(old, new, "OLD", "NEW", lineterm="", n=0))[2:]
    return "".join(f"\n        {line[:160]}" for line in changes[:lines])


def table(results: list[Result]) -> str:
    """A row for every preset, a column for every command."""
    columns = list(dict.fromkeys(result.job.column for result in results))
    presets = list(dict.fromkeys(result.job.preset for result in results))
    cells = {(result.job.preset, result.job.column): result.cell for result in results}
    out = io.StringIO()
    head = "".join(f"{column:<11}" for column in columns)
    print(f"{'preset':<18}{head}".rstrip(), file=out)
    for preset in presets:
        row = "".join(f"{cells.get((preset, column), ''):<11}" for column in columns)
        print(f"{preset:<18}{row}".rstrip(), file=out)
    return out.getvalue()


def report(results: list[Result]) -> int:
    """Print everything; how many files differ."""
    print(table(results))
    count = 0
    for result in results:
        for text in result.unlike:
            print(f"{result.job.preset}, {result.job.column}: {text}")
        count += len(result.unlike)
    remarks = sum(len(result.remarks) for result in results)
    same = sum(result.same for result in results)
    print(f"{same} outputs are the same, {count} differ", end="")
    print(f"; {remarks} with the same content have other metadata" if remarks else "")
    return count


def each(jobs: list[Job], work: Callable[[Job], Result | Path], trees: list[Tree]) -> list:
    """Do the work for every job, two at a time; stopped, no process stays behind."""
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            futures = [pool.submit(work, job) for job in jobs]
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for tree in trees:
                tree.stop()
            raise


def main() -> int:
    """0 when both trees put out the same, 1 when they do not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("old", type=Path, metavar="OLD_TREE")
    parser.add_argument("new", type=Path, metavar="NEW_TREE", nargs="?",
                        help="without it OLD is run alone, and what it puts out kept")  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="four presets, four pictures each")
    parser.add_argument("--presets", default="", help="names, separated by commas")
    parser.add_argument("--columns", default="", help="only these columns of the table")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--diff", type=int, default=0, metavar="N",
                        help="show N lines of what differs in a text")  # fmt: skip
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir(), "vgsim-compare"))
    asked = parser.parse_args()

    trees = [Tree(path, asked.python) for path in (asked.old, asked.new) if path]
    for tree in trees:
        tree.check()
    old = trees[0]
    presets = old.lines("list", "preset")
    views = old.lines("list", "view")
    if asked.quick:
        presets = list(QUICK_PRESETS)
    if asked.presets:
        presets = [name for name in presets if name in asked.presets.split(",")]
    jobs = jobs_of(presets, views, asked.quick, renamed=False)
    renamed = jobs_of(presets, views, asked.quick, renamed=True)
    pairs = dict(zip(jobs, renamed, strict=True))
    if asked.columns:
        jobs = [job for job in jobs if job.column in asked.columns.split(",")]

    asked.work.mkdir(parents=True, exist_ok=True)
    runs = Path(tempfile.mkdtemp(prefix="run-", dir=asked.work.resolve()))
    commit = old.commit()
    kept = asked.work.resolve() / f"old-{commit[:12]}-{versions(asked.python)}"
    if not commit:
        print("OLD has changes that are not committed: it is run again", file=sys.stderr)
        kept = runs / "old"
    if asked.new is None:
        each(jobs, lambda job: kept_output(old, job, kept / job.name), [old])
        shutil.rmtree(runs)
        print(f"{len(jobs)} jobs are in {kept}")
        return 0
    new = trees[1]

    def both(job: Job) -> Result:
        before = kept_output(old, job, kept / job.name)
        after = runs / "new" / job.name
        new.run(pairs[job], after)
        return result_of(job, before, after, asked.diff)

    try:
        count = report(each(jobs, both, trees))
        if count:
            print(f"OLD: {kept}\nNEW: {runs / 'new'}, as long as you keep it")
    except BaseException:
        shutil.rmtree(runs)
        raise
    if count == 0:
        shutil.rmtree(runs)
    return 1 if count else 0


if __name__ == "__main__":
    raise SystemExit(main())
