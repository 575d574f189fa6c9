"""What a frame is a picture of, as far as views, words and files have to know it.

Whatever frames come from says this of itself once; nothing that shows frames asks further.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vgsim.nn.architectures import KINDS
from vgsim.nn.spec import Spec


@dataclass(frozen=True, slots=True)
class NamedStage:
    """A stage that has a name of its own.

    ``name`` is that of the call ("layers.3.mlp.0"), ``parent`` the module that holds it
    ("layers.3.mlp", empty at the top), ``kind`` its class ("Linear"), ``shape`` its output's, empty
    when unknown.
    """

    name: str
    parent: str = ""
    kind: str = ""
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """The network and the training behind frames.

    ``recurrent`` says that stages are the timesteps of one cell and a readout. ``named`` (N,) are
    the stages by name, empty where they are numbered. ``holders`` are the kinds of the modules that
    hold others, by name. ``arcs`` are pairs of stages, from 1 (0 is the input), where an output
    goes on to another stage than the next one: skip paths. ``heard`` are the stages from which a
    stage hears its gradient, where the next one is none of them: beside a parallel branch, and
    below timesteps, all of which have its output. ``loss`` is what J is, empty when it is
    not known; ``precision`` the number type, ``batch`` the samples of a step (0: not known),
    ``seed`` and ``optimizer`` None and empty likewise.

    ``recording`` is the name of the file that it was read from, without a folder, and ``started``
    when that was begun; both are empty of an experiment. ``decades`` are the powers of ten between
    which its gradients lie in all of it, None where the usual ones will do.
    """

    name: str = ""
    recurrent: bool = False
    named: tuple[NamedStage, ...] = ()
    holders: Mapping[str, str] = field(default_factory=dict)
    arcs: tuple[tuple[int, int], ...] = ()
    heard: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    loss: str = ""
    precision: str = ""
    batch: int = 0
    seed: int | None = None
    optimizer: str = ""
    learning_rate: float = float("nan")
    recording: str = ""
    started: str = ""
    decades: tuple[int, int] | None = None


def subject_of(spec: Spec) -> Subject:
    """What ``spec`` tells of its own experiment."""
    training = spec.training
    return Subject(
        name=spec.name,
        recurrent=KINDS[spec.network.kind].recurrent,
        loss=training.loss,
        precision=training.precision,
        batch=training.batch,
        seed=training.seed,
        optimizer=training.optimizer,
        learning_rate=training.learning_rate,
    )
