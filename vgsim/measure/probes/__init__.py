"""What makes readings from an experiment, one file each; importing this finds them all.

A probe reads buffers as they are in the present moment and changes nothing but
``flat.gradients``, which the update computes anew. What the pass has not reached is nan.
"""

from vgsim.core.registry import discover
from vgsim.measure.probes.base import PROBES, Probe, probe, readings

discover(__name__, list(__path__))

__all__ = ["PROBES", "Probe", "probe", "readings"]
