"""Do the table of THEORY 4 and theorems T7 to T11 hold on the networks they name?"""

from fractions import Fraction

import pytest

from rfcalc.energies import energy
from rfcalc.gridding.measures import measures
from rfcalc.interior import footprint
from rfcalc.loading import load
from rfcalc.path_counts import paths
from rfcalc.report import analyze
from tests.brute import net
from tests.published.shapes import last, residual, rows, stack


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


def test_t10_a_residual_block_has_path_counts_1_2_1_and_energy_1_4_1():
    network = net("dims: 1\nlayers: [{residual: [{kernel: 3}]}]")
    assert paths(network).array().tolist() == [1, 2, 1]
    assert energy(network).array().tolist() == pytest.approx([1 / 6, 4 / 6, 1 / 6])


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
def test_t11_naive_rates_are_a_run_within_a_stage_that_reads_every_column(stem, place, columns):
    """Three pairs: from the first dilated block's input, from where stride 8 begins, the image."""
    network = naive(stem, place)
    source = network.index("map", 0)
    own = measures(network, source, network.output)
    assert own.rf == (117, 117)
    assert own.cells == 59 * 59
    report = analyze(network)
    (stage,) = report.stages
    assert stage.stage.source < source
    assert not stage.measures.holes
    (run,) = stage.runs
    assert run.source in {"map", network.nodes[source - 1].name}
    assert (run.sublattices, run.density) == (4, own.density)
    row = report.rows[-1]
    assert (row.rf, row.cells) == ((columns, columns), columns**2)
