#!/usr/bin/env bash
# 1,000 draws by hypothesis from 0 to a million: the median is some thousands.
# guess: integers are spread over the range with its ends favored, arrays hold fresh elements, and
#        lists come in all lengths up to max_size.
# seen:  the median is near 5,000; half of all arrays of 100 floats have under 10 values
#        (fill=st.nothing() gives about 90); of lists up to 100 long none passes 60.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  hypothesis==6.170.17 \
  "numpy==2.5.5; python_version>='3.12'" \
  "numpy==2.4.6; python_version<'3.12'"
cat > "$dir/look.py" <<'END'
import statistics
from collections.abc import Callable
import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from hypothesis.extra import numpy as hnp

print("hypothesis", hypothesis.__version__, "NumPy", np.__version__)


def drawn(strategy: st.SearchStrategy, measure: Callable, count: int = 1000) -> list[int]:
    seen: list[int] = []

    @settings(max_examples=count, database=None, deadline=None, derandomize=True,
              phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(strategy)
    def look(value: object) -> None:
        seen.append(measure(value))

    look()
    return seen


def distinct(array: np.ndarray) -> int:
    return len(np.unique(array))


floats = st.floats(-1, 1)
middle = statistics.median(drawn(st.integers(0, 10**6), int))
print("integers(0, 10**6): median", middle)
values = statistics.median(drawn(hnp.arrays(float, 100, elements=floats), distinct, 200))
fresh = drawn(hnp.arrays(float, 100, elements=floats, fill=st.nothing()), distinct, 200)
print("arrays of 100: median of distinct values", values, "without fill", statistics.median(fresh))
longest = max(drawn(st.lists(st.integers(0, 9), max_size=100), len))
print("lists(max_size=100): longest of 1,000", longest)
assert middle < 50_000 and values < 10 and statistics.median(fresh) > 60 and longest < 60
END
"$dir/venv/bin/python" "$dir/look.py"
