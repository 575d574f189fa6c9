#!/usr/bin/env bash
# The mean of a million float32 rows of 0.1 is 0.101, unless the array is in Fortran order.
# guess: sums are pairwise, so float32 means are right to six digits along any axis, whatever the
#        layout.
# seen:  pairwise only along the axis that is contiguous: mean(axis=0) of a C array is 1 % off,
#        nanmean, average and einsum too; the same numbers in Fortran order, or as one column, are
#        right.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "numpy==2.5.5; python_version>='3.12'" \
  "numpy==2.4.6; python_version<'3.12'"
cat > "$dir/look.py" <<'END'
import numpy as np

print("NumPy", np.__version__)
rows = np.full((1_000_000, 2), 0.1, np.float32)
ways = {
    "mean(axis=0)": rows.mean(axis=0)[0],
    "nanmean(axis=0)": np.nanmean(rows, axis=0)[0],
    "average(axis=0)": np.average(rows, axis=0)[0],
    "einsum / n": np.einsum("ij->j", rows)[0] / len(rows),
    "mean()": rows.mean(),
    "one column, mean()": rows[:, 0].mean(),
    "Fortran order, mean(axis=0)": np.asfortranarray(rows).mean(axis=0)[0],
    "mean(axis=0, dtype=float64)": rows.mean(axis=0, dtype=np.float64)[0],
}
for what, value in ways.items():
    print(f"{what}: {float(value):.7f}")
wrong = [what for what, value in ways.items() if abs(value - 0.1) > 5e-4]
assert wrong == ["mean(axis=0)", "nanmean(axis=0)", "average(axis=0)", "einsum / n"]
assert all(abs(value - 0.1) < 1e-6 for what, value in ways.items() if what not in wrong)
END
"$dir/venv/bin/python" "$dir/look.py"
