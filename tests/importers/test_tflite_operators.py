"""Do masks of TFLite files agree with runs of the same network, operator by operator?"""

import numpy as np
import pytest

pytest.importorskip("tflite")

from rfcalc.conversion import convert
from rfcalc.importers import read_tflite
from rfcalc.importers.tables import table
from rfcalc.interior import growth
from rfcalc.masks import mask
from rfcalc.tiling.sizes import sizes
from tests.importers.rows import case
from tests.importers.tflite_made import Made, differences, refusal
from tests.importers.tflite_networks import NETWORKS, NOT_RUN, shaken

pytestmark = pytest.mark.slow

HOW = "a network that uses the operator, and what it computes to RUN of tflite_running.py"
RECURRENT = ("UNIDIRECTIONAL_SEQUENCE_LSTM", "UNIDIRECTIONAL_SEQUENCE_RNN")
REFUSED = [row.name for row in table("tflite") if row.kind == "refused"]


ASSUMED = {"at places"}
"""Networks whose operator takes cells: each is taken to read all rows."""


@pytest.mark.parametrize("name", sorted(ASSUMED))
def test_what_is_read_at_places_is_said_to_be_any_cell(name, tmp_path):
    made, output = NETWORKS[name]()
    network = read_tflite(made.saved(tmp_path, output))
    assert "is taken to read all of the cells" in network.assumed[0]
    assert growth(network).rows[-1].rf == (None, 1)


@pytest.mark.parametrize("name", sorted(NETWORKS.keys() - ASSUMED))
def test_a_mask_holds_what_changes_the_output(name, tmp_path):
    made, output, *spaces = NETWORKS[name]()
    network, wrong = differences(made, output, tmp_path, *(spaces or ((1, 2), (1, 2))))
    assert wrong == []
    # Where no window runs, what is space is said to be assumed.
    assert all(fact.startswith("no window runs over the input 'x'") for fact in network.assumed)


def test_the_interpreter_gives_the_values_that_the_masks_are_held_against():
    lite = pytest.importorskip("ai_edge_litert.interpreter")
    kind = lite.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    for name in NETWORKS.keys() - {*NOT_RUN}:
        made, output, *_ = NETWORKS[name]()
        run = lite.Interpreter(
            model_content=made.data(output), num_threads=1, experimental_op_resolver_type=kind
        )
        run.allocate_tensors()
        run.set_tensor(run.get_input_details()[0]["index"], made.x.array)
        run.invoke()
        found = run.get_tensor(run.get_output_details()[0]["index"])
        np.testing.assert_allclose(found, output.array, rtol=1e-3, atol=1e-3, err_msg=name)


def test_every_row_of_the_table_is_run_by_a_network():
    run = {step[0] for make in NETWORKS.values() for step in make()[0].steps} | {*RECURRENT}
    rows = {row.name for row in table("tflite")} - {*REFUSED}
    for name in sorted(rows - run):
        case({}, name, "NETWORKS of tests/importers/tflite_networks.py", HOW)
    assert run == rows


@pytest.mark.parametrize("op", RECURRENT)
def test_a_recurrence_reads_all_that_came_before(op, tmp_path):
    m = Made(1, 6, 2)
    weights = [m.weights(3, 2), m.weights(3, 3), m.weights(3)]
    if op.endswith("LSTM"):
        weights = [m.weights(3, 2)] * 4 + [m.weights(3, 3)] * 4

    def mean(_, x, *weights):
        return np.repeat(x.mean(1, keepdims=True), 6, 1)[..., [0, 1, 0]]

    y = m(op, m.x, *weights, run=mean)
    network = read_tflite(m.saved(tmp_path, y))
    assert network.dims == 1
    assert growth(network).rows[-1].rf == (None,)
    for at in range(6):
        said = mask(network, at=(at,)).array().tolist()
        assert said == [i <= at for i in range(6)]


