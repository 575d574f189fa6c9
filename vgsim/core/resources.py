"""The only look-up of a path under ``resources/``: inside a wheel or beside the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def _root() -> Path:
    """``vgsim/resources`` in an installed wheel, ``resources`` beside ``vgsim`` in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for candidate in (package / "resources", package.parent / "resources"):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(
        f"vgsim's resources folder is missing beside {package}; install vgsim again"
    )


def resource(*parts: str) -> Path:
    """Path of one resource, for example ``resource("presets", "relu-he.toml")``."""
    return _root().joinpath(*parts)


def resource_names(folder: str, suffix: str) -> tuple[str, ...]:
    """Stems of the files in ``folder`` that end in ``suffix``, sorted."""
    return tuple(sorted(found.stem for found in resource(folder).glob(f"*{suffix}")))
