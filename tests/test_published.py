"""Are the published numbers reproduced? Every row of THEORY 3, 4 and 5, with its source."""

from fractions import Fraction
from itertools import product
from math import prod
from pathlib import Path

import pytest

from rfcalc.growth import footprint, growth
from rfcalc.load import load
from rfcalc.measures import measures
from rfcalc.paths import paths
from rfcalc.zoo import zoo_names
from tests.brute import net

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.yaml"))


def rows(network):
    return growth(network).rows


def last(text):
    return rows(net(text))[-1]


def stack(dilations, kernel=3, dims=1):
    return f"dims: {dims}\nlayers: [{{stack: {{kernel: {kernel}, dilations: {list(dilations)}}}}}]"


# THEORY 5.


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


def residual(units, stride, place):
    """A stage of bottlenecks written out by hand; `place` says which unit and kernel strides."""
    text = ""
    for number in range(units):
        here = stride if number == (units - 1 if place == "last" else 0) else 1
        one, three = (here, 1) if place == "1x1" else (1, here)
        shortcut = "" if number and here == 1 else f", shortcut: [{{kernel: 1, stride: {here}}}]"
        text += (
            f"  - {{residual: [{{kernel: 1, stride: {one}}}, {{kernel: 3, stride: {three}}},"
            f" {{kernel: 1}}]{shortcut}}}\n"
        )
    return text


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


# THEORY 4: the table of chains, K = 3, one axis.


@pytest.mark.parametrize(
    ("dilations", "rf", "seen", "hole", "lattices", "shared", "low", "high", "cv"),
    [
        ([1, 1, 1], 7, 7, 0, 1, 0.857, 1, 7, 0.595),
        ([2, 2, 2], 13, 7, 1, 2, 0, 0, 7, 1.231),
        ([1, 2, 3], 13, 13, 0, 1, 0.923, 1, 3, 0.399),
        ([1, 2, 5], 17, 17, 0, 1, 0.941, 1, 2, 0.310),
        ([1, 2, 9], 25, 21, 2, 1, 0.857, 0, 2, 0.581),
        ([1, 3, 9], 27, 27, 0, 1, 0.963, 1, 1, 0),
        ([2, 4, 8], 29, 15, 1, 2, 0, 0, 3, 1.161),
        ([3, 4, 5], 25, 21, 2, 1, 0.857, 0, 2, 0.581),
        ([1, 2, 5, 9], 35, 35, 0, 1, 0.971, 1, 4, 0.423),
    ],
)
def test_what_a_practitioner_wants_to_read(
    dilations, rf, seen, hole, lattices, shared, low, high, cv
):
    """THEORY 4, the table. The overlap of 3,4,5 is that of its own mask."""
    network = net(stack(dilations))
    found = measures(network, 0, network.output)
    assert (found.rf, found.cells, found.largest_hole) == ((rf,), seen, (hole,))
    assert found.sublattices == (lattices,)
    assert found.overlap[0] == pytest.approx(shared, abs=5e-4)
    assert (found.evenness.least, found.evenness.most) == (low, high)
    assert found.evenness.cv == pytest.approx(cv, abs=5e-4)


# THEORY 3: the theorems on named networks. T1 to T6 stand in test_hdc.


@pytest.mark.parametrize("dilations", [[1, 2, 5], [2, 2, 2], [1, 2, 9], [3, 4, 5]])
def test_t7_identity_shortcuts_do_not_change_the_mask_and_change_path_counts(dilations):
    body = "".join(f"  - {{residual: [{{kernel: 3, dilation: {d}}}]}}\n" for d in dilations)
    skipped, plain = net("dims: 1\nlayers:\n" + body), net(stack(dilations))
    assert footprint(skipped, 0, skipped.output) == footprint(plain, 0, plain.output)
    with_skips, without = paths(skipped).counts, paths(plain).counts
    assert with_skips.shape == without.shape
    # A shortcut can be taken or not: subsets of the layers, each a chain of its own.
    assert with_skips.sum() == 4 ** len(dilations)
    assert without.sum() == 3 ** len(dilations)


@pytest.mark.parametrize("layer", ["kernel: 1, stride: 2", "kernel: 3, stride: 2, dilation: 2"])
def test_t8_a_layer_narrower_than_its_stride_reads_a_quarter_of_the_pixels(layer):
    network = net(f"layers: [{{{layer}}}]")
    assert measures(network, 0, network.output).read_share == 1 / 4


def test_t9_a_standard_unet_sees_188_on_4_of_16_phases_and_204_on_12():
    network = load("zoo:unet")
    (box,) = set(footprint(network, 0, network.output).boxes)
    assert box[0].period == 16
    found = [box[0].read(o).extent for o in range(16)]
    assert {rf: found.count(rf) for rf in found} == {188: 4, 204: 12}
    row = rows(network)[-1]
    assert (row.rf, row.phases) == ((204, 204), (16, 16))


