"""What can be measured of a pass: pure functions of arrays, one module for each meaning."""

from vgsim.measure.measures.budget import Budget, gain_budget
from vgsim.measure.measures.coherence import (
    kept_agreement,
    kept_agreements,
    mean_correlation,
    mean_cosine,
    mean_cosines,
    noise_level,
)
from vgsim.measure.measures.histograms import LogBins, log_histogram
from vgsim.measure.measures.jacobians import (
    ScaledMatrix,
    dense_jacobian,
    jacobian_product,
    rescaled,
    scaled_sum,
    singular_values,
)
from vgsim.measure.measures.norms import (
    edge_signal,
    exact_norm,
    exact_segment_norms,
    node_rms,
    norms,
    rms,
    safe_floor,
    segment_norms,
    trusted,
    update_ratio,
)
from vgsim.measure.measures.saturation import dead_fraction, saturated_fraction

__all__ = [
    "Budget",
    "LogBins",
    "ScaledMatrix",
    "dead_fraction",
    "dense_jacobian",
    "edge_signal",
    "exact_norm",
    "exact_segment_norms",
    "gain_budget",
    "jacobian_product",
    "kept_agreement",
    "kept_agreements",
    "log_histogram",
    "mean_correlation",
    "mean_cosine",
    "mean_cosines",
    "node_rms",
    "noise_level",
    "norms",
    "rescaled",
    "rms",
    "safe_floor",
    "saturated_fraction",
    "scaled_sum",
    "segment_norms",
    "singular_values",
    "trusted",
    "update_ratio",
]
