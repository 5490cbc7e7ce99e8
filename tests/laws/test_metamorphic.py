"""Which changes of a network leave its masks alone, and do they? Laws over random networks."""

from itertools import permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from rfcalc.errors import RfcalcError
from rfcalc.interior import growth
from rfcalc.layers import LAYERS
from rfcalc.masks import mask
from rfcalc.network import Input
from rfcalc.path_counts import paths
from tests.graphs import built, graphs
from tests.laws.rewiring import drafts_of, inserted, sizes_of, transposed
from tests.networks import networks, positions

pytestmark = pytest.mark.slow

CONV = LAYERS["conv"]


@st.composite
def steps(draw, dims, largest=3):
    """A convolution at stride 1, each axis its own."""
    every = [st.tuples(*[st.integers(1, largest)] * dims) for _ in range(2)]
    kernel, dilation = draw(every[0]), draw(every[1])
    pads = tuple((draw(st.integers(0, 3)), draw(st.integers(0, 3))) for _ in range(dims))
    return CONV(kernel=kernel, dilation=dilation, padding=pads)


def alike(network, other, name, at=None, counts=True):
    """The same cells are read, and by as many paths."""
    origin = network.nodes[0].name
    assert mask(network, name, origin, at=at).start == mask(other, name, origin, at=at).start
    assert_array_equal(
        mask(network, name, origin, at=at).array(), mask(other, name, origin, at=at).array()
    )
    if counts:
        assert_array_equal(
            paths(network, name, origin, at=at).array(), paths(other, name, origin, at=at).array()
        )


def asked(data, network):
    """A layer that depends on the input, and a position."""
    behind = [i for i in range(len(network.nodes)) if network.between(0, i)[0]]
    position = data.draw(st.sampled_from(behind))
    return network.nodes[position].name, data.draw(positions(network.nodes[position].size))


@settings(max_examples=80)
@given(st.data())
def test_the_order_of_a_chain_of_stride_1_does_not_change_its_mask(data):
    dims = data.draw(st.integers(1, 2))
    layers = data.draw(st.lists(steps(dims), min_size=2, max_size=4))
    first = built(dims, layers)
    for order in permutations(layers):
        alike(first, built(dims, order), first.nodes[-1].name)


@settings(max_examples=60)
@given(st.data())
def test_a_kernel_splits_into_two_of_the_same_dilation(data):
    """k = 1 + a + b at dilation d samples what 1 + a and then 1 + b do; k5 is k3 over k3."""
    dims = data.draw(st.integers(1, 2))
    network = data.draw(graphs(dims))
    convs = [i for i, node in enumerate(network.nodes) if node.layer.op == "conv"]
    assume(convs)
    position = data.draw(st.sampled_from(convs))
    whole = network.nodes[position].layer
    first = tuple(data.draw(st.integers(1, k)) for k in whole.kernel)
    rest = tuple(k - f + 1 for k, f in zip(whole.kernel, first, strict=True))
    inner = CONV(kernel=first, dilation=whole.dilation, padding=whole.padding)
    outer = CONV(kernel=rest, dilation=whole.dilation, stride=whole.stride, padding="valid")
    split = inserted(network, position, [outer], inner)
    for node in network.nodes[1:]:
        mine, theirs = mask(network, node.name), mask(split, node.name)
        assert mine.start == theirs.start
        assert_array_equal(mine.array(), theirs.array())


@settings(max_examples=60)
@given(st.data())
def test_a_dilated_kernel_is_the_sum_of_its_shifts(data):
    """Without padding, the taps are crops that differ by the dilation: paths and all."""
    kernel, dilation = data.draw(st.integers(2, 4)), data.draw(st.integers(1, 4))
    n = data.draw(st.integers(dilation * (kernel - 1) + 1, 30))
    after = data.draw(steps(1))
    whole = [CONV(kernel=(kernel,), dilation=(dilation,), padding="valid")]
    shifts = [
        (LAYERS["crop"](before=(dilation * t,), after=(dilation * (kernel - 1 - t),)), (0,))
        for t in range(kernel)
    ]
    merge = (LAYERS["add"](), tuple(range(1, kernel + 1)))
    try:
        one, many = built(1, [*whole, after], (n,)), built(1, [*shifts, merge, after], (n,))
    except RfcalcError:
        assume(False)
    (at,) = data.draw(positions(one.nodes[-1].size))
    for ask in (mask, paths):
        assert_array_equal(ask(one, at=(at,)).array(), ask(many, at=(at,)).array())


@settings(max_examples=100)
@given(networks(), st.data())
def test_a_1x1_anywhere_changes_nothing(network, data):
    position = data.draw(st.integers(0, len(network.nodes) - 1))
    one = CONV(kernel=(1,) * network.dims)
    name, at = asked(data, network)
    alike(network, inserted(network, position, [one]), name, at)