def test_t9_phases_come_from_denominators_of_suffix_products():
    """Strides 2 and 2, then 3 times up: 4/3 of an input cell to an output, so 3 phases."""
    text = "layers: [{kernel: 3, stride: 2}, {kernel: 3, stride: 2}, {upsample: {scale: 3}}]"
    row = last(text)
    assert (row.phases, row.jump) == ((3, 3), (Fraction(4, 3),) * 2)
    # Up by 2 and down by 2 again leaves no phase; down and up again leaves two.
    assert last("layers: [{upsample: {scale: 2}}, {kernel: 3, stride: 2}]").phases == (1, 1)
    assert last("layers: [{kernel: 3, stride: 2}, {upsample: {scale: 2}}]").phases == (2, 2)


@pytest.mark.parametrize(
    ("kernel", "stride", "dilation", "counts"),
    [(3, 2, 1, [1, 2]), (4, 2, 1, [2, 2]), (3, 2, 2, [0, 3]), (5, 3, 1, [1, 2, 2])],
)
def test_t9_phases_of_a_transposed_convolution(kernel, stride, dilation, counts):
    """Odena et al. 2016; with gcd(d, s) > 1 some phases read nothing: k3 s2 d2 gives 3 and 0."""
    options = f"kernel: {kernel}, stride: {stride}, dilation: {dilation}"
    network = net(f"dims: 1\nlayers: [{{conv_transpose: {{{options}}}}}]")
    (axis,) = footprint(network, 0, 1).boxes[0]
    found = sorted(axis.read(o).count for o in range(stride))
    assert found == sorted(counts)


def naive(stem, place):
    """ResNet-101 whose last two stages keep stride 8, with rates 2 and 4."""
    text = f"input: [512, 512]\nlayers:\n{stem}  - maxpool: {{kernel: 3, stride: 2}}\n"
    text += residual(3, 1, place) + residual(4, 2, place) + "  - identity: {name: map}\n"
    for units, rate in ((23, 2), (3, 4)):
        unit = f"{{residual: [{{kernel: 1}}, {{kernel: 3, dilation: {rate}}}, {{kernel: 1}}]}}"
        text += f"  - repeat: {{times: {units}, layers: [{unit}]}}\n"
    return net(text)


@pytest.mark.parametrize(
    ("stem", "place", "columns"),
    [
        # Three 3x3 as stem, and the stride in the first 1x1, as He et al. 2016 have it.
        ("  - {kernel: 3, stride: 2}\n  - {kernel: 3}\n  - {kernel: 3}\n", "1x1", 1031),
        ("  - {kernel: 7, stride: 2}\n", "first", 1019),
    ],
    ids=["deep stem", "torchvision"],
)
def test_t11_naive_rates_grid_the_stages_own_map_and_not_the_pixels(stem, place, columns):
    network = naive(stem, place)
    source = network.index("map", 0)
    own = measures(network, source, network.output, budget=0)
    assert own.rf == (117, 117)
    assert own.cells == 59 * 59
    row = rows(network)[-1]
    assert (row.rf, row.cells) == ((columns, columns), columns**2)


# The shipped networks and the examples are held to what they say of themselves.


def answers(text):
    """Read `# answer: ..` and `# answer at LAYER: ..` lines."""
    for line in text.splitlines():
        if line.startswith("# answer"):
            head, _, facts = line.partition(": ")
            yield head.removeprefix("# answer").removeprefix(" at ") or None, facts.strip()


def said(row):
    """The answer line of a row."""
    if row.unbounded is not None:
        return f"unbounded by {row.unbounded}"
    return (
        f"rf {' '.join(map(str, row.rf))}, jump {' '.join(map(str, row.jump))}, "
        f"cells {row.cells}, holes {'yes' if row.holes else 'no'}"
    )


def holds(network, text):
    claims = dict(answers(text))
    assert None in claims, "a network file states the answer of its output"
    nodes = {row.name: row for row in rows(network)}
    for layer, facts in claims.items():
        row = nodes[network.nodes[network.index(layer, network.output)].name]
        assert said(row) == facts, layer


@pytest.mark.parametrize("name", zoo_names())
def test_every_shipped_network_gives_the_answers_it_states(name):
    from rfcalc.zoo import zoo_text

    holds(load(f"zoo:{name}"), zoo_text(name))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_gives_the_answers_it_states(path):
    holds(load(path), path.read_text(encoding="utf-8"))


def test_the_examples_cover_what_the_tour_needs():
    wanted = {
        *("chain", "hdc-1-2-5", "hdc-1-2-9", "context-module", "vgg16", "resnet50"),
        *("resnet152", "deeplab", "unet", "wavenet", "context3d"),
    }
    assert wanted <= {path.stem for path in EXAMPLES}
    assert {load(path).dims for path in EXAMPLES} == {1, 2, 3}


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
