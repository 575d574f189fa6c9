#!/usr/bin/env bash
# f"{x}" and str(x) of the same NumPy float32 differ.
# guess: an empty format spec is str(), so both say 0.1.
# seen:  str, %s and f"{x!s}" say 0.1, f"{x}" and format() say 0.10000000149011612, float16
#        likewise; and repr inside a list is np.float32(0.1).
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
for kind in (np.float64, np.float32, np.float16):
    x = kind(0.1)
    texts = [str(x), "%s" % x, f"{x!s}", f"{x}", format(x), "{}".format(x)]
    print(kind.__name__, texts, [x])
    if kind is np.float64:
        assert set(texts) == {"0.1"}
    else:
        assert set(texts[:3]) == {"0.1"} and len(set(texts[3:])) == 1
        assert len(texts[3]) > 10 and float(texts[3]) == float(x)
assert f"{np.float32(0.1)}" == "0.10000000149011612"
assert f"{np.float16(0.1)}" == "0.0999755859375"
END
"$dir/venv/bin/python" "$dir/look.py"
