"""A Dask cluster of programs of its own, whose workers and scheduler can be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Cluster:
    """A scheduler and workers with one thread each, started like those of a real one."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self._folder = folder
        self.programs: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        self.scheduler = self._started(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
            "--scheduler-file", str(file),
        )  # fmt: skip
        while not file.exists():
            time.sleep(0.05)
        self._file = file
        self.workers: list[subprocess.Popen[bytes]] = []
        for _ in range(workers):
            self.add_worker()

    @property
    def address(self) -> str:
        """That of the scheduler."""
        return str(json.loads(self._file.read_text("utf-8"))["address"])

    def add_worker(self, *words: str, cwd: str = str(ROOT), **environment: str) -> None:
        """Start one more, without a nanny that would start it again."""
        self.workers.append(
            self._started(
                "worker", "--scheduler-file", str(self._file), "--nthreads", "1", "--no-nanny",
                "--no-dashboard", "--memory-limit", "0", "--local-directory", str(self._folder),
                *words, cwd=cwd, **environment,
            )
        )  # fmt: skip

    def kill_worker(self, at: int) -> None:
        """Kill one, and start another."""
        worker = self.workers.pop(at)
        worker.kill()
        worker.wait()
        self.add_worker()

    def close(self) -> None:
        """End all of it."""
        for program in self.programs:
            program.kill()
        for program in self.programs:
            program.wait()

    def _started(
        self, *words: str, cwd: str = str(ROOT), **environment: str
    ) -> subprocess.Popen[bytes]:
        program = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:]],
            cwd=cwd, env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.programs.append(program)
        return program
