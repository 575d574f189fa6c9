"""What is set before NumPy is imported, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from vgsim.core import blas

SAY = (
    "import os; from vgsim.core import blas; {before}; blas.prepare();"
    "print(os.environ.get('OPENBLAS_NUM_THREADS'), os.environ.get('OPENBLAS_CORETYPE'))"
)


def _chosen(before: str = "pass", **environment: str) -> list[str]:
    kept = {k: v for k, v in os.environ.items() if k not in (*blas.THREADS, blas.KERNELS)}
    return subprocess.check_output(
        [sys.executable, "-c", SAY.format(before=before)], env=kept | environment, text=True
    ).split()


def test_one_thread_unless_the_user_chose():
    assert _chosen()[0] == "1"
    assert _chosen(OPENBLAS_NUM_THREADS="3")[0] == "3"


def test_kernels_that_the_user_chose_stay():
    assert _chosen(OPENBLAS_CORETYPE="Haswell")[1] == "Haswell"


@pytest.mark.parametrize(("flags", "kernels"), [("blas.NEEDED", "SkylakeX"), ("set()", "None")])
def test_the_avx512_kernels_are_taken_where_the_processor_has_them(flags, kernels):
    assert _chosen(f"blas.processor_flags = lambda: frozenset({flags})")[1] == kernels


def test_nothing_is_set_once_numpy_is_there():
    assert _chosen("import numpy") == ["None", "None"]


def test_flags_are_read_from_the_systems_list(tmp_path):
    file = tmp_path / "cpuinfo"
    file.write_text("processor: 0\nflags\t\t: fpu avx512f sse\n")
    assert blas.processor_flags(file) == {"fpu", "avx512f", "sse"}
    assert blas.processor_flags(tmp_path / "none") == frozenset()
