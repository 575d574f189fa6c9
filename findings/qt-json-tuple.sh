#!/usr/bin/env bash
# QJsonDocument writes a Python tuple, and a dict with int keys, as null.
# guess: a tuple is an array and an int key a text, as in json.dumps; or there is an exception.
# seen:  both are null without a word; read again, 1.0 is the int 1 and -0.0 has lost its sign.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "PySide6-Essentials==6.12.0; python_version>='3.12'" \
  "PySide6-Essentials==6.11.3; python_version<'3.12'"
cat > "$dir/look.py" <<'END'
import json
from PySide6.QtCore import QJsonDocument, qVersion

print("Qt", qVersion())


def written(value: object) -> str:
    data = QJsonDocument.fromVariant({"a": value}).toJson(QJsonDocument.JsonFormat.Compact)
    text = bytes(data).decode()
    print(f"{value!r}: json {json.dumps({'a': value})}, Qt {text}")
    return text


assert written([1, 2]) == '{"a":[1,2]}'
assert written((1, 2)) == '{"a":null}'
assert written([[1, 2], (3, 4)]) == '{"a":[[1,2],null]}'
assert written({1: 2}) == '{"a":null}'
assert written(-0.0) == '{"a":0}'
back = QJsonDocument.fromJson(b'{"a": 1.0}').toVariant()["a"]
print("1.0 read:", repr(back))
assert type(back) is int
END
"$dir/venv/bin/python" "$dir/look.py"
