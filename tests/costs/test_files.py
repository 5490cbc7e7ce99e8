"""Does a network file cost what plain loops count, and are contradictions of channels told?"""

import json
import random

import numpy as np
import pytest

from rfcalc import numpy_backend
from rfcalc.costs import cost, per_cell
from rfcalc.errors import RfcalcError
from rfcalc.spec import read_text
from tests.costs.loops import run
from tests.whole import amount


def load(data):
    """Return the network of a file, given as data."""
    return read_text(json.dumps(data), "net.json")


def drawn(rng):
    """Return a random network file as data, and its input channels; every layer tells its own."""
    dims = rng.choice([1, 2])
    channels = wide = rng.choice([1, 2, 3, 4])
    layers, saved = [], None
    for number in range(rng.randint(1, 6)):
        kind = rng.randrange(8)
        name = f"l{number}"
        if kind < 3:
            groups = rng.choice([g for g in (1, 2, wide) if wide % g == 0])
            out = groups * rng.randint(1, 3)
            layers.append(
                {
                    "kernel": rng.choice([1, 2, 3]),
                    "dilation": rng.choice([1, 2]),
                    "stride": rng.choice([1, 2]) if saved is None else 1,
                    "padding": "same",
                    "groups": groups,
                    "out_channels": out,
                    "bias": rng.random() < 0.5,
                    "name": name,
                }
            )
            wide = out
        elif kind == 3 and saved is None:
            wide = rng.randint(1, 3)
            layers.append(
                {
                    "op": "conv_transpose",
                    "kernel": rng.choice([2, 3]),
                    "stride": 2,
                    "out_channels": wide,
                    "name": name,
                }
            )
        elif kind == 4 and saved is not None:
            layers.append({"op": "concat", "from": [layers[-1]["name"], saved[0]], "name": name})
            wide, saved = wide + saved[1], None
        elif kind == 5 and layers:
            saved = (layers[-1]["name"], wide)
            layers.append({"op": "relu", "name": name})
        elif kind == 6 and wide % 2**dims == 0 and saved is None:
            layers.append({"op": "pixel_shuffle", "factor": 2, "name": name})
            wide //= 2**dims
        else:
            layers.append({"op": "batchnorm", "name": name})
    size = [rng.randint(4, 7) for _ in range(dims)]
    return {"input": size, "channels": channels, "layers": layers}, channels


def test_random_files_cost_what_loops_multiply():
    rng = random.Random(5)
    for _ in range(amount(120, 2000)):
        data, channels = drawn(rng)
        network = load(data)
        found = cost(network)
        assert found.total.whole, data
        for one, (shape, weights, count) in zip(found.layers, run(network, channels), strict=True):
            assert (one.parameters, one.macs, one.memory) == (weights, count, 4 * np.prod(shape))
        for figure in ("parameters", "macs", "memory"):
            assert getattr(found.total, figure) == sum(getattr(one, figure) for one in found.layers)


def test_the_backend_makes_maps_and_weights_of_the_sizes_told():
    rng = random.Random(6)
    for _ in range(amount(40, 400)):
        data, channels = drawn(rng)
        network = load(data)
        made = []

        def draw(shape, made=made):
            made.append(int(np.prod(shape)))
            return np.ones(shape)

        memory = {}
        given = [np.ones((1, channels, *network.nodes[0].size))]
        for position, array in numpy_backend.run(network, given, draw):
            memory[position] = 4 * array.size
        found = cost(network)
        norms = sum(
            found.layers[i].parameters
            for i, node in enumerate(network.nodes)
            if node.layer.op == "batchnorm"
        )
        # The backend draws four arrays of a norm, of which two are statistics.
        assert found.total.parameters == sum(made) - norms
        for position, count in memory.items():
            assert found.layers[position].memory == count


