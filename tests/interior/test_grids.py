"""Where branches of unlike jump meet, is the footprint that of every output there is?"""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.errors import RfcalcError
from rfcalc.interior import footprint, footprints, growth
from rfcalc.interior.meeting import written_out
from rfcalc.layers import LAYERS
from rfcalc.network import Draft, Input, build
from rfcalc.spec import read_text
from rfcalc.taps import PERIOD_LIMIT
from tests.brute import line


@st.composite
def unlike(draw):
    """Pooled or upsampled maps beside slices of the same size, added as frameworks allow."""
    size = draw(st.integers(24, 60))
    drafts = [Draft("input", Input())]
    sizes = [size]

    def append(op, inputs, **options):
        layer = LAYERS[op](**options)
        n = sizes[inputs[0]]
        try:
            out = layer.size(n, 0)
        except Exception:
            return len(drafts) - 1
        if not 2 <= out <= 130:
            return inputs[0]
        drafts.append(Draft(f"n{len(drafts)}", layer, inputs))
        sizes.append(out)
        return len(drafts) - 1

    at = 0
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["halved", "doubled", "conv", "conv"]))
        if kind == "conv":
            d = draw(st.integers(1, 3))
            at = append("conv", (at,), kernel=(3,), dilation=(d,), padding=((0, 0),))
            continue
        low = draw(st.integers(0, 2))
        if kind == "halved":
            k = draw(st.integers(2, 3))
            other = append("avgpool", (at,), kernel=(k,), stride=(2,), padding=((0, 0),))
        else:
            other = append("upsample", (at,), scale=(2.0,), mode="nearest")
            other = append("crop", (other,), before=(low,), after=(sizes[other] - sizes[at],))
        n = sizes[other]
        if other == at or n + low > sizes[at]:
            continue
        beside = append("crop", (at,), before=(low,), after=(sizes[at] - n - low,))
        if sizes[beside] == n and beside != other:
            drafts.append(Draft(f"n{len(drafts)}", LAYERS["add"](), (other, beside)))
            sizes.append(n)
            at = len(drafts) - 1
    return build("unlike", 1, drafts, [(size,)], lenient=True)


def inside(network, target, output):
    """The cells that an output reads, ``None`` when it reads a cell outside some grid."""
    demand = {target: {output}}
    for position in range(target, 0, -1):
        points = demand.pop(position, set())
        node = network.nodes[position]
        read = {q for o in points for q in line(node.layer, o, 0)}
        for i in node.inputs:
            demand[i] = demand.get(i, set()) | read
            if any(not 0 <= q < network.nodes[i].size[0] for q in read):
                return None
    return demand.get(0, set())


@settings(max_examples=150, deadline=None)
@given(unlike())
def test_every_output_clear_of_the_borders_reads_what_its_footprint_says(network):
    for position, seen in footprints(network, 0, None):
        for o in range(network.nodes[position].size[0]):
            expected = inside(network, position, o)
            if expected is not None:
                region = seen.read((o,))
                assert {i for (cells,) in region.boxes for i in cells} == expected


def test_many_unlike_merges_do_not_multiply_their_periods():
    """A decoder that adds pooled and cropped maps over and over, as HoVer-Net's does."""
    drafts, at, n = [Draft("input", Input())], 0, 256
    for number in range(12):
        pad = LAYERS["pad"](before=(0,), after=(1,))
        drafts.append(Draft(f"pad{number}", pad, (at,)))
        drafts.append(Draft(f"cut{number}", LAYERS["upsample"](size_to=(n,)), (len(drafts) - 1,)))
        drafts.append(Draft(f"add{number}", LAYERS["add"](), (len(drafts) - 1, at)))
        drafts.append(
            Draft(
                f"conv{number}", LAYERS["conv"](kernel=(3,), padding=((0, 0),)), (len(drafts) - 1,)
            )
        )
        at, n = len(drafts) - 1, n - 2
    network = build("decoder", 1, drafts, [(256,)], lenient=True)
    rows = growth(network).rows
    assert max(row.phases[0] for row in rows) <= 256 < PERIOD_LIMIT
    assert all(a.rf[0] <= b.rf[0] + 1 for a, b in pairwise(rows) if a.name == b.inputs[0])


@pytest.mark.parametrize("sizes", [(4093, 4091), (4001, 4003, 3989)])
def test_resizes_between_large_coprime_sizes_answer(sizes):
    drafts = [Draft("input", Input())]
    for number, n in enumerate((*sizes[1:], sizes[0])):
        layer = LAYERS["upsample"](size_to=(n,), mode="linear")
        drafts.append(Draft(f"resize{number}", layer, (number,)))
    network = build("resizes", 1, drafts, [(sizes[0],)])
    *_, last = growth(network).rows
    assert last.phases[0] <= PERIOD_LIMIT
    assert 2 <= last.rf[0] <= 2 * len(sizes)


def test_grids_that_do_not_agree_cannot_be_written_out_without_a_size():
    """A network is refused before this where its jumps differ; the rule holds by itself too."""
    network = read_text("dims: 1\nlayers: [{kernel: 3}]", "net.yaml")
    with pytest.raises(RfcalcError, match="RF304 'conv1' merges unlike grids"):
        written_out(network.nodes[1], (Fraction(1),), footprint(network, 0, 1))


def test_phases_that_are_too_many_for_the_whole_are_followed_for_the_outputs_there_are():
    text = (
        "dims: 1\ninput: 97\nlayers: [{op: upsample, size: 89}, {op: upsample, size: 83}, "
        "{op: upsample, size: 79}]"
    )
    network = read_text(text, "net.yaml")
    found = footprint(network, 0, 3)
    for o in range(79):
        cell = o * 83 // 79 * 89 // 83 * 97 // 89
        assert list(found.boxes[0][0].read(o)) == [cell]


@pytest.mark.parametrize("order", ["[resized, plain]", "[plain, resized]"])
def test_of_inputs_without_a_grid_on_an_axis_the_fixed_ratio_decides_on_the_others(order):
    """Means over one axis: the jump of the other is 1, not the 66/65 of sizes at hand."""
    text = f"""
    input: [8, 65]
    layers:
      - {{kernel: 3, stride: [1, 2]}}
      - {{upsample: {{size: [8, 65]}}}}
      - {{global_pool: {{over: [true, false]}}, name: resized}}
      - {{global_pool: {{over: [true, false]}}, name: plain, from: input}}
      - {{add: {{}}, from: {order}, name: both}}
    """
    node = read_text(text, "net.yaml").nodes[-1]
    assert (node.jump, node.resized, node.size) == ((None, 1), False, (1, 65))
