"""What theory says of a network before it is run: mean field, variance rules, bounds."""

from vgsim.measure.theory.forecast import Forecast, dense_forecast, forecast
from vgsim.measure.theory.mean_field import (
    MeanField,
    chi,
    critical_weight_variance,
    fixed_point,
    mean_field,
    variance_map,
)
from vgsim.measure.theory.quadrature import mean_square, mean_square_slope
from vgsim.measure.theory.rules import (
    activation_bound,
    recurrent_bound,
    spectral_radius,
)

__all__ = [
    "Forecast",
    "MeanField",
    "activation_bound",
    "chi",
    "critical_weight_variance",
    "dense_forecast",
    "fixed_point",
    "forecast",
    "mean_field",
    "mean_square",
    "mean_square_slope",
    "recurrent_bound",
    "spectral_radius",
    "variance_map",
]
