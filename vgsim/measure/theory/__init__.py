"""What theory says of a network before it is run: mean field, variance rules, bounds."""

from vgsim.measure.theory.forecast import (
    FieldStage,
    Forecast,
    activation_bound,
    copied_forecast,
    dense_forecast,
    field_stage,
    forecast,
    grouped,
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
from vgsim.measure.theory.table import MomentTable, moment_table

__all__ = [
    "FieldStage",
    "Forecast",
    "MeanField",
    "MomentTable",
    "activation_bound",
    "chi",
    "copied_forecast",
    "critical_weight_variance",
    "dense_forecast",
    "field_stage",
    "fixed_point",
    "forecast",
    "grouped",
    "mean_field",
    "mean_square",
    "mean_square_derivative",
    "moment_table",
    "recurrent_bound",
    "spectral_radius",
    "square_moments",
    "variance_map",
]
