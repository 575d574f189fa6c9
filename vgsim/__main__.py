"""The door to vgsim: ``vgsim`` and ``python -m vgsim`` both come in here."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from vgsim.core import blas


def main(argv: Sequence[str] | None = None) -> int:
    """Run vgsim with ``argv`` (the command line when None); return the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["record"]:  # on a server with PyTorch alone, and with its own threads
        from vgsim.cli.record import record

        return record(words[1:])
    # BLAS reads its environment once, when NumPy is imported; the CLI imports NumPy
    blas.prepare()
    from vgsim.cli.main import main as run

    return run(words)


if __name__ == "__main__":
    raise SystemExit(main())
