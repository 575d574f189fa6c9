"""The door to vgsim: ``vgsim`` and ``python -m vgsim`` both come in here."""

from __future__ import annotations

from collections.abc import Sequence

from vgsim.core import blas


def main(argv: Sequence[str] | None = None) -> int:
    """Run vgsim with ``argv`` (the command line when None); return the exit code."""
    # BLAS reads its environment once, when NumPy is imported; the CLI imports NumPy
    blas.prepare()
    from vgsim.cli.main import main as run

    return run(argv)


if __name__ == "__main__":
    raise SystemExit(main())