BACK = {
    "padding and cropping": lambda dims, a, b: [
        LAYERS["pad"](before=(a,) * dims, after=(b,) * dims),
        LAYERS["crop"](before=(a,) * dims, after=(b,) * dims),
    ],
    "replicating and cropping": lambda dims, a, b: [
        LAYERS["pad"](before=(a,) * dims, after=(b,) * dims, padding_mode="replicate"),
        LAYERS["crop"](before=(a,) * dims, after=(b,) * dims),
    ],
    "padding by a convolution": lambda dims, a, b: [
        CONV(kernel=(1,) * dims, padding=((a, b),) * dims),
        LAYERS["slice"](start=(a,) * dims, stop=(-b if b else None,) * dims),
    ],
    "rolling and back": lambda dims, a, b: [
        LAYERS["roll"](shift=(a - b,) * dims),
        LAYERS["roll"](shift=(b - a,) * dims),
    ],
    "reversing twice": lambda dims, a, b: [LAYERS["flip"](), LAYERS["flip"]()],
    "enlarging and thinning": lambda dims, a, b: [
        LAYERS["upsample"](scale=(float(a + 1),) * dims),
        LAYERS["slice"](step=(a + 1,) * dims),
    ],
    "shuffling out and in": lambda dims, a, b: [
        LAYERS["pixel_shuffle"](factor=(a + 1,) * dims),
        LAYERS["maxpool"](kernel=(a + 1,) * dims, padding="valid"),
    ],
}


@pytest.mark.parametrize("way", BACK)
@settings(max_examples=40)
@given(networks(most=6), st.data())
def test_there_and_back_again_changes_no_mask(way, network, data):
    position = data.draw(st.integers(0, len(network.nodes) - 1))
    far, near = data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3))
    name, at = asked(data, network)
    other = inserted(network, position, BACK[way](network.dims, far, near))
    alike(network, other, name, at, counts=way != "shuffling out and in")


@settings(max_examples=100)
@given(st.data())
def test_identity_shortcuts_around_odd_centred_kernels_change_no_mask(data):
    """THEORY T7; path counts grow by those of the shortcut, exactly."""
    dims = data.draw(st.integers(1, 2))
    size = tuple(data.draw(st.integers(4, 12)) for _ in range(dims))
    odd = st.tuples(*[st.sampled_from([1, 3, 5])] * dims)
    rate = st.tuples(*[st.integers(1, 3)] * dims)
    body = [CONV(kernel=data.draw(odd), dilation=data.draw(rate)) for _ in range(3)]
    stem = data.draw(steps(dims))
    add = (LAYERS["add"](), (1, 4))
    try:
        plain = built(dims, [stem, *body], size)
        skip = built(dims, [stem, *body, add], size)
    except RfcalcError:
        assume(False)
    at = data.draw(positions(plain.nodes[-1].size))
    assert_array_equal(mask(plain, at=at).array(), mask(skip, at=at).array())
    assert mask(plain).start == mask(skip).start
    assert_array_equal(mask(plain).array(), mask(skip).array())
    short = paths(plain, plain.nodes[1].name, at=at).array()
    assert_array_equal(paths(skip, at=at).array(), paths(plain, at=at).array() + short)


@settings(max_examples=100)
@given(networks(dims=2) | networks(dims=3, most=6) | networks(dims=2, lenient=True), st.data())
def test_axes_in_another_order_are_the_mask_in_another_order(network, data):
    order = data.draw(st.permutations(range(network.dims)))
    other = transposed(network, order)
    name, at = asked(data, network)
    turned = tuple(at[axis] for axis in order)
    origin = network.nodes[0].name
    for ask in (mask, paths):
        mine, theirs = ask(network, name, origin, at=at), ask(other, name, origin, at=turned)
        assert_array_equal(mine.array().transpose(order), theirs.array())


@settings(max_examples=80)
@given(networks(), st.data())
def test_the_order_of_a_merge_does_not_matter_and_twice_is_once(network, data):
    merges = [i for i, node in enumerate(network.nodes) if node.layer.merges]
    assume(merges)
    name, at = asked(data, network)
    drafts = drafts_of(network)
    turned = [
        (d.layer, (*reversed(d.inputs), d.inputs[0]) if i in merges else d.inputs)
        for i, d in enumerate(drafts)
    ]
    several = [d for d in drafts if isinstance(d.layer, Input)]
    assume(len(several) == 1)
    other = built(network.dims, turned[1:], sizes_of(network)[0])
    place = network.index(name, 0)
    found = mask(other, other.nodes[place].name, other.nodes[0].name, at=at)
    assert_array_equal(mask(network, name, network.nodes[0].name, at=at).array(), found.array())


@settings(max_examples=60)
@given(st.integers(1, 2).flatmap(graphs), st.data())
def test_what_a_larger_input_adds_is_only_a_border(network, data):
    """The interior depends on no size: rows are those of any input that fits."""
    from tests.graphs import resized

    sizes = [data.draw(st.sampled_from([720, 1440])) for _ in range(network.dims)]
    try:
        sized = resized(network, tuple(sizes))
    except RfcalcError:
        assume(False)
    for mine, theirs in zip(growth(network).rows, growth(sized).rows, strict=True):
        assert (mine.rf, mine.start, mine.cells, mine.jump) == (
            *(theirs.rf, theirs.start, theirs.cells, theirs.jump),
        )
