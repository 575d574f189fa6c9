"""What is wrong with a lesson: file, line, what is there and what is allowed."""

from __future__ import annotations

from dataclasses import dataclass

from vgsim.core.errors import Problem, SpecError, shorten


@dataclass(frozen=True, slots=True)
class LessonProblem(Problem):
    """One thing wrong in one file of a lesson.

    ``path`` is what it concerns ("page 3: question.answer"), or empty; ``line`` counts from 1, 0 is
    the file as a whole.
    """

    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        where = shorten(self.file)
        if self.line:
            where += f", line {self.line}"
        if not self.path:
            return f"{where}: {shorten(self.value)}: allowed is {self.allowed}"
        return f"{where}: {self.path} = {shorten(self.value)}: allowed is {self.allowed}"


class LessonError(SpecError):
    """A lesson cannot be read, or says what cannot be; ``problems`` are all that is wrong."""
