"""Is what energies take for granted said, and is an energy that takes nothing exact?"""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rfcalc.energies import energy
from rfcalc.layers import LAYERS
from tests.brute import net
from tests.energies.loops import interior
from tests.energies.signatures import variance
from tests.graphs import built

MERGED = ("add", "concat")


@st.composite
def fixed_and_random(draw):
    """Networks of one axis in which fixed and random layers follow and pass each other."""
    kinds = {
        "conv": lambda: {
            "kernel": (draw(st.integers(1, 3)),),
            "dilation": (draw(st.integers(1, 2)),),
            "stride": (draw(st.sampled_from([1, 1, 2])),),
        },
        "avgpool": lambda: {"kernel": (2,), "stride": (draw(st.integers(1, 2)),)},
        "upsample": lambda: {"scale": (2.0,), "mode": draw(st.sampled_from(["nearest", "linear"]))},
        "conv_transpose": lambda: {"kernel": (draw(st.integers(2, 4)),), "stride": (2,)},
        "crop": lambda: {"before": (draw(st.integers(0, 2)),)},
        "pixel_shuffle": lambda: {"factor": (2,)},
    }
    layers, jumps = [], [Fraction(1)]
    for _ in range(draw(st.integers(1, 6))):
        alike = [(a, b) for b in range(len(jumps)) for a in range(b) if jumps[a] == jumps[b]]
        if alike and draw(st.integers(0, 2)) == 0:
            pair = draw(st.sampled_from(alike))
            layers.append((LAYERS[draw(st.sampled_from(MERGED))](), pair))
            jumps.append(jumps[pair[0]])
            continue
        op = draw(st.sampled_from(["conv", "conv", *kinds]))
        made = LAYERS[op](**kinds[op]())
        step = jumps[-1] * made.taps(None, 0).jump
        if Fraction(1, 4) <= step <= 4:
            layers.append((made, (len(jumps) - 1,)))
            jumps.append(step)
    return built(1, layers)


@settings(max_examples=300)
@given(fixed_and_random())
def test_an_energy_that_assumes_nothing_but_shares_is_the_exact_variance(network):
    target = len(network.nodes) - 1
    assume(network.between(0, target)[target])
    found = energy(network)
    cells = interior(network, target, found.question.output)
    assume(0 < len(cells) < 300)
    true = variance(network, target, found.question.output[0])
    alike = all(true[i] == pytest.approx(cells[(i,)], rel=1e-9) for i in true)
    said = [line for line in found.assumed if not line.startswith("equal shares")]
    assert alike or said


def told(text, **options):
    """What is assumed of the energy of a network's output."""
    return energy(net(text), **options).assumed


AVERAGES = "dims: 1\nlayers: [{avgpool: {kernel: 2, stride: 1}}, {kernel: 1}, %s]"


def test_a_random_layer_between_two_averages_does_not_make_their_squares_exact():
    """Convolutions use the same weights everywhere: 1x1 between two averages commutes with them."""
    network = net(AVERAGES % "{avgpool: {kernel: 2, stride: 1}}")
    true = variance(network, 3, 0)
    assert [16 * true[i] for i in sorted(true)] == [1, 4, 1]
    found = energy(network)
    assert list(16 * found.total * found.array()) == pytest.approx([1, 2, 1])
    assert found.assumed == ("fixed coefficients that meet squared one by one in 'avgpool1'",)
    assert not told(AVERAGES % "{avgpool: {kernel: 2, stride: 2}}", source="conv1")


def test_what_is_taken_for_granted_is_said_where_it_is_and_not_elsewhere():
    conv = "{kernel: 3, name: %s}"
    assert told(f"layers: [{conv % 'a'}, relu, {{residual: [relu, {{kernel: 3}}]}}]") == ()
    post = "{residual: [{kernel: 3}, relu, {kernel: 3}]}, relu"
    assert told(f"layers: [{post}]") == ("activations were taken out",)
    assert told(f"layers: [{post.replace('relu', 'batchnorm')}]") == ()
    both = "{parallel: {branches: [[{kernel: 1%s}], [{kernel: 3%s}]], name: cat}}, {kernel: 3}"
    known = ", out_channels: 8"
    assert told(f"layers: [{both % (known, known)}]") == ()
    assert told(f"layers: [{both % ('', known)}]") == ("equal shares of the channels in 'cat'",)
    product = "{op: mul, from: [a, b], name: m}, {kernel: 3}"
    assert told(f"layers: [{conv % 'a'}, {conv % 'b'}, {product}]") == (
        "an addition in place of 'm'",
    )
    gate = (
        f"input: 9\nlayers: [{conv % 'a'}, {{op: global_pool, name: g}}, "
        "{op: mul, from: [a, g], name: m}, {kernel: 3}]"
    )
    assert told(gate, at=(4,)) == ("1 for the gate of 'm'",)
    assert told("input: 9\nlayers: [squeeze_excite]", at=(4,)) == (
        "1 for the gate of 'squeeze_excite1'",
    )
    assert told("layers: [{window_attention: {window: 3}, name: w}]") == (
        "an average over all cells that are read in place of 'w'",
    )
    assert told("input: 9\nlayers: [{op: sequence, name: s}]", at=(4,)) == (
        "equal weights of all cells that are read in 's'",
    )
    four = ", ".join(
        f"{{parallel: {{branches: [[{{kernel: 1}}], [{{kernel: 3}}]], name: c{n}}}}}"
        for n in range(5)
    )
    assert told(f"layers: [{four}]") == (
        "equal shares of the channels in 'c0', 'c1', 'c2', 2 more",
    )