@pytest.mark.parametrize("op", REFUSED)
def test_what_depends_on_values_says_so(op, tmp_path):
    m = Made(1, 5, 6, 2)
    y = m(op, shaken(m, m.x), run=lambda a, x: x)
    fault = refusal(m, y, tmp_path)
    assert (fault.code, fault.message.split(": ")[0]) == ("RF501", f"'{op.lower()}_1'")
    assert f"`assume_pointwise={op!r}`" in fault.help
    network = read_tflite(m.saved(tmp_path, y), assume_pointwise=[op])
    assert growth(network).rows[-1].rf == (3, 1)
    assert network.assumed == (f"{op.lower()}_1: {op} taken for element-wise",)


@pytest.mark.parametrize(
    ("settings", "reads"),
    [
        ({}, lambda i, at: i <= at),
        ({"Reverse": 1}, lambda i, at: i >= at),
        ({"Exclusive": 1}, lambda i, at: i < at),
        ({"Exclusive": 1, "Reverse": 1}, lambda i, at: i > at),
    ],
)
def test_a_running_sum_reads_the_side_from_which_it_runs(settings, reads, tmp_path):
    m = Made(1, 6, 2)
    y = m("CUMSUM", m.x, np.int32(1), run=lambda _, x, axis: np.cumsum(x, 1), **settings)
    network = read_tflite(m.saved(tmp_path, y))
    for at in range(6):
        assert mask(network, at=(at,)).array().tolist() == [reads(i, at) for i in range(6)]


@pytest.mark.parametrize("op", RECURRENT)
def test_a_recurrence_holds_the_size_that_its_weights_are_made_for(op, tmp_path):
    m = Made(1, 6, 5, 2)
    x = m("RESHAPE", shaken(m, m.x), np.int32([1, 6, 10]))
    shapes = [(3, 10), (3, 3), (3,)] if op.endswith("RNN") else [(3, 10)] * 4 + [(3, 3)] * 4
    y = m(op, x, *(m.weights(*s) for s in shapes), run=lambda _, x, *w: x[..., :3] + x.mean())
    network = read_tflite(m.saved(tmp_path, y))
    steps, features = sizes(network)
    assert (features.taken, features.step) == (((5, 6),), None)
    assert (steps.smallest, steps.step) == (1, 1)


TABLES = {
    "a table of positions": (lambda m, x: m("ADD", x, m.weights(1, 6, 5, 2)), (True, True)),
    "a scale per row": (lambda m, x: m("MUL", x, m.weights(6, 1, 1)), (True, False)),
    "a table kept in half precision": (
        lambda m, x: m("ADD", x, m("DEQUANTIZE", np.float16(m.weights(1, 6, 5, 2)), run=half)),
        (True, True),
    ),
    "a product over rows": (
        lambda m, x: m("BATCH_MATMUL", m.weights(1, 6, 6), m("RESHAPE", x, np.int32([1, 6, 10]))),
        (True, False),
    ),
    "a product over channels": (
        lambda m, x: m("BATCH_MATMUL", x, m.weights(1, 1, 2, 3)),
        (False, False),
    ),
    "a bias": (lambda m, x: m("ADD", x, m.weights(2)), (False, False)),
    "one number": (lambda m, x: m("MUL", x, m.weights(1)), (False, False)),
}


def half(_, x):
    return x.astype(np.float32)


@pytest.mark.parametrize("name", TABLES)
def test_stored_tensors_hold_the_axes_of_which_they_have_a_number_for_each_cell(name, tmp_path):
    make, held = TABLES[name]
    m = Made(1, 6, 5, 2)
    x = m("CONV_2D", m.x, m.weights(2, 3, 3, 2), Padding=0, StrideH=1, StrideW=1)
    network = read_tflite(m.saved(tmp_path, make(m, x)))
    found = sizes(network)
    for rule, fixed, n in zip(found, held, (6, 5), strict=True):
        assert (rule.taken == ((n, n + 1),)) == fixed, rule
        assert (rule.step is None) == fixed
    lines = [line for line in convert(network).text.split("\n") if line.startswith("#")]
    axes = ", ".join(str(axis) for axis, fixed in enumerate(held) if fixed)
    assert len(lines) == (4 if axes else 2)
    assert not axes or lines[-1].endswith(f"on {'axes' if all(held) else 'axis'} {axes}")
