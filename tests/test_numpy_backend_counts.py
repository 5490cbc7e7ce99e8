"""Are the backend's path counts exact? Against torch's gradient, integers, and its own forward."""

import re
import subprocess
import sys
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from rfcalc import numpy_backend
from rfcalc.errors import ImpossibleSize, RfcalcError
from rfcalc.layers import LAYERS
from rfcalc.loading import load
from rfcalc.network import Draft, Input, Network, build
from rfcalc.numpy_backend.live import Live
from rfcalc.spec import read_text
from tests.layers import layers, sizes
from tests.networks import networks, positions
from tests.whole import amount

pytestmark = pytest.mark.slow


def places(data, network: Network, source: int, most: int = 4):
    """Draw nodes from the source on, and a position on each."""
    nodes = st.lists(st.integers(source, len(network.nodes) - 1), min_size=1, max_size=most)
    return [(i, data.draw(positions(network.nodes[i].size))) for i in data.draw(nodes)]


@settings(max_examples=amount(100, 250))
@given(st.data())
def test_counts_equal_the_gradient_of_a_network_of_ones(data):
    pytest.importorskip("torch", reason="the gradient of the network of ones is PyTorch's")
    from tests.torch_ones import gradients

    network = data.draw(networks(lenient=data.draw(st.booleans())))
    source = data.draw(st.sampled_from([0, 0, data.draw(st.integers(0, len(network.nodes) - 1))]))
    count = gradients(network, source)
    starts = places(data, network, source)
    found = dict(numpy_backend.counts(network, starts, source))
    assert sorted(found) == list(range(len(starts)))
    for number, (target, at) in enumerate(starts):
        assert_array_equal(found[number], count(target, at))


SPREAD = """
input: [9, 9]
layers:
  - {kernel: 3, stride: 2, name: stem}
  - {global_pool: {}, name: pool}
  - {kernel: 1, name: squeezed}
  - {op: MERGE, from: [squeezed, stem, pool], name: wide}
  - {kernel: 3, dilation: 2}
"""


@pytest.mark.parametrize("op", [op for op in LAYERS if LAYERS[op].merges])
def test_counts_through_a_lone_cell_spread_over_the_others(op):
    pytest.importorskip("torch", reason="the gradient of the network of ones is PyTorch's")
    from tests.torch_ones import gradients

    network = read_text(SPREAD.replace("MERGE", op), "spread")
    starts = [(i, at) for i in (4, 5) for at in ((0, 0), (2, 3), (4, 4))]
    count = gradients(network)
    for number, found in numpy_backend.counts(network, starts):
        assert_array_equal(found, count(*starts[number]))
        assert found.min() > 0


@pytest.mark.parametrize("op", LAYERS)
def test_the_adjoint_of_every_layer_equals_its_forward_transposed(op):
    """For the network of ones: ``<A x, y> = <x, A' y>``, cell by cell."""

    @settings(max_examples=15)
    @given(st.data())
    def check(data):
        size = data.draw(sizes(largest=7))
        drafts = [Draft("in", Input())]
        try:
            layer = data.draw(layers(op, size)) if not LAYERS[op].merges else LAYERS[op]()
            reads = (0, 0) if layer.merges else (0,)
            network = build("n", len(size), [*drafts, Draft("l", layer, reads)], [size])
        except (RfcalcError, ImpossibleSize):
            return
        cells = int(np.prod(size))
        impulses = np.eye(cells, dtype=np.int64).reshape(cells, *size)
        (_, _), (_, made) = numpy_backend.responses(
            network, impulses, lambda s: np.ones(s, np.int64)
        )
        outputs = list(np.ndindex(*made.shape[1:]))
        found = dict(numpy_backend.counts(network, [(1, at) for at in outputs]))
        for number, at in enumerate(outputs):
            assert_array_equal(found[number].ravel(), made[(slice(None), *at)])

    check()


def chain(*parts: str, input: tuple[int, ...]) -> Network:
    return load(",".join(parts), input=input)


def test_sixty_layers_of_3x3_count_1_8e57_paths_exactly():
    network = read_text(
        "dims: 1\ninput: [201]\nlayers:\n  - repeat: {times: 60, layers: [{kernel: 3}]}", "n"
    )
    ((_, line),) = numpy_backend.counts(network, [(60, (100,))])
    # Trinomial coefficients, by Python's integers alone.
    row = [1]
    for _ in range(60):
        row = [sum(row[max(0, i - 2) : i + 1]) for i in range(len(row) + 2)]
    assert line.dtype == object
    assert_array_equal(line, [0] * 40 + row + [0] * 40)
    deep = read_text(
        "input: [121, 121]\nlayers:\n  - repeat: {times: 60, layers: [{kernel: 3}]}", "n"
    )
    ((_, plane),) = numpy_backend.counts(deep, [(60, (60, 60))])
    assert plane.sum() == 9**60 > 1.79e57
    assert_array_equal(plane, np.multiply.outer(np.array(row, object), np.array(row, object)))


