"""Remedies as PyTorch code, in the names of the user's own modules.

A remedy is changes of a spec; each file here says how some of them are written for the modules that
were recorded. What is found nowhere in the recording (a functional call, the text of a ``forward``)
is sketched as a diff, whose lines begin with "- ", "+ " or two blanks.
"""

from __future__ import annotations

from vgsim.core.registry import discover
from vgsim.diagnosis.pytorch.advice import coded
from vgsim.diagnosis.pytorch.writing import CODE, CodeLine, code_lines, pasted, pytorch_code

__all__ = ["CODE", "CodeLine", "code_lines", "coded", "pasted", "pytorch_code"]

discover(__name__)
