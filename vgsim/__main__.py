"""The door to vgsim: ``vgsim`` and ``python -m vgsim`` both come in here."""

from __future__ import annotations

from collections.abc import Sequence

from vgsim import preflight


def main(argv: Sequence[str] | None = None) -> int:
    """Run vgsim with ``argv`` (the command line when None); return the exit code."""
    # BLAS reads its number of threads once, when NumPy is imported; the CLI imports NumPy.
    preflight.limit_blas_threads()
    from vgsim.cli import main as run

    return run(argv)


if __name__ == "__main__":
    raise SystemExit(main())
