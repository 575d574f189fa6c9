"""``vgsim record``: a script or module as it is, recorded through PyTorch's global hooks."""

from __future__ import annotations

import builtins
import importlib.machinery
import io
import os
import runpy
import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as hooks
from torch.optim.optimizer import register_optimizer_step_post_hook

from vgsim.record.pytorch.recorder import TorchRecorder

STEPS_OF_SEARCH = 3
"""Updates during which models are looked for; then the hooks on all modules are taken away."""


class ScriptRecorder:
    """Finds the models that a program trains, and its steps and losses, by itself.

    A model is whatever is called with gradients from outside of any module and has weights to
    train. A step ends with each update of the first optimizer that makes one.
    """

    def __init__(self, recorder: TorchRecorder) -> None:
        self._recorder = recorder
        self._depth = 0
        self._known: list[nn.Module] = []
        self._handles: list[Any] = []
        self._search: list[Any] = []
        self._clock: Any = None
        self._updates = 0
        self._loss: Any = None
        self._backward: Callable[..., Any] = torch.autograd.backward

    def start(self) -> None:
        """Place the hooks."""
        self._search = [
            hooks.register_module_forward_pre_hook(self._entered),
            hooks.register_module_forward_hook(self._left, always_call=True),
        ]
        self._handles = [register_optimizer_step_post_hook(self._updated)]
        own = self._backward
        script = self

        def backward(tensors: Any, *arguments: Any, **keywords: Any) -> Any:
            script.note_loss(tensors)
            return own(tensors, *arguments, **keywords)

        self._wrapped = backward
        torch.autograd.backward = backward

    def stop(self) -> None:
        """Take them away."""
        if torch.autograd.backward is self._wrapped:
            torch.autograd.backward = self._backward
        for handle in [*self._handles, *self._search]:
            handle.remove()
        self._handles = []
        self._search = []
        self._loss = None

    def note_loss(self, tensors: Any) -> None:
        """Remember what backward was called on, if it is one number, without its history."""
        first = tensors[0] if isinstance(tensors, (list, tuple)) and tensors else tensors
        if self._recorder.due and isinstance(first, torch.Tensor) and first.numel() == 1:
            self._recorder.story.see_loss(first)
            loss = first.detach()
            factor = self._recorder.scale.factor
            self._loss = loss if factor is None else loss / factor

    def _entered(self, module: nn.Module, inputs: object) -> None:
        self._depth += 1
        if self._depth > 1 or not torch.is_grad_enabled() or self._recorder.closed:
            return
        if any(module is known for known in self._known):
            return
        try:
            if any(parameter.requires_grad for parameter in module.parameters()):
                self._known.append(module)
                self._recorder.watch(module, self._name(module))
        except Exception as error:
            self._recorder.fail("a model could not be watched", error)

    def _left(self, module: nn.Module, inputs: object, output: object) -> None:
        self._depth = max(self._depth - 1, 0)

    def _name(self, module: nn.Module) -> str:
        """What the second and later models are called; the first needs no name."""
        if len(self._known) == 1:
            return ""
        kind = type(module).__name__
        same = sum(1 for known in self._known if type(known) is type(module))
        return kind if same == 1 else f"{kind}-{same}"

    def _updated(self, optimizer: Any, inputs: object, keywords: object) -> None:
        if self._clock is None:
            self._clock = optimizer
        if self._clock is not optimizer:
            return
        self._recorder.step(self._loss)
        self._loss = None
        self._updates += 1
        if self._updates == STEPS_OF_SEARCH:
            for handle in self._search:
                handle.remove()
            self._search = []


def run_recorded(words: Sequence[str], as_module: bool, out: Path, every: int) -> int:
    """Run ``words`` (a script or module, then its arguments) and record it; its exit code."""
    recorder = TorchRecorder(None, out, every=every)
    script = ScriptRecorder(recorder)
    program: Callable[[], None]
    own = _main_module()
    if as_module:
        program = _module_program(words, own)
    else:
        program = _script_program(words, own)
    ended: BaseException | None = None
    with recorder:
        script.start()
        try:
            program()
        except BaseException as error:
            ended = error
        finally:
            script.stop()
    return _ending(ended)


def _main_module() -> types.ModuleType:
    """A ``__main__`` for the program, which stays in place until the interpreter ends."""
    own = types.ModuleType("__main__")
    own.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = own
    return own


def _look_first_in(folder: str) -> None:
    """Put it where Python itself would: in place of our own folder, and nowhere in safe mode."""
    if not sys.flags.safe_path:
        sys.path[0:1] = [folder]


def _script_program(words: Sequence[str], own: types.ModuleType) -> Callable[[], None]:
    path = os.path.abspath(words[0])
    sys.argv[:] = list(words)
    _look_first_in(os.path.dirname(os.path.realpath(path)))
    own.__file__ = path
    own.__dict__["__cached__"] = None
    own.__loader__ = importlib.machinery.SourceFileLoader("__main__", path)

    def program() -> None:
        with io.open_code(path) as file:
            code = compile(file.read(), path, "exec")
        exec(code, own.__dict__)

    return program


def _module_program(words: Sequence[str], own: types.ModuleType) -> Callable[[], None]:
    _look_first_in(os.getcwd())
    sys.argv[:] = ["-m", *words[1:]]

    def program() -> None:
        _, spec, code = runpy._get_module_details(words[0])  # type: ignore[attr-defined]
        sys.argv[0] = spec.origin
        own.__file__ = spec.origin
        own.__loader__ = spec.loader
        own.__package__ = spec.parent
        own.__spec__ = spec
        exec(code, own.__dict__)

    return program


def _ending(error: BaseException | None) -> int:
    """The exit code that Python itself would end with; prints its traceback, without our frames."""
    if error is None:
        return 0
    if isinstance(error, SystemExit):
        if error.code is None:
            return 0
        if isinstance(error.code, int):
            return error.code
        print(error.code, file=sys.stderr)
        return 1
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename in _OURS:
        trace = trace.tb_next
    sys.excepthook(type(error), error.with_traceback(trace), trace)
    return 130 if isinstance(error, KeyboardInterrupt) else 1


_OURS = (__file__, runpy.__file__)
