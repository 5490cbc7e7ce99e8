"""What a cell reaches is the transpose of the masks, and of the path counts, cell by cell."""

import json
from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from rfcalc.cells import Cells
from rfcalc.endless import Endless
from rfcalc.layers.base import fold
from rfcalc.loading import load
from rfcalc.masks import mask
from rfcalc.masks.pixels import drawn
from rfcalc.masks.reached import reached, readers
from rfcalc.path_counts import paths
from rfcalc.path_counts.pushing import pushed
from rfcalc.spec import read_text
from rfcalc.taps import Taps, affine
from tests.networks import networks
from tests.whole import sample


def holds(network, target, cells):
    """Every cell of the source against every cell of a node: reach is read backwards."""
    size, grid = network.nodes[target].size, network.nodes[0].size
    name = network.nodes[target].name
    outputs = list(product(*map(range, size)))
    read = {o: mask(network, name, "input", at=o).array() for o in outputs}
    counted = {o: paths(network, name, "input", at=o).array() for o in outputs}
    for cell in cells or product(*map(range, grid)):
        found = drawn(reached(network, 0, cell)[target], (0,) * len(size), size)
        counts = pushed(network, 0, cell, [target])[target]
        assert_array_equal(found, np.array([read[o][cell] for o in outputs]).reshape(size))
        assert_array_equal(counts, np.array([counted[o][cell] for o in outputs]).reshape(size))


SMALL = {
    "strides": "{dims: 1, input: 11, layers: [{kernel: 3, stride: 2}, {kernel: 2, dilation: 2}]}",
    "reflect": "{dims: 1, input: 7, layers: [{kernel: 5, padding_mode: reflect}, {kernel: 3}]}",
    "circular": "{dims: 1, input: 6, layers: [{kernel: 5, padding_mode: circular, stride: 2}]}",
    "replicate": "{dims: 1, input: 5, layers: [{kernel: 7, padding_mode: replicate}]}",
    "transposed": "{dims: 1, input: 5, layers: [{deconv: {kernel: 3, stride: 2, dilation: 2}}]}",
    "linear": "{dims: 1, input: 5, layers: [{upsample: {scale: 3, mode: linear}}, {kernel: 3}]}",
    "up to a size": "{dims: 1, input: 5, layers: [{upsample: {size: 7}}, {kernel: 3}]}",
    "forward": "{dims: 1, input: 6, layers: [{kernel: 3}, {op: sequence, side: before}]}",
    "backward": "{dims: 1, input: 6, layers: [{op: sequence, side: after}, {kernel: 3}]}",
    "gate": "{dims: 2, input: [3, 4], layers: [{kernel: 3}, squeeze_excite]}",
    "cross": "{input: [4, 5], layers: [{parallel: {merge: add, branches: "
    "[[{kernel: [1, 3]}], [{kernel: [3, 1]}], [global_pool]]}}, {kernel: [2, 1], stride: [2, 1]}]}",
    "flip": "{input: [3, 4], layers: [{kernel: 3, dilation: [1, 2]}, {op: flip}]}",
}


@pytest.mark.parametrize("text", SMALL.values(), ids=SMALL)
def test_every_cell_of_every_layer(text):
    network = read_text(text, "net.yaml")
    for target in range(1, len(network.nodes)):
        holds(network, target, None)


def windows():
    """Every window of up to three cells over five, in each padding mode that it can take."""
    for kernel, stride, dilation, before in product((1, 2, 3), (1, 2), (1, 2), (0, 1, 2)):
        options = {"kernel": kernel, "stride": stride, "dilation": dilation}
        for mode in ("zeros", "reflect", "replicate", "circular") if before else ("zeros",):
            yield {**options, "padding": [[before, 1]], "padding_mode": mode}


CASES = list(windows())


@pytest.mark.parametrize("first", sample(CASES, 24), ids=str)
def test_every_small_window_alone_and_before_another(first):
    """Over the whole list each follows and is followed by others of every kind."""
    place = CASES.index(first)
    holds(over_nine_cells(first), 1, None)
    for second in (CASES[place - 1], CASES[place - len(CASES) // 2]):
        # The first leaves five cells or more where it does not stride, and those hold the second.
        if first["stride"] == 1:
            holds(over_nine_cells(first, second), 2, None)


def over_nine_cells(*layers):
    return read_text(json.dumps({"dims": 1, "input": 9, "layers": layers}), "net.yaml")


@settings(max_examples=15)
@given(st.data())
def test_random_networks(data):
    network = data.draw(networks(most=6, cells=60, lenient=data.draw(st.booleans())))
    behind = network.behind(0)
    targets = [i for i, after in enumerate(behind) if after and i]
    assume(targets)
    target = data.draw(st.sampled_from(targets))
    grid = network.nodes[0].size
    assume(prod(network.nodes[target].size) <= 60)
    cells = [tuple(data.draw(st.integers(0, n - 1)) for n in grid) for _ in range(2)]
    holds(network, target, cells)


@given(
    st.integers(-3, 3),
    st.lists(st.sets(st.integers(-6, 9), max_size=4), min_size=1, max_size=3),
    st.sets(st.integers(0, 6)),
    st.integers(1, 9),
    st.sampled_from(["zeros", "circular", "replicate", "reflect"]),
)
def test_readers_are_those_of_a_loop(advance, phases, cells, outputs, border):
    n, taps = 7, Taps(advance, tuple(map(Cells.of, phases)))
    read = [list(taps.read(output)) for output in range(outputs)]
    folds = {"zeros": 0, "replicate": 10**6, "circular": n, "reflect": n - 1}[border]
    assume(border == "zeros" or all(-folds <= i < n + folds for r in read for i in r))
    seen = [
        output
        for output, indices in enumerate(read)
        for i in [
            {i if 0 <= i < n else -1 if border == "zeros" else fold(i, n, border) for i in indices}
        ]
        if i & cells
    ]
    found = readers(taps, Cells.of(cells), n, outputs, border)
    assert list(found) == seen


@pytest.mark.parametrize("step", [-2, 0, 1, 3])
@pytest.mark.parametrize("start", [-4, 0, 5])
@pytest.mark.parametrize("side", ["before", "after", "both"])
def test_readers_to_an_end_are_those_of_a_loop(step, start, side):
    end = affine(step, start) if step else Taps(0, (Cells(start, 1),))
    axis = {"before": Endless(last=end), "after": Endless(first=end), "both": Endless()}[side]
    for cell in range(7):
        seen = [
            o
            for o in range(5)
            if side == "both"
            or (cell <= step * o + start if side == "before" else cell >= step * o + start)
        ]
        assert list(readers(axis, Cells(cell, 1), 7, 5, "zeros")) == seen


def test_counts_beyond_64_bits_are_exact():
    network = load(",".join(["k3"] * 60), input=(9,))
    counts = pushed(network, 0, (4,), [60])[60]
    assert int(counts[4]) == int(paths(network, at=(4,)).array()[4]) > 2**64
