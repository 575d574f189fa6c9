"""What an experiment is varied along: a field of the spec and the values that it takes."""

from __future__ import annotations

from dataclasses import dataclass

from vgsim.core.fields import FieldInfo, Value
from vgsim.nn.spec import field_at


@dataclass(frozen=True, slots=True)
class Axis:
    """The ``values`` of the field at ``path``, in the order in which they are drawn.

    ``log`` says that they are spaced by equal factors, and are drawn so.
    """

    path: str
    values: tuple[Value, ...]
    log: bool = False

    def __len__(self) -> int:
        return len(self.values)

    @property
    def field(self) -> FieldInfo:
        """The field."""
        return field_at(self.path)

    @property
    def of_choices(self) -> bool:
        """Whether its values are names, or yes and no, between which there is nothing."""
        return any(isinstance(value, str | bool) for value in self.values)
