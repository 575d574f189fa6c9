"""Every quantity of one whole pass, in a file that any program with NumPy can check."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vgsim.core.atomic import written
from vgsim.nn.arrays import Array
from vgsim.nn.data_files import portable
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import dumps


def record(experiment: Experiment) -> dict[str, Array]:
    """One more pass, up to before its update: every array of it, by name.

    Arrays of stage k are (batch, units), weights (inputs, units), other parameters (units,). J is
    the mean over the batch. A ``d`` before a name means ∂J by it.

    ==========================  ===========================================================
    ``x`` ``y`` ``loss``        inputs, encoded targets, J
    ``spec``                    the experiment as TOML
    ``h{k}`` ``dh{k}``          output of stage k
    ``z{k}`` ``dz{k}``          x W + b
    ``n{k}`` ``dn{k}``          output of its normalization, where that is not h
    ``a{k}`` ``da{k}``          output of its activation, where that is not h
    ``d{k}`` ``dd{k}``          output of its dropout, where that is not h; ``mask{k}``
    ``s{k}`` ``ds{k}``          z plus the skipped signal, where the sum comes before f
    ``t{k}``                    its highway gate
    ``W{k}`` ``b{k}``           weights and bias, with ``dW{k}`` and ``db{k}``; a fixed W has no dW
    ``gamma{k}`` ``beta{k}``    scale and shift of a normalization, with ``dgamma{k}`` …
    ``W_T{k}`` ``b_T{k}``       of the highway gate, with ``dW_T{k}`` …
    ``m{k}`` ``dm{k}``          what a skip path goes around, times its factor ``kappa{k}``, (1,)
    ``W_P{k}`` ``dW_P{k}``      the matrix on a skip path
    ``slope{k}`` ``dslope{k}``    the learned slope of PReLU, (1,)
    ==========================  ===========================================================

    In a recurrent network timesteps t = 1 to T come before the readout, stage T + 1. A stack's top
    cell has the names below; those under it, from the bottom up, the same with ``_1``, ``_2`` …
    behind: ``W_x_1``, ``h{t}_2``.

    ==========================  ===========================================================
    ``x``                       (T, batch, features)
    ``h{t}`` ``dh{t}``          output of the cell
    ``z{t}`` ``dz{t}``          simple cell: x W_x + h W_h + b
    ``i{t} f{t} g{t} o{t}``     LSTM: gates; ``c{t}`` ``dc{t}`` its state
    ``r{t} z{t} n{t}``          GRU: gates
    ``dz{t}``                   LSTM, GRU: ∂J by what goes into the gates, side by side
    ``nx{t}`` ``nh{t}``         x W_x and h W_h, normalized
    ``nc{t}``                   LSTM: its state, normalized on the way to h
    ``u{t}`` ``du{t}``          what is handed up, with dropout (``mask{t}_1``) or a path around
    ``mask_x`` ``mask_h``       of dropout that is the same at all timesteps
    ``W_x`` ``W_h`` ``b``       shared parameters, (inputs, gates · units) and so on, gates in the
                                order above; GRU also ``b_hn``, or with two biases
                                each cell ``b_h``; gradients ``dW_x`` … are sums
    ``gamma_x`` ``beta_h`` …    scale and shift of those normalizations
    ``W{T+1}`` ``b{T+1}`` …     the readout, as a stage of layers
    ==========================  ===========================================================
    """
    experiment.seek(experiment.step, len(experiment.timeline) - 2)
    experiment.network.parameter_gradients()
    found: dict[str, Array] = {
        **experiment.network.trace(),
        "y": experiment.loss.targets,
        "loss": np.array(experiment.value),
        "spec": np.array(dumps(portable(experiment.spec))),
    }
    return {name: np.array(value) for name, value in found.items()}


def save(experiment: Experiment, path: Path) -> None:
    """Write :func:`record` as a compressed NPZ; the file appears whole or not at all."""
    arrays = record(experiment)
    with written(path) as scratch, scratch.open("wb") as out:
        # no option besides: NumPy 2.0 stores each as an array of its own
        np.savez_compressed(out, **arrays)  # type: ignore[arg-type]  # takes them for options
