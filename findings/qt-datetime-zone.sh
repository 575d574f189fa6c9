#!/usr/bin/env bash
# PySide6 drops the time zone of a datetime, on the way in and on the way out.
# guess: an aware datetime becomes the same moment; one that is in UTC comes back aware.
# seen:  12:00 UTC is read as 12:00 local, nine hours off in Tokyo; toPython() of a UTC time has
#        no zone.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
"${PYTHON:-python3}" -m venv "$dir/venv" || { echo "needs python3 3.11+ with venv" >&2; exit 2; }
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  "PySide6-Essentials==6.12.0; python_version>='3.12'" \
  "PySide6-Essentials==6.11.3; python_version<'3.12'"
cat > "$dir/look.py" <<'END'
from datetime import datetime, timezone
from PySide6.QtCore import QDateTime, QTimeZone, qVersion

print("Qt", qVersion())
noon = datetime(2026, 7, 1, 12, tzinfo=timezone.utc)
there = QDateTime(noon)
off = there.toSecsSinceEpoch() - noon.timestamp()
print(noon.isoformat(), "->", there.timeSpec().name, "off by", off / 3600, "hours")
assert off == -9 * 3600
right = QDateTime.fromSecsSinceEpoch(int(noon.timestamp()), QTimeZone.utc())
back = right.toPython()
print(right.toString("yyyy-MM-ddTHH:mm t"), "->", repr(back))
assert right.toSecsSinceEpoch() == noon.timestamp()
assert back.tzinfo is None and back.hour == 12
print("its timestamp() is off by", (back.timestamp() - noon.timestamp()) / 3600, "hours")
assert back.timestamp() != noon.timestamp()
END
TZ=Asia/Tokyo "$dir/venv/bin/python" "$dir/look.py"
