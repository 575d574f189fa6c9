#!/usr/bin/env bash
# Is a float32 of 0.1 equal to 0.1? In NumPy 2 it depends on where the 0.1 comes from.
# guess: no, everywhere: float32(0.1) is 0.10000000149, larger than the float64 0.1.
# seen:  == 0.1 and "in [0.1]" are True, == np.float64(0.1) and "in {0.1}" and isin are False; >
#        0.1 is False, > np.float64(0.1) True: a Python float is rounded to float32 first, float64
#        is not.
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
x = np.float32(0.1)
seen = {
    "x == 0.1": x == 0.1,
    "x == np.float64(0.1)": x == np.float64(0.1),
    "x == float(x)": x == float(x),
    "float(x) == 0.1": float(x) == 0.1,
    "x > 0.1": x > 0.1,
    "x > np.float64(0.1)": x > np.float64(0.1),
    "x in [0.1]": x in [0.1],
    "x in {0.1}": x in {0.1},
    "np.isin(x, 0.1)": np.isin(x, 0.1),
    "np.array([x]) == 0.1": (np.array([x]) == 0.1)[0],
    "np.array([x]) == np.array([0.1])": (np.array([x]) == np.array([0.1]))[0],
}
for what, answer in seen.items():
    print(f"{what}: {bool(answer)}")
true = {what for what, answer in seen.items() if answer}
assert true == {
    "x == 0.1", "x == float(x)", "x > np.float64(0.1)", "x in [0.1]", "np.array([x]) == 0.1"}
END
"$dir/venv/bin/python" "$dir/look.py"
