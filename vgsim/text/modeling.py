"""What is said where a recorded training is modeled."""

from __future__ import annotations

NOT_MEASURED_HERE = (
    "No effect is given: none was measured here. In a model of this network it can be."
)
MODELING = "A simulated experiment of the nearest form, in which effects can be measured"
BESIDE = "Open beside it"
BESIDE_TIP = "The recording stays as A, and the model runs as B"
IN_ITS_PLACE = "Open the model"
IN_ITS_PLACE_TIP = "In the place of the recording: Why then measures what would help"
