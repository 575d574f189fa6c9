"""Files of data as they are found, for tests."""

from __future__ import annotations

from pathlib import Path

TABLES = Path(__file__).parents[1] / "data" / "tables"
