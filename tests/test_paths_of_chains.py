"""Are the paths of a chain, counted line by line, those that are followed one by one?"""

from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.path_counts import chain_lines, paths, total
from tests.brute import net, weights
from tests.graphs import graphs


def array_of(counts, start, shape):
    found = np.zeros(shape, dtype=object)
    for cell, number in counts.items():
        found[tuple(i - s for i, s in zip(cell, start, strict=True))] = number
    return found


@settings(max_examples=80)
@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 4)), min_size=1, max_size=5
    ),
    st.integers(1, 2),
)
def test_the_lines_of_a_chain_make_its_counts(chain, dims):
    layers = ", ".join(f"{{kernel: {k}, stride: {s}, dilation: {d}}}" for k, s, d in chain)
    network = net(f"dims: {dims}\nlayers: [{layers}]")
    lines = chain_lines(network, 0, network.output)
    whole = paths(network)
    one = weights(net(f"dims: 1\nlayers: [{layers}]"), len(chain), (0,))
    for line in lines:
        assert line.counts() == list(array_of(one, (line.start,), (line.extent,)))
    assert whole.start == tuple(line.start for line in lines)
    expected = {
        tuple(i for (i,) in cell): prod(one[i] for i in cell) for cell in product(one, repeat=dims)
    }
    np.testing.assert_array_equal(whole.array(), array_of(expected, whole.start, whole.shape))
    assert whole.total == total(network, 0, network.output) == sum(expected.values())


@settings(max_examples=60)
@given(st.integers(1, 2).flatmap(graphs))
def test_the_number_of_paths_is_that_of_all_that_are_followed(network):
    target = len(network.nodes) - 1
    found = total(network, 0, target)
    if not network.between(0, target)[target]:
        assert found is None
    elif found is not None:
        assert found == sum(weights(network, target, (0,) * network.dims).values())
    else:
        assert any(axis.period > 1 for node in network.nodes for axis in node.taps)


def test_an_axis_that_is_turned_is_counted_from_its_other_end():
    network = net("input: 9\nlayers: [{kernel: 2, padding: 0}, flip, {kernel: 3, padding: 0}]")
    (line,) = chain_lines(network, 0, network.output)
    assert (line.start, line.counts()) == (5, [1, 2, 2, 1])
    np.testing.assert_array_equal(paths(network).array(), [1, 2, 2, 1])


def test_cells_that_lie_unevenly_are_counted_one_by_one():
    """An antialiased cubic filter leaves the zeros of its kernel out."""
    smooth = f"{{upsample: {{scale: {1 / 3}, mode: bicubic, antialias: true}}}}"
    network = net(f"dims: 1\nlayers: [{{kernel: 2}}, {smooth}]")
    cells = network.nodes[2].taps[0].phases[0]
    assert list(cells) == [-4, -3, -1, 0, 1, 2, 3, 5, 6]
    (line,) = chain_lines(network, 0, 2)
    expected = np.zeros(line.extent, dtype=int)
    for cell in cells:
        expected[cell - cells.start : cell - cells.start + 2] += 1
    assert line.counts() == list(expected)


def test_few_paths_to_a_field_of_any_width_are_followed_one_by_one(monkeypatch):
    first, second = chain_lines(load("k3d4000000,k3d4000001,k2d3"), 0, 3)
    assert first is second
    assert len(first.values) == 18
    assert (first.extent, sum(first.values)) == (16_000_006, 18)
    network = load("k3d4,k3d4,k2d3")
    (known, _) = chain_lines(network, 0, 3)
    monkeypatch.setattr("rfcalc.path_counts.chains.BITS_LIMIT", 8)
    (found, _) = chain_lines(network, 0, 3)
    assert found.counts() == known.counts() == known.values
    assert found.values == [value for value in known.values if value]
    monkeypatch.setattr("rfcalc.path_counts.chains.FEW", 17)
    assert chain_lines(network, 0, 3) is None


@pytest.mark.parametrize(
    "layers",
    ["{residual: [{kernel: 3}]}", "{upsample: {scale: 2}}", "{op: squeeze_excite}"],
    ids=["branches", "phases", "a gate"],
)
def test_what_is_no_chain_has_no_lines(layers):
    network = net(f"layers: [{{kernel: 3}}, {layers}]")
    assert chain_lines(network, 0, network.output) is None


def test_what_reads_nothing_has_no_paths():
    spread = net("layers: [{conv_transpose: {kernel: 3, stride: 2, dilation: 2, padding: 0}}]")
    assert paths(spread, phase=(0, 1)).total == 0
    assert paths(spread, phase=(0, 0)).total == 9


def test_a_thousand_layers_are_refused_before_their_counts_are_made():
    network = load(",".join(["k3"] * 1000))
    with pytest.raises(RfcalcError, match=r"RF409 .*396,396,099 cells"):
        paths(network)
    lines = chain_lines(network, 0, 1000)
    assert Fraction(sum(lines[0].values), 3**1000) == 1
