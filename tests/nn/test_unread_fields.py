"""A field that a kind of network does not read is refused by its name, in TOML and by ``--set``."""

from __future__ import annotations

import pytest

from vgsim.core.errors import SpecError
from vgsim.core.fields import FieldInfo
from vgsim.nn.architectures import KINDS
from vgsim.nn.spec import Spec, dumps, fields, loads

FIELDS = [info for info in fields() if info.optional]


def _other(info: FieldInfo) -> str:
    """Another value than the default, as one types it."""
    if info.kind is bool:
        return str(not info.default).lower()
    if info.choices:
        return next(name for name in info.names() if name != info.default)
    if info.kind is str:
        return "1"
    assert info.high is not None
    value = info.low if info.default == info.high else info.high
    return f"{int(value or 0)}" if info.kind is int else f"{value}"


def _in_toml(spec: Spec, info: FieldInfo, text: str) -> str:
    """The file of ``spec`` with that field besides."""
    value = f'"{text}"' if info.kind is str else text
    return dumps(spec).replace(f"[{info.section}]\n", f"[{info.section}]\n{info.name} = {value}\n")


@pytest.mark.parametrize("kind", KINDS.names())
@pytest.mark.parametrize("info", FIELDS, ids=lambda info: info.path)
def test_it_is_refused_by_name_or_read(kind, info):
    spec = Spec().replace({"network.kind": kind})
    text = _other(info)
    if spec.applies(info.path):
        assert spec.with_text({info.path: text})[info.path] != info.default
        return
    named = info.path.replace(".", r"\.")
    with pytest.raises(SpecError, match=named):
        spec.with_text({info.path: text})
    with pytest.raises(SpecError, match=named):
        loads(_in_toml(spec, info, text))
