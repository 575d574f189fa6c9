"""What a person can ask to see beside a frame: frozen results, one file for each, no numerics.

A reading is asked for by its class (:class:`Wish`), made by a probe (:mod:`vgsim.engine.probes`)
and carried by the frame: ``frame.reading(Hop)``.
"""

from vgsim.engine.readings.coherence import Coherence
from vgsim.engine.readings.forecast import Forecasted, Theory
from vgsim.engine.readings.hop import Factor, Hop, Term, WeightStep
from vgsim.engine.readings.inspection import Figure, Inspection
from vgsim.engine.readings.parameters import ParameterGradients
from vgsim.engine.readings.singular import Singular
from vgsim.engine.readings.updates import Updates
from vgsim.engine.readings.verdict import Effect, Evidence, Remedy, Tone, Verdict
from vgsim.engine.readings.wish import Focus, Wish

__all__ = [
    "Coherence",
    "Effect",
    "Evidence",
    "Factor",
    "Figure",
    "Focus",
    "Forecasted",
    "Hop",
    "Inspection",
    "ParameterGradients",
    "Remedy",
    "Singular",
    "Term",
    "Theory",
    "Tone",
    "Updates",
    "Verdict",
    "WeightStep",
    "Wish",
]
