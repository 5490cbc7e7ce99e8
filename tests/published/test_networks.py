"""Are the numbers published for networks reproduced? THEORY 5, each with its source."""

from fractions import Fraction
from itertools import product
from math import prod

import pytest

from rfcalc.gridding.measures import measures
from rfcalc.interior import footprint, growth
from rfcalc.loading import load
from tests.brute import net
from tests.published.shapes import last, residual, rows, stack


def test_yu_and_koltun_2016_context_module():
    """Yu & Koltun 2016, table 1: 3x3, dilations 1 1 2 4 8 16 1, then 1x1."""
    network = net(stack([1, 1, 2, 4, 8, 16, 1], dims=2) + "\n")
    text = "layers: [{stack: {kernel: 3, dilations: [1, 1, 2, 4, 8, 16, 1]}}, {kernel: 1}]"
    sizes = [row.rf for row in rows(net(text))[1:]]
    assert sizes == [(n, n) for n in (3, 5, 9, 17, 33, 65, 67, 67)]
    # They define the size of a field as its number of elements: extent and cells agree here.
    assert [row.cells for row in rows(network)[1:]] == [n * n for n in (3, 5, 9, 17, 33, 65, 67)]


def test_yu_and_koltun_2016_dilations_doubling_from_1():
    """Yu & Koltun 2016, section 2: the field of F_(i+1) is 2^(i+2) - 1."""
    found = rows(net(stack([2**i for i in range(10)])))[1:]
    assert [row.rf[0] for row in found] == [2 ** (i + 2) - 1 for i in range(10)]
    assert not any(row.holes for row in found)


def test_wang_2018_dilations_1_2_9_miss_four_offsets():
    """Wang et al. 2018, figure 2: missing offsets 7, 8, 16, 17 of 0..24."""
    network = net(stack([1, 2, 9]))
    found = footprint(network, 0, network.output).boxes[0][0].phases[0]
    assert found.extent == 25
    assert set(range(25)) - {i - found.start for i in found} == {7, 8, 16, 17}


def test_wang_2018_dilations_2_2_2_see_49_of_169_pixels_in_4_sublattices():
    """Wang et al. 2018, figure 1."""
    network = net(stack([2, 2, 2], dims=2))
    found = measures(network, 0, network.output)
    assert (found.rf, found.cells) == ((13, 13), 49)
    assert prod(found.sublattices) == 4


@pytest.mark.parametrize(
    ("name", "layer", "rf", "stride", "source"),
    [
        ("alexnet-v2", None, 195, 32, "Araujo et al. 2019, table 1 (TF-slim)"),
        ("vgg16", None, 212, 32, "Araujo et al. 2019, table 1"),
        ("resnet-v1-50-slim", None, 483, 32, "Araujo et al. 2019, table 1 (TF-slim)"),
        ("resnet-v1-101-slim", None, 1027, 32, "Araujo et al. 2019, table 1 (TF-slim)"),
        ("resnet-v1-152-slim", None, 1507, 32, "Araujo et al. 2019, table 1 (TF-slim)"),
        ("resnet18", None, 435, 32, "torchvision"),
        ("resnet34", None, 899, 32, "torchvision"),
        ("resnet50", None, 427, 32, "torchvision"),
        ("resnet101", None, 971, 32, "torchvision"),
        ("resnet152", None, 1451, 32, "torchvision"),
    ],
)
def test_published_classification_networks(name, layer, rf, stride, source):
    network = load(f"zoo:{name}")
    row = rows(network)[network.index(layer, network.output)]
    assert (row.rf, row.jump) == ((rf, rf), (stride, stride)), source


@pytest.mark.parametrize(
    ("units", "place", "strides", "rf"),
    [
        ((3, 4, 6, 3), "first", (1, 2, 2, 2), 427),
        ((3, 4, 23, 3), "first", (1, 2, 2, 2), 971),
        ((3, 8, 36, 3), "first", (1, 2, 2, 2), 1451),
        ((3, 4, 6, 3), "last", (2, 2, 2, 1), 483),
        ((3, 4, 23, 3), "last", (2, 2, 2, 1), 1027),
        ((3, 8, 36, 3), "last", (2, 2, 2, 1), 1507),
        ((3, 4, 6, 3), "1x1", (1, 2, 2, 2), 483),
    ],
)
def test_the_place_of_the_stride_in_a_residual_block_decides_its_field(units, place, strides, rf):
    """THEORY 5: torchvision strides in the first 3x3, TF-slim in the last unit of a block."""
    text = "layers:\n  - {kernel: 7, stride: 2}\n  - maxpool: {kernel: 3, stride: 2}\n"
    for number, stride in zip(units, strides, strict=True):
        text += residual(number, stride, place)
    row = last(text)
    assert (row.rf, row.jump, row.holes) == ((rf, rf), (32, 32), False)


