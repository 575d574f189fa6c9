"""Many experiments of one shape as one stacked computation."""

from vgsim.nn.ensemble.cost import Cost, cost
from vgsim.nn.ensemble.keys import stacking_key
from vgsim.nn.ensemble.split import members_at_once
from vgsim.nn.ensemble.stacked import Ensemble

__all__ = ["Cost", "Ensemble", "cost", "members_at_once", "stacking_key"]
