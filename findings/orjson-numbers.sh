#!/usr/bin/env bash
# orjson: an integer above 64 bits comes back as another number, a float32 as another float.
# guess: what dumps() refuses (2**64) loads() refuses too; a float32 is written so that its value
#        returns.
# seen:  18446744073709551617 is read as the float 1.8446744073709552e+19, no error; float32 0.1
#        is written 0.1, which is not its value; np.float64, a float, is refused, json takes it.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  orjson==3.13.0 \
  "numpy==2.5.5; python_version>='3.12'" \
  "numpy==2.4.6; python_version<'3.12'"
cat > "$dir/look.py" <<'END'
import json
import numpy as np
import orjson

print("orjson", orjson.__version__, "NumPy", np.__version__)
seed = 2**64 + 1
text = json.dumps(seed)
print(text, "json", json.loads(text), "orjson", orjson.loads(text))
assert json.loads(text) == seed
assert orjson.loads(text) == 2.0**64 and type(orjson.loads(text)) is float
try:
    orjson.dumps(seed)
    raise SystemExit("orjson now writes it")
except TypeError as error:
    print("orjson.dumps:", error)
x = np.float32(0.1)
written = orjson.dumps(x, option=orjson.OPT_SERIALIZE_NUMPY)
print("float32 with value", float(x), "orjson writes", written, "json", json.dumps(float(x)))
assert written == b"0.1" and orjson.loads(written) != float(x)
print("np.float64(0.1): json", json.dumps(np.float64(0.1)))
try:
    orjson.dumps(np.float64(0.1))
    raise SystemExit("orjson now takes np.float64")
except TypeError as error:
    print("np.float64(0.1): orjson TypeError:", error)
END
"$dir/venv/bin/python" "$dir/look.py"
