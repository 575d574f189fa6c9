"""What a person can ask to see beside a frame: frozen results, one file for each, no numerics.

A reading is asked for by its class (:class:`Wish`), made by a probe (:mod:`vgsim.measure.probes`)
and carried by the frame: ``frame.reading(Hop)``.
"""

from vgsim.measure.readings.coherence import Coherence
from vgsim.measure.readings.forecast import Forecasted, Theory
from vgsim.measure.readings.hop import Factor, Hop, Term, WeightStep
from vgsim.measure.readings.inspection import Figure, Inspection
from vgsim.measure.readings.parameters import ParameterGradients
from vgsim.measure.readings.singular import Singular
from vgsim.measure.readings.updates import Updates
from vgsim.measure.readings.verdict import Effect, Evidence, Remedy, Tone, Verdict
from vgsim.measure.readings.wish import Focus, Wish

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
