#!/usr/bin/env bash
# PySide6 calls the next base's __init__ by itself: calling it yourself runs it twice.
# guess: QObject.__init__ is C++ and ends the chain, as in PyQt5 and for other extension types.
# seen:  __init__ of a plain class behind QObject runs once without being called, twice when
#        called, and takes the keyword arguments that Qt does not know, typing errors included.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "PySide6-Essentials==6.12.0; python_version>='3.12'" \
  "PySide6-Essentials==6.11.3; python_version<'3.12'"
cat > "$dir/look.py" <<'END'
from PySide6.QtCore import QObject, qVersion

print("Qt", qVersion())
calls: list[dict[str, object]] = []


class Plain:
    def __init__(self, **options: object) -> None:
        calls.append(options)


class Silent(QObject, Plain):
    def __init__(self, **options: object) -> None:
        QObject.__init__(self, **options)


class Explicit(QObject, Plain):
    def __init__(self) -> None:
        QObject.__init__(self)
        Plain.__init__(self)


def count(make: object) -> list[dict[str, object]]:
    calls.clear()
    make()
    return list(calls)


silent, explicit = count(Silent), count(Explicit)
misspelled = count(lambda: Silent(objectname="x"))
print("not called:", silent, "called:", explicit, "unknown keyword:", misspelled)
assert silent == [{}] and explicit == [{}, {}] and misspelled == [{"objectname": "x"}]
try:
    QObject(objectname="x")
    raise SystemExit("QObject now takes unknown keywords")
except AttributeError as error:
    print("plain QObject:", error)
END
"$dir/venv/bin/python" "$dir/look.py"
