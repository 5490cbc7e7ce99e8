"""A cell without a grid of its own is read as one cell by every answer, with borders or without."""

from itertools import product

import numpy as np
import pytest

from rfcalc import numpy_backend
from rfcalc.energies import energy
from rfcalc.energies.moments import moments
from rfcalc.interior import footprint
from rfcalc.masks import mask
from rfcalc.masks.reached import reached
from rfcalc.network import BROADCAST, Input, lone_cells
from rfcalc.path_counts import paths
from rfcalc.path_counts.pushing import pushed
from rfcalc.path_counts.totals import total
from rfcalc.taps import IDENTITY
from tests.brute import net

SIDE = 13
MIDDLE = SIDE // 2


def merged(dims, merge, *behind):
    """A map and the mean of it, merged; what is named follows."""
    lines = [
        f"dims: {dims}",
        f"input: {[SIDE] * dims}",
        "layers:",
        "- {op: conv, kernel: 3, name: map}",
        "- {op: global_pool, name: mean}",
        "- {op: conv, kernel: 1, name: gate}",
        f"- {{op: {merge}, from: [map, gate], name: both}}",
        *(f"- {layer}" for layer in behind),
    ]
    return net("\n".join(lines))


BEHIND = {
    "nothing": [],
    "a layer": ["{op: conv, kernel: 3}"],
    "layers": ["{op: conv, kernel: 3}", "{op: conv, kernel: 3, dilation: 2}"],
    "a shortcut": ["residual: [{op: conv, kernel: 3}]"],
    "read twice": ["{op: conv, kernel: 3}", "{op: add, from: [both, gate]}"],
}
CASES = list(product((1, 2), ("add", "mul", "concat"), BEHIND))


@pytest.mark.parametrize(("dims", "merge", "behind"), CASES)
@pytest.mark.parametrize("source", ["mean", "map"])
def test_every_answer_reads_what_the_backend_reads(dims, merge, behind, source):
    network = merged(dims, merge, *BEHIND[behind])
    origin, target = network.index(source, 0), network.output
    name = network.nodes[target].name
    ask = [((MIDDLE,) * dims, True), ((0,) * dims, True)]
    ask += [((MIDDLE,) * dims, False)] if source == "mean" else []
    for at, bordered in ask:
        ((_, counts),) = numpy_backend.counts(network, [(target, at)], origin)
        where = {"at": at} if bordered else {}
        np.testing.assert_array_equal(mask(network, name, source, **where).array(), counts > 0)
        np.testing.assert_array_equal(paths(network, name, source, **where).array(), counts)
        if (merge, source) != ("mul", "map"):
            # A factor without a grid takes no energy from what it gates (theorem T10).
            shares = energy(network, name, source, **where).array()
            np.testing.assert_array_equal(shares > 0, counts > 0)
    if source == "mean":
        assert total(network, origin, target) == int(counts_at(network, target, origin, dims))


def counts_at(network, target, origin, dims):
    ((_, counts),) = numpy_backend.counts(network, [(target, (MIDDLE,) * dims)], origin)
    return counts.sum()


@pytest.mark.parametrize(("dims", "merge", "behind"), CASES)
def test_what_a_lone_cell_reaches_is_the_transpose(dims, merge, behind):
    network = merged(dims, merge, *BEHIND[behind])
    origin, target = network.index("mean", 0), network.output
    cell = (0,) * dims
    grid = [*product(range(SIDE), repeat=dims)]
    found = dict(numpy_backend.counts(network, [(target, at) for at in grid], origin))
    read = {at: int(found[number][cell]) for number, at in enumerate(grid)}
    region = reached(network, origin, cell)[target]
    assert {at for at in grid if at in region} == {at for at in grid if read[at]}
    counts = pushed(network, origin, cell, [target])[target]
    assert {at: int(counts[at]) for at in grid} == read


@pytest.mark.parametrize("dims", [1, 2])
def test_the_spread_of_one_cell_is_none(dims):
    network = merged(dims, "add", *BEHIND["layers"])
    origin = network.index("mean", 0)
    assert network.output not in moments(network, origin, range(origin + 1, network.output + 1))
    box = (BROADCAST,) * dims
    assert footprint(network, origin, network.output).held == (box,)


def test_what_a_merge_reads_is_decided_where_it_is_placed():
    network = merged(2, "add", *BEHIND["read twice"])
    for node in network.nodes:
        given = [network.nodes[i].size for i in node.inputs]
        assert len(node.reads) == len(node.inputs)
        for i, size, reads in zip(node.inputs, given, node.reads, strict=True):
            wanted = [BROADCAST] * 2 if len(given) > 1 and size == (1, 1) else list(node.taps)
            assert list(reads) == wanted
            assert node.reading(i) == reads
        assert bool(node.lone) == (len(given) > 1 and len(set(given)) > 1)
        assert isinstance(node.layer, Input) == (not node.inputs)


@pytest.mark.parametrize(
    ("size", "inputs", "lone"),
    [
        ((5, 4), [(5, 4), (1, 1)], ((False, False), (True, True))),
        ((5, 1), [(1, 1), (5, 1)], ((True, False), (False, False))),
        ((5, 4), [(5, 4), None], ()),
        ((5, 4), [None, (1, 1)], ((False, False), (True, True))),
        ((5, 4), [(5, 4)], ()),
        ((7, 7), [(9, 9)], ()),
        (None, [(5, 4), (1, 1)], ()),
        ((1, 1), [(1, 1), (1, 1)], ()),
    ],
)
def test_a_lone_cell_is_one_where_the_grid_has_more(size, inputs, lone):
    assert lone_cells(size, inputs) == lone


def test_without_sizes_a_merge_reads_its_own_cell():
    network = net("[{op: conv, kernel: 3, name: a}, {op: add, from: [a, input]}]")
    assert network.nodes[-1].reads == ((IDENTITY,) * 2,) * 2
