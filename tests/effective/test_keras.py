"""Is a Keras model measured as what it is? Against a backward pass of its own."""

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

pytest.importorskip("torch")
if find_spec("keras") is None:  # imported, it would take a backend for the whole process
    pytest.skip("keras is not installed", allow_module_level=True)

RUN = """
import sys
import numpy as np, torch, keras, rfcalc
from rfcalc.errors import RfcalcError

layers = keras.layers
keras.utils.set_random_seed(0)
image = layers.Input((None, None, 3)) if sys.argv[1] == "open" else layers.Input((20, 22, 3))
first = layers.Conv2D(6, 3, padding="same", activation="relu", name="first")(image)
second = layers.Conv2D(6, 3, padding="same", dilation_rate=2, name="second")(first)
last = layers.Conv2D(2, 3, strides=2, name="last")(layers.Add(name="plus")([first, second]))
model = keras.Model(image, last)
model.save("net.keras")
given = {"input": (1, 20, 22, 3)} if sys.argv[1] == "open" else {}
if given:
    try:
        rfcalc.erf("net.keras")
    except RfcalcError as fault:
        assert fault.diagnostics[0].code == "RF512", fault
for name in (None, "second", "plus"):
    (found,) = rfcalc.erf("net.keras", layer=name, samples=3, **given).layers
    assert found.layer == (name or "last"), found.layer
    part = model if name is None else keras.Model(image, model.get_layer(name).output)
    total = 0
    for number in range(3):
        values = np.random.default_rng((0, number)).standard_normal((1, 20, 22, 3), np.float32)
        x = torch.tensor(values, requires_grad=True)
        part(x)[0, found.at[0], found.at[1]].sum().backward()
        total = total + x.grad.abs().mean((0, 3)).numpy()
    cut = tuple(slice(s, s + n) for s, n in zip(found.start, found.field))
    assert np.count_nonzero(total) == np.count_nonzero(total[cut])
    np.testing.assert_allclose(found.maps["measured"], total[cut] / total.sum(), rtol=1e-4)
try:
    rfcalc.erf("net.keras", layer="third", **given)
except RfcalcError as fault:
    assert fault.diagnostics[0].code == "RF401", fault
else:
    raise AssertionError
"""


@pytest.mark.parametrize("how", ["fixed", "open"])
def test_outputs_and_layers_have_the_gradient_of_a_backward_pass(tmp_path, how):
    """In a process of its own: the backend of Keras is chosen when it is imported."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUN, how],
        cwd=tmp_path,
        env={**os.environ, "KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
