"""The example that records a JAX network, against jax.grad."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from vgsim import record

pytestmark = [pytest.mark.jax, pytest.mark.slow]
EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "record_jax.py"


@pytest.fixture
def example():
    if not EXAMPLE.is_file():
        pytest.skip("not a checkout")
    spec = importlib.util.spec_from_file_location("record_jax", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    import jax

    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield module
    jax.config.update("jax_enable_x64", before)


def rest_of(example, params, name: str, h, y):
    """The loss as a function of one output alone: the layers above it, without any tap."""
    import jax
    import jax.numpy as jnp

    for above in example.NAMES[example.NAMES.index(name) + 1 :]:
        h = h @ params[above]["kernel"] + params[above]["bias"]
        if above != "head":
            h = jax.nn.sigmoid(h)
    return -jnp.take_along_axis(jax.nn.log_softmax(h), y[:, None], axis=1).mean()


def test_the_added_zeros_have_the_gradient_of_the_outputs(example, tmp_path: Path) -> None:
    import jax
    import jax.numpy as jnp

    x = jnp.asarray(np.random.default_rng(1).normal(size=(5, 7)))
    y = jnp.asarray([0, 1, 2, 0, 1])
    params = jax.tree.map(lambda w: w.astype(jnp.float64), example.start(jax.random.key(3), 7, 3))
    taps = example.zeros_for(params, x)
    (loss, outputs), (grads, dh) = example.gradients_of(params, taps, x, y)
    with record.Recording(tmp_path / "run.vgrun") as run:
        for name in example.NAMES:
            run.stage(name)
        run.step(0, loss=float(loss), **record.measured(outputs, dh))
    found = record.read(tmp_path / "run.vgrun")
    for k, name in enumerate(example.NAMES):
        wanted = jax.grad(lambda h, name=name: rest_of(example, params, name, h, y))(outputs[name])
        assert float(jnp.abs(wanted - dh[name]).max()) <= 1e-12 * float(jnp.abs(wanted).max())
        rms = np.sqrt(np.mean(np.square(np.asarray(wanted))))
        assert found["dh_rms"][0, k] == pytest.approx(rms, rel=1e-12)
    plain = jax.grad(lambda p: example.loss_of(p, taps, x, y)[0])(params)
    for one, other in zip(jax.tree.leaves(plain), jax.tree.leaves(grads), strict=True):
        assert float(jnp.abs(one - other).max()) <= 1e-12 * float(jnp.abs(one).max())


def test_the_example_records_a_gradient_that_fades(example, tmp_path: Path) -> None:
    example.main(tmp_path / "run.vgrun", steps=21)
    found = record.read(tmp_path / "run.vgrun")
    assert found.steps.tolist() == [0, 10, 20] and found.finished
    first = found["dh_rms"][0]
    assert (np.diff(first[:-1]) > 0).all() and first[0] < 1e-5 * first[-1]
    assert found["update_ratio"].shape == (3, 26) and (found["dW_norm"] > 0).all()
