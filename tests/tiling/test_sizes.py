"""Sizes said to be taken are those that build; padding is where a walk cell by cell finds it."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rfcalc.errors import NeedsSize, RfcalcError
from rfcalc.layers.whole import BandedAttention
from rfcalc.loading import load
from rfcalc.network import Draft, Input, Network, build
from rfcalc.numpy_backend.banded import band
from rfcalc.report import analyze
from rfcalc.spec import read_text
from rfcalc.taps import Taps
from rfcalc.tiling.ancestors import depends
from rfcalc.tiling.padding import clean, shares, unpadded
from rfcalc.tiling.sizes import nearest, sizes, taker
from tests.networks import networks
from tests.tiling.drawn import OPS, at_size, tileable
from tests.whole import amount

pytestmark = pytest.mark.slow

LARGEST = 90


def upstream(network: Network) -> Network:
    """Return the part of the network that the output depends on."""
    order, _ = depends(network, (network.output,))
    place = {position: number for number, position in enumerate(order)}
    nodes = [network.nodes[position] for position in order]
    drafts = [Draft(n.name, n.layer, tuple(place[i] for i in n.inputs)) for n in nodes]
    inputs = [n.size for n in nodes if isinstance(n.layer, Input)]
    return build("upstream", network.dims, drafts, inputs)


def builds(network: Network, n: int) -> bool:
    try:
        at_size(network, (n,) * network.dims)
    except RfcalcError:
        return False
    return True


@settings(max_examples=amount(20, 40))
@given(networks(1, ops=OPS, inputs=1))
def test_sizes_are_those_that_build(network: Network) -> None:
    network = upstream(network)
    rule = sizes(network)[0]
    taken = [n for n in range(1, LARGEST) if builds(network, n)]
    if rule.step is None:
        listed = [n for low, high in rule.taken for n in range(low, high) if n < LARGEST]
        assert listed == taken
        return
    assume(rule.regular is not None and rule.regular < LARGEST)
    assert rule.regular is not None
    wanted = [n for n in range(rule.regular, LARGEST) if n % rule.step in rule.rests]
    assert [n for n in taken if n >= rule.regular] == wanted
    if rule.smallest is not None and rule.smallest < LARGEST:
        assert taken[0] == rule.smallest


@settings(max_examples=20)
@given(tileable(), st.integers(1, LARGEST))
def test_nearest_sizes(network: Network, n: int) -> None:
    found = taker(network, 0)
    below, above = nearest(found, n)
    taken = [k for k in range(1, 3 * LARGEST) if found.takes(k)]
    assert below == max((k for k in taken if k <= n), default=None)
    if any(k >= n for k in taken):
        assert above == min(k for k in taken if k >= n)


def padded(network: Network, n: int) -> list[bool]:
    """Return for every output whether it sees padding: a walk from cell to cell."""
    network = at_size(network, (n,))
    known: dict[tuple[int, int], bool] = {}

    def sees(position: int, cell: int) -> bool:
        if (position, cell) not in known:
            node = network.nodes[position]
            found = False
            for i in node.inputs:
                size = network.nodes[i].size
                assert size is not None
                try:
                    taps = node.layer.taps(None, 0)
                except NeedsSize:
                    taps = node.taps[0]
                assert isinstance(taps, Taps)
                read = taps.read(cell)
                if isinstance(node.layer, BandedAttention) and node.layer.edge == "shift":
                    read = band(node.layer, size[0], 0)[0][cell].tolist()
                for index in read:
                    found = found or not 0 <= index < size[0] or sees(i, index)
            known[position, cell] = found
        return known[position, cell]

    size = network.nodes[network.output].size
    assert size is not None
    return [sees(network.output, cell) for cell in range(size[0])]


@settings(max_examples=amount(30, 60))
@given(tileable(), st.integers(0, 40))
def test_padding_is_where_a_walk_finds_it(network: Network, less: int) -> None:
    network = upstream(network)
    n = max(1, (network.input or (0,))[0] - less)
    assume(builds(network, n))
    found, walked = clean(taker(network, 0), n)[network.output], padded(network, n)
    assert [cell not in found for cell in range(len(walked))] == walked


@settings(max_examples=25)
@given(tileable(depth=1))
def test_smallest_input_with_an_output_free_of_padding(network: Network) -> None:
    network = upstream(network)
    least = unpadded(network)[0]
    free = [n for n in range(1, LARGEST) if builds(network, n) and not all(padded(network, n))]
    assert free[:1] == ([least] if least is not None and least < LARGEST else [])


def test_shares_multiply_over_axes() -> None:
    text = "{input: [10, 20], layers: [{kernel: [3, 5], name: a}, {kernel: 3, name: b}]}"
    found = shares(read_text(text, "net.yaml"))
    assert [(s.layer, s.clean) for s in found] == [
        ("input", (10, 20)),
        ("a", (8, 16)),
        ("b", (6, 14)),
    ]
    assert found[2].share == Fraction(200 - 6 * 14, 200)


def test_what_reads_everything_sees_padding_if_anything_does() -> None:
    assert unpadded(load("zoo:mobilenet-v3")) == (None, None)
    text = "{dims: 1, layers: [{kernel: 3, padding: valid}, global_pool]}"
    assert unpadded(read_text(text, "net.yaml")) == (3,)


def test_a_layer_that_goes_by_the_size_leaves_a_list() -> None:
    rule = sizes(load("zoo:deeplabv3-resnet50"))[0]
    assert (rule.step, rule.taken) == (None, ((513, 521),))


@pytest.mark.parametrize("input", [None, (64,)])
def test_shares_need_a_size(input: tuple[int, ...] | None) -> None:
    network = read_text("{dims: 1, layers: [{kernel: 3}]}", "net.yaml", input)
    if input is None:
        with pytest.raises(RfcalcError, match="RF403"):
            shares(network)
    else:
        assert shares(network)[-1].clean == (62,)


def test_no_size_is_taken_where_branches_never_meet() -> None:
    text = "{dims: 1, layers: [{kernel: 3, padding: 0, name: a}, {op: add, from: [input, a]}]}"
    (rule,) = sizes(read_text(text, "net.yaml"))
    assert (rule.smallest, rule.regular, rule.rests, rule.taken) == (None, None, (), ())


def test_behind_global_pooling_any_size_is_taken_that_reaches_it() -> None:
    text = "{dims: 1, layers: [{kernel: 3, padding: 0}, global_pool, {kernel: 1}]}"
    (rule,) = sizes(read_text(text, "net.yaml"))
    assert (rule.smallest, rule.regular, rule.step) == (3, 3, 1)


def test_an_input_free_of_padding_among_sizes_without_a_rule() -> None:
    text = "{dims: 1, input: 20, layers: [{kernel: 3, padding: 1}, {adaptive_pool: {output: 3}}]}"
    assert sizes(read_text(text, "net.yaml"))[0].step is None
    assert unpadded(read_text(text, "net.yaml")) == (3,)
    # Of three cells of the convolution the middle one reads no padding, of two each does.
    assert shares(read_text(text, "net.yaml", (3,)))[-1].clean == (1,)
    assert shares(read_text(text, "net.yaml", (2,)))[-1].clean == (0,)


def test_a_map_that_is_spread_brings_its_padding_along() -> None:
    text = (
        "{dims: 1, input: 20, layers: [{kernel: 3}, {op: global_pool, name: g}, "
        "{op: add, from: [conv1, g]}]}"
    )
    network = read_text(text, "net.yaml")
    assert unpadded(network) == (None,)
    assert [s.clean for s in shares(network)] == [(20,), (18,), (0,), (0,)]


def test_a_clean_map_that_is_spread_leaves_the_others_clean() -> None:
    text = (
        "{dims: 1, layers: [{kernel: 3, padding: 0, name: a}, {op: global_pool, name: g}, "
        "{op: add, from: [a, g]}]}"
    )
    assert unpadded(read_text(text, "net.yaml")) == (3,)


def test_inputs_of_different_sizes_have_no_size_in_common() -> None:
    text = (
        "{inputs: {a: [64], b: [32]}, layers: [{crop: {before: 16, after: 16}, from: a, name: c}, "
        "{op: add, from: [c, b]}, {kernel: 3}]}"
    )
    network = read_text(text, "net.yaml")
    for question in (sizes, unpadded, shares):
        with pytest.raises(RfcalcError, match="RF463 the inputs 'a' and 'b' have different sizes"):
            question(network)


@pytest.mark.parametrize("pad", [0, 1, 2])
@pytest.mark.parametrize("text", ["window: 5", "window: 4, dilation: 2", "window: 4, after: 0"])
@pytest.mark.parametrize("edge", ["shift", "cut"])
def test_windows_that_shift_inside_see_no_padding_of_their_own(
    text: str, edge: str, pad: int
) -> None:
    """By what the NumPy backend reads; a window that is cut would read what lies outside."""
    chain = f"[{{kernel: {2 * pad + 1}}}, {{banded_attention: {{{text}, edge: {edge}}}}}]"
    network = read_text(f"dims: 1\ninput: [23]\nlayers: {chain}", "n.yaml")
    layer = network.nodes[-1].layer
    assert isinstance(layer, BandedAttention)
    for n in range(layer.window[0] * layer.step(0), 24):
        index, _ = band(layer, n, 0)
        free = set(range(pad, n - pad))
        reads = index.tolist()
        if edge == "cut":
            reads = [list(layer.taps(n, 0).read(o)) for o in range(n)]
        found = clean(taker(network, 0), n)[network.output]
        assert list(found) == [o for o in range(n) if free.issuperset(reads[o])]


def test_a_shifting_window_larger_than_half_its_input_is_not_said_to_read_padding() -> None:
    text = "input: [9]\nlayers: [{banded_attention: {window: 7}}, {banded_attention: {window: 7}}]"
    network = read_text(text, "n.yaml")
    assert all(not share.share for share in shares(network))
    told = [f.message for f in analyze(network).findings if f.code == "RG107"]
    assert told
    assert "padding" not in "".join(told)