NET8 = """
dims: {dims}
layers:
  - {{kernel: 1, stride: 4, padding: 0, name: long}}
  - {{kernel: 3, stride: 2, padding: 1, from: input}}
  - {{kernel: 1, stride: 2, padding: 0, name: short}}
  - add: {{from: [long, short], name: X}}
  - {{kernel: 1, stride: 2, padding: 0, name: a}}
  - {{kernel: 3, stride: 2, padding: 1, from: X, name: b}}
  - add: {{from: [a, b], name: out}}
"""


def test_google_research_receptive_field_network_8():
    """google-research/receptive_field, test network 8: RF 11, stride 8, padding 5; aligned."""
    network = net(NET8.format(dims=2))
    found = growth(network)
    row = found.rows[-1]
    assert (row.rf, row.jump, row.start) == ((11, 11), (8, 8), (-5, -5))
    assert found.misaligned == ()


def test_google_research_receptive_field_network_8_cell_by_cell():
    """THEORY 5: 9 of 11 columns; input residues 2 and 6 mod 8 are never read."""
    network = net(NET8.format(dims=1))
    (box,) = footprint(network, 0, network.output).boxes
    assert list(box[0].read(0)) == [-5, -4, -3, -1, 0, 1, 3, 4, 5]
    read = {i % 8 for o in range(8) for i in box[0].read(o)}
    assert set(range(8)) - read == {2, 6}
    assert measures(network, 0, network.output).read_share == 6 / 8


def test_an_esp_module_has_41_taps_in_33_x_33():
    """Mehta et al. 2018 (ESPNet): parallel 3x3 dilations 1, 2, 4, 8, 16 summed."""
    branches = ", ".join(f"[{{kernel: 3, dilation: {d}}}]" for d in (1, 2, 4, 8, 16))
    row = last(f"layers: [{{parallel: {{merge: add, branches: [{branches}]}}}}]")
    assert (row.cells, row.rf) == (41, (33, 33))


def test_aspp_has_33_taps_in_49_x_49():
    """Chen et al. 2018 (DeepLab): 3x3 dilations 6, 12, 18, 24 with a 1x1 branch."""
    branches = ", ".join(f"[{{kernel: 3, dilation: {d}}}]" for d in (6, 12, 18, 24))
    row = last(f"layers: [{{parallel: {{merge: add, branches: [[{{kernel: 1}}], {branches}]}}}}]")
    assert (row.cells, row.rf) == (33, (49, 49))


def test_wavenet_sees_1024_samples_and_three_blocks_see_3070():
    """van den Oord et al. 2016: kernel 2, dilations 1, 2, 4, .., 512."""
    rates = [2**i for i in range(10)]
    assert last(stack(rates, 2)).rf == (1024,)
    three = last(stack(rates * 3, 2))
    assert (three.rf, three.holes) == ((3070,), False)


def test_alignment_of_araujo_2019_is_reported_where_centres_differ():
    """Araujo et al. 2019: aligned when all paths between two nodes have equal jump and centre."""
    network = net(
        """
layers:
  - {kernel: 3, stride: 2, padding: 1, name: a}
  - {kernel: 1, stride: 2, padding: 0, from: input, name: b}
  - {kernel: 2, stride: 2, padding: 0, from: input, name: c}
  - add: {from: [a, b], name: good}
  - add: {from: [a, c], name: bad}
"""
    )
    (found,) = growth(network).misaligned
    assert (found.layer, found.first, found.second) == ("bad", "a", "c")
    assert found.centers == ((Fraction(0), Fraction(1, 2)),) * 2


def test_the_exact_mask_of_a_published_network_is_that_of_brute_force():
    """ResNet-18 on one axis, 435 columns, cell by cell."""
    from tests.brute import field

    text = "dims: 1\nlayers:\n  - {kernel: 7, stride: 2}\n  - maxpool: {kernel: 3, stride: 2}\n"
    for stride in (1, 2, 2, 2):
        text += (
            f"  - residual: [{{kernel: 3, stride: {stride}}}, {{kernel: 3}}]\n"
            f"    shortcut: [{{kernel: 1, stride: {stride}}}]\n"
            "  - residual: [{kernel: 3}, {kernel: 3}]\n"
        )
    network = net(text)
    expected = field(network, network.output, (5,))
    (box,) = footprint(network, 0, network.output).boxes
    assert {(i,) for i in box[0].read(5)} == expected
    assert len(expected) == 435


def test_no_two_axes_of_a_product_are_mixed_up():
    """A 3-D network: extents per axis, and the count their product."""
    row = last("layers: [{kernel: [3, 3, 1]}, {kernel: 3, dilation: [2, 4, 8]}]\ndims: 3")
    assert row.rf == (7, 11, 17)
    assert row.cells == prod([7, 9, 3])
    assert list(product([row.holes], [row.largest_hole])) == [(True, (0, 1, 7))]
