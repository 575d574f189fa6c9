"""The shipped experiments, and specs from files."""

from __future__ import annotations

from pathlib import Path

from vgsim.engine.errors import refuse
from vgsim.engine.spec import Spec, loads
from vgsim.resources import resource, resource_names

FIRST = "sigmoid-stack"
"""The preset a window opens with."""
LARGEST_FILE = 2**20
"""Bytes a spec file may have; a longer one is no spec."""


def preset_names() -> tuple[str, ...]:
    """Names of the shipped presets, the worked example and the classic first."""
    first = ("worked-example", FIRST)
    return first + tuple(name for name in resource_names("presets", ".toml") if name not in first)


def load_preset(name: str) -> Spec:
    """The shipped preset of that name; SpecError when there is none."""
    if name not in preset_names():
        raise refuse("preset", name, "one of " + ", ".join(preset_names()))
    return loads(resource("presets", f"{name}.toml").read_text("utf-8"))


def load_file(path: str | Path) -> Spec:
    """The spec in a TOML file; SpecError when it cannot be read or is no spec."""
    try:
        file = Path(path).expanduser()
        if file.stat().st_size > LARGEST_FILE:
            raise refuse("file", str(path), "a spec of at most 1 MiB")
        return loads(file.read_text("utf-8"))
    except OSError as error:
        raise refuse("file", str(path), f"a readable TOML file ({error.strerror})") from None
    except RuntimeError as error:  # the home of an unknown user
        raise refuse("file", str(path), f"a readable TOML file ({error})") from None
    except UnicodeDecodeError:
        raise refuse("file", str(path), "a TOML file in UTF-8") from None


def load(name_or_path: str) -> Spec:
    """A preset by its name, or the spec in a file."""
    if name_or_path in preset_names():
        return load_preset(name_or_path)
    if Path(name_or_path).suffix or Path(name_or_path).exists():
        return load_file(name_or_path)
    return load_preset(name_or_path)  # says which presets there are
