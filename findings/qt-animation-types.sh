#!/usr/bin/env bash
# A Qt animation from 0 to 10.5 has the value None all the way.
# guess: int and float mix, as everywhere in Python; NumPy's float64 is a float and works.
# seen:  unless both ends have one C++ type there is no interpolation: None, no warning;
#        np.float64 never.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "PySide6-Essentials==6.12.0; python_version>='3.12'" \
  "PySide6-Essentials==6.11.3; python_version<'3.12'" \
  "numpy==2.5.5; python_version>='3.12'" \
  "numpy==2.4.6; python_version<'3.12'"
cat > "$dir/look.py" <<'END'
import numpy as np
from PySide6.QtCore import QCoreApplication, QVariantAnimation, qVersion

app = QCoreApplication([])
print("Qt", qVersion(), "NumPy", np.__version__)


def middle(start: object, end: object) -> object:
    animation = QVariantAnimation(duration=100)
    animation.setStartValue(start)
    animation.setEndValue(end)
    animation.setCurrentTime(50)
    print(f"{start!r} to {end!r}: half way {animation.currentValue()!r}")
    return animation.currentValue()


assert middle(0, 10) == 5
assert middle(0.0, 10.5) == 5.25
assert middle(0, 10.5) is None
assert middle(0.0, 10) is None
assert middle(np.float64(0), np.float64(1)) is None
END
"$dir/venv/bin/python" "$dir/look.py"
