"""Record a JAX network: to every output a zero is added, whose gradient is ∂J/∂output.

    python docs/examples/record_jax.py run.vgrun [STEPS]

The zeros are inputs of the network like any other, so that jax.grad gives their gradient together
with that of the parameters: exactly, under jit too. In a Flax module it is the same line; its own
``perturb`` does the same, but is silently wrong when the zeros were made for another batch size.
"""

import sys

import jax
import jax.numpy as jnp
import numpy as np

from vgsim import record
from vgsim.core.resources import resource

DEPTH, WIDTH, BATCH, RATE, EVERY = 12, 32, 64, 0.1, 10
NAMES = (*(f"dense{k}" for k in range(DEPTH)), "head")
"""In the order of execution, which JAX does not keep: it sorts the keys of a dictionary."""


def start(key, features, classes):
    """Weights by layer, Xavier; the last layer is the head."""
    widths = [features, *[WIDTH] * DEPTH, classes]
    params = {}
    for name, below, above in zip(NAMES, widths, widths[1:], strict=False):
        key, own = jax.random.split(key)
        spread = (2 / (below + above)) ** 0.5
        params[name] = {
            "kernel": spread * jax.random.normal(own, (below, above)),
            "bias": jnp.zeros(above),
        }
    return params


def forward(params, taps, x):
    """Logits, and the output of every layer by name; ``taps`` are the zeros that are added."""
    outputs = {}
    h = x
    for name in NAMES:
        layer = params[name]
        h = h @ layer["kernel"] + layer["bias"]
        if name != "head":
            h = jax.nn.sigmoid(h)
        h = h + taps[name]
        outputs[name] = h
    return h, outputs


def loss_of(params, taps, x, y):
    """Cross-entropy, and the outputs."""
    logits, outputs = forward(params, taps, x)
    picked = jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], axis=1)
    return -picked.mean(), outputs


gradients_of = jax.jit(jax.value_and_grad(loss_of, argnums=(0, 1), has_aux=True))


def zeros_for(params, x):
    """A zero for every output, of its own shape and type."""
    widths = {name: layer["bias"].shape[0] for name, layer in params.items()}
    return {name: jnp.zeros((len(x), width), x.dtype) for name, width in widths.items()}


def norms(tree):
    """L2 norms of all parameters, layer by layer, in float64."""
    return [np.linalg.norm(np.asarray(leaf, np.float64)) for leaf in jax.tree.leaves(tree)]


def main(path, steps=200):
    """Train on the digits that vgsim ships, and record every tenth step."""
    with np.load(resource("datasets", "digits.npz")) as digits:
        x_all = jnp.asarray(digits["x"], jnp.float32).reshape(len(digits["x"]), -1) / 16
        y_all = jnp.asarray(digits["y"])
    params = start(jax.random.key(0), x_all.shape[1], 10)
    with record.Recording(path, every=EVERY, framework=f"JAX {jax.__version__}") as run:
        below = []
        for name in NAMES:
            run.stage(name, kind="Dense" if name == "head" else "Dense + sigmoid", inputs=below,
                      shape=(BATCH, len(params[name]["bias"])), dtype="float32")  # fmt: skip
            below = [name]
        for place, leaf in jax.tree_util.tree_leaves_with_path(params):
            stage, part = (step.key for step in place)
            run.parameter(f"{stage}.{part}", stage=stage, shape=leaf.shape, dtype=str(leaf.dtype))
        run.group("all").note("XLA flushes subnormal numbers: they are counted as exactly 0.")
        draw = np.random.default_rng(0)
        for step in range(steps):
            batch = draw.integers(0, len(x_all), BATCH)
            x, y = x_all[batch], y_all[batch]
            (loss, outputs), (grads, dh) = gradients_of(params, zeros_for(params, x), x, y)
            fresh = jax.tree.map(lambda w, g: w - RATE * g, params, grads)
            if run.is_due(step):
                changes = jax.tree.map(lambda new, old: new - old, fresh, params)
                run.step(step, loss=float(loss), learning_rate=[RATE], W_norm=norms(params),
                         dW_norm=norms(grads), update_norm=norms(changes),
                         **record.measured(outputs, dh))  # fmt: skip
            params = fresh


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))
