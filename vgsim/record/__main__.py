"""``python -m vgsim.record run.vgrun`` says what a recording holds, with NumPy alone."""

import sys

from vgsim.record.listing import main

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
