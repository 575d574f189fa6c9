#!/usr/bin/env bash
# One infinity, and NumPy's smallest value (percentile 0) is nan.
# guess: a percentile that falls on a value is that value: 0 gives the least, 50 of three the
#        middle one.
# seen:  the interpolation multiplies inf by zero: 0 of [1, inf] is nan, 50 of [-inf, 1, inf] too,
#        though min, median and sort are right; method="lower" is right as well.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "numpy==2.5.5; python_version>='3.12'" \
  "numpy==2.4.6; python_version<'3.12'"
cat > "$dir/look.py" <<'END'
import warnings
import numpy as np

warnings.simplefilter("ignore")
print("NumPy", np.__version__)
losses = np.array([1.0, np.inf])
least = np.percentile(losses, 0)
lower = np.percentile(losses, 0, method="lower")
print(losses, "min", losses.min(), "percentile 0", least, "lower", lower)
assert losses.min() == 1 and np.isnan(least)
assert lower == 1
three = np.array([-np.inf, 1.0, np.inf])
middle = np.percentile(three, 50)
print(three, "median", np.median(three), "percentile 50", middle)
assert np.median(three) == 1 and np.isnan(middle)
same = np.full(3, np.inf)
print(same, "percentile 30", np.percentile(same, 30), "nanpercentile", np.nanpercentile(same, 30))
assert np.isnan(np.percentile(same, 30)) and np.isnan(np.nanpercentile(same, 30))
many = np.r_[np.arange(99.0), np.inf]
print("0 to 98 and inf: percentile 0, 50, 98, 99, 100:", np.percentile(many, [0, 50, 98, 99, 100]))
END
"$dir/venv/bin/python" "$dir/look.py"
