#!/usr/bin/env bash
# A function that Dask's scheduler can import and a worker cannot: the worker ends.
# guess: the future gets ModuleNotFoundError, as it does where the scheduler cannot either.
# seen:  the worker closes ("End worker"), the future stays pending, run() answers {}.
set -euo pipefail
dir="$(mktemp -d)"
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  distributed==2026.8.0
mkdir "$dir/mine" "$dir/worker"
echo 'def double(x): return 2 * x' > "$dir/mine/mine.py"
cd "$dir/worker"
python="$dir/venv/bin/python"
PYTHONPATH="$dir/mine" "$python" -m distributed.cli.dask_scheduler --host 127.0.0.1 --port 0 \
  --no-dashboard --scheduler-file "$dir/scheduler.json" >/dev/null 2>&1 &
"$python" -m distributed.cli.dask_worker --scheduler-file "$dir/scheduler.json" --nthreads 1 \
  --no-nanny --no-dashboard >"$dir/log" 2>&1 &
worker=$!
cat > "$dir/mine/look.py" <<'END'
import sys
import time

import distributed
from mine import double

print("distributed", distributed.__version__)
client = distributed.Client(scheduler_file=sys.argv[1], set_as_default=False)
client.wait_for_workers(1, timeout=60)
assert client.submit(int).result(timeout=60) == 0
future = client.submit(double, 4)
time.sleep(5)
print("the future is", future.status, "and run() answers", client.run(int))
assert future.status == "pending"
assert client.run(int) == {}
END
PYTHONPATH="$dir/mine" "$python" "$dir/mine/look.py" "$dir/scheduler.json" 2>/dev/null
grep -o "No module named 'mine'" "$dir/log" | head -n 1
kill -0 "$worker" 2>/dev/null && { echo "the worker goes on"; exit 1; }
echo "the worker has ended"