def test_counts_turn_to_python_integers_only_where_int64_would_not_hold_them():
    text = "repeat: {times: 90, layers: [{kernel: 2, padding: [[0, 1]]}]}"
    deep = read_text(f"dims: 1\ninput: [200]\nlayers:\n  - {text}", "n")
    starts = [(depth, (0,)) for depth in (1, 30, 60, 64, 70, 90)]
    for number, line in numpy_backend.counts(deep, starts):
        depth = starts[number][0]
        assert_array_equal(line[: depth + 1], [comb(depth, i) for i in range(depth + 1)])
        assert (line.dtype == np.int64) == (max(line) < 2**60)


def test_a_thousand_doublings_do_not_overflow():
    layers = "\n".join("  - residual: [relu]" for _ in range(1000))
    network = read_text(f"dims: 1\ninput: [3]\nlayers:\n{layers}", "n")
    ((_, line),) = numpy_backend.counts(network, [(len(network.nodes) - 1, (1,))])
    assert_array_equal(line, [0, 2**1000, 0])


@settings(max_examples=40)
@given(st.data())
def test_responses_are_positive_exactly_where_paths_lead(data):
    network = data.draw(networks())
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    starts = places(data, network, 0, most=3)
    found = dict(numpy_backend.counts(network, starts))
    cells = min(200, int(np.prod(network.input)))
    chosen = rng.choice(int(np.prod(network.input)), cells, replace=False)
    x = np.zeros((cells, int(np.prod(network.input))))
    x[np.arange(cells), chosen] = 1
    x = x.reshape(cells, *network.input)
    made = dict(numpy_backend.responses(network, x, lambda shape: rng.uniform(1, 2, shape)))
    for number, (target, at) in enumerate(starts):
        got = made[target][(slice(None), *at)] if target in made else np.zeros(cells)
        assert_array_equal(got > 0, found[number].ravel()[chosen] > 0)


def test_rows_leave_the_forward_pass_behind_their_last_node():
    network = chain("k3", "k3", "k3", input=(5, 5))
    x = np.ones((3, 5, 5))
    rows = {i: len(y) for i, y in numpy_backend.responses(network, x, np.ones, until=[3, 1, 1])}
    assert rows == {0: 3, 1: 3, 2: 1, 3: 1}


@settings(max_examples=40)
@given(st.data())
def test_a_row_is_run_at_the_nodes_that_its_last_one_depends_on_and_answers_the_same(data):
    network = data.draw(networks())
    ends = sorted((i for i, _ in places(data, network, 0)), reverse=True)
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    x = rng.integers(0, 9, (len(ends), *network.input))

    def ones(shape):
        return np.ones(shape, np.int64)

    every = dict(numpy_backend.responses(network, x, ones))
    seen = dict(numpy_backend.responses(network, x, ones, until=ends))
    for position, y in seen.items():
        here = [row for row, end in enumerate(ends) if network.between(position, end)[end]]
        assert_array_equal(y, every[position][here])
    for end in ends:
        assert (end in seen) == (end in every)


def test_branches_are_not_run_for_the_rows_of_others():
    branches = "".join(f"  - {{kernel: 3, from: input, name: b{i}}}\n" for i in range(5))
    text = f"input: [6, 6]\nlayers:\n{branches}  - {{op: concat, from: [b0, b1, b2, b3, b4]}}\n"
    x = np.ones((6, 6, 6))
    ends = [6, 5, 4, 3, 2, 1]
    made = numpy_backend.responses(read_text(text, "wide"), x, np.ones, until=ends)
    assert {i: len(y) for i, y in made} == {0: 6, 1: 2, 2: 2, 3: 2, 4: 2, 5: 2, 6: 1}


def test_an_input_without_size_is_refused():
    with pytest.raises(RfcalcError, match="RF403"):
        numpy_backend.sizes_of(load("k3"))


def test_the_judge_does_not_know_the_accused():
    """The backend's own modules import nothing of taps, footprints, growth or masks."""
    from pathlib import Path

    folder = Path(numpy_backend.__file__).parent
    accused = ("taps", "cells", "region", "footprint", "growth", "masks", "path_counts", "gridding")
    for file in folder.glob("*.py"):
        text = file.read_text(encoding="utf-8")
        for name in accused:
            assert not re.search(rf"rfcalc\.{name}\b", text), file
        assert ".taps(" not in text, file
        assert ".jump" not in text, file


def test_importing_the_backend_does_not_import_numpy():
    code = "import sys, rfcalc.numpy_backend; raise SystemExit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_more_terms_than_any_digit_holds_are_refused():
    with pytest.raises(OverflowError, match="does not fit"):
        Live.points([(0,)], 0).roomy(1 << 63)