def test_a_layer_costs_the_same_wherever_it_stands():
    body = [
        {"kernel": 3, "out_channels": 4},
        "relu",
        {"kernel": 3, "dilation": 2, "out_channels": 4},
    ]
    frame = {"input": [12, 12], "channels": 4}
    line = cost(load({**frame, "layers": body})).total
    wrapped = cost(load({**frame, "layers": [{"residual": body}]})).total
    assert (line.parameters, line.macs) == (wrapped.parameters, wrapped.macs)
    twice = cost(load({**frame, "layers": [{"repeat": {"times": 2, "layers": body}}]})).total
    assert (twice.parameters, twice.macs) == (2 * line.parameters, 2 * line.macs)
    back = cost(load({**frame, "layers": [*body[2:], "relu", body[0]]})).total
    assert back == line


def test_what_is_not_known_is_named_and_the_rest_is_told():
    layers = [
        {"kernel": 3, "name": "untold"},
        {"kernel": 3, "in_channels": 2, "out_channels": 4, "name": "told"},
        {"op": "attention", "name": "heads"},
    ]
    found = cost(load({"input": [8, 8], "channels": 3, "layers": layers}))
    held = {one.name: one for one in found.layers}
    assert held["untold"].macs is None
    assert held["untold"].parameters is None
    assert held["told"].macs == 64 * 9 * 8
    assert held["heads"].macs is None
    assert not found.total.whole
    assert [name for name, _ in found.total.unknown] == ["untold", "heads"]
    assert found.total.macs == held["told"].macs


def test_without_a_size_parameters_alone_are_known():
    found = cost(load({"channels": 3, "layers": [{"kernel": 3, "out_channels": 4}]}))
    assert found.total.parameters == 3 * 4 * 9 + 4
    assert found.total.macs is None
    assert found.total.memory is None


def test_layers_together_count_what_they_share_once():
    network = load({"input": [4], "channels": 1, "layers": [{"kernel": 3, "out_channels": 2}]})
    found = cost(network)
    both = found.of({"input", "conv1"}, "both")
    assert (both.name, both.parameters, both.macs) == ("both", 8, 24)
    assert found.of(set()).parameters == 0


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ([{"kernel": 3, "in_channels": 4, "out_channels": 4}], "in_channels are 4"),
        ([{"kernel": 3, "groups": 2, "out_channels": 4}], "2 groups do not divide"),
        ([{"op": "pixel_shuffle", "factor": 2}], "4 does not divide"),
        (
            [
                {"kernel": 1, "out_channels": 4, "name": "a"},
                {"op": "add", "from": ["a", "input"]},
            ],
            "'a' has 4, 'input' has 3",
        ),
    ],
)
def test_channels_that_contradict_each_other_are_refused(layers, said):
    with pytest.raises(RfcalcError, match=said) as caught:
        load({"input": [8, 8], "channels": 3, "layers": layers})
    assert [fault.code for fault in caught.value.diagnostics] == ["RF310"]


def test_a_map_of_one_channel_is_spread_over_a_product():
    layers = [
        {"kernel": 3, "out_channels": 6, "name": "body"},
        {"kernel": 1, "out_channels": 1, "name": "gate"},
        {"op": "mul", "from": ["gate", "body"]},
        {"kernel": 1, "in_channels": 6, "out_channels": 2},
    ]
    found = cost(load({"input": [4, 4], "channels": 3, "layers": layers}))
    assert found.layers[-1].parameters == 14


def test_channels_are_given_per_input():
    data = {
        "inputs": {"left": [8, 8], "right": [8, 8]},
        "channels": {"left": 3, "right": 1},
        "layers": [{"op": "concat", "from": ["left", "right"]}, {"kernel": 1, "out_channels": 2}],
    }
    assert cost(load(data)).layers[-1].parameters == 4 * 2 + 2
    with pytest.raises(RfcalcError, match="RF202"):
        load({**data, "channels": {"lft": 3}})


def test_the_relative_cost_follows_channels_and_large_inputs_approach_it():
    layers = [
        {"kernel": 3, "stride": 2, "out_channels": 4},
        {"op": "conv_transpose", "kernel": 2, "stride": 2, "out_channels": 2},
        {"kernel": 3, "out_channels": 1},
    ]
    network = load({"input": [64, 64], "channels": 3, "layers": layers})
    assert per_cell(network) * 64 * 64 == cost(network).total.macs
