"""What theory says of a network before it is run: mean field, variance rules, bounds."""

from vgsim.measure.theory.forecast import (
    Forecast,
    activation_bound,
    copied_forecast,
    dense_forecast,
    forecast,
    recurrent_bound,
    spectral_radius,
)
from vgsim.measure.theory.mean_field import (
    MeanField,
    chi,
    critical_weight_variance,
    fixed_point,
    mean_field,
    mean_square,
    mean_square_derivative,
    square_moments,
    variance_map,
)

__all__ = [
    "Forecast",
    "MeanField",
    "activation_bound",
    "chi",
    "copied_forecast",
    "critical_weight_variance",
    "dense_forecast",
    "fixed_point",
    "forecast",
    "mean_field",
    "mean_square",
    "mean_square_derivative",
    "recurrent_bound",
    "spectral_radius",
    "square_moments",
    "variance_map",
]
