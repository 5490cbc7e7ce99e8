"""Are findings told where they are true, and nowhere else? A case and a near miss per code."""

import pytest

from rfcalc.codes import CODES
from rfcalc.network import without_global
from rfcalc.report import analyze
from tests.brute import field, net

DIMS = "dims: 1\nlayers: "

# Code: networks that have the finding, and near misses that have it not.
CASES = {
    "RG101": (
        [
            "[{kernel: 3, dilation: 2}, {kernel: 3, dilation: 2}]",
            "[{stack: {kernel: 3, dilations: [1, 2, 9]}}]",
        ],
        ["[{kernel: 3}, {kernel: 3, dilation: 2}]", "[{stack: {kernel: 3, dilations: [9, 1, 3]}}]"],
    ),
    "RG102": (
        ["[{stack: {kernel: 3, dilations: [2, 4, 2]}}]"],
        ["[{stack: {kernel: 3, dilations: [2, 3, 2]}}]"],
    ),
    "RG103": (
        ["[{kernel: 3, dilation: 2}, {kernel: 3, dilation: 7}]"],
        ["[{kernel: 3, dilation: 2}, {kernel: 3, dilation: 3}]", "[{kernel: 3, dilation: 2}]"],
    ),
    "RG104": (
        ["[{kernel: 3}, {kernel: 3, dilation: 2}, {kernel: 3, dilation: 2}]"],
        [
            "[{kernel: 3}, {kernel: 3, dilation: 3}]",
            # Depth alone gathers paths at the centre: that is no unevenness of a grid.
            "[{stack: {kernel: 3, dilations: [1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1]}}]",
        ],
    ),
    "RG105": (
        ["[{kernel: 3, dilation: 2}]", "[{kernel: 2, stride: 3}, {kernel: 2}]"],
        ["[{kernel: 3, stride: 3}, {kernel: 2}]"],
    ),
    "RG106": (
        ["[{kernel: 1, stride: 2}]", "[{kernel: 3, stride: 2, dilation: 2}]"],
        ["[{kernel: 2, stride: 2}]", "[{kernel: 3, stride: 2}]"],
    ),
    "RG107": (["[{kernel: 9}]\ninput: [8]"], ["[{kernel: 9}]\ninput: [9]", "[{kernel: 9}]"]),
    "RG108": (
        ["[{parallel: {branches: [[{kernel: 3, padding: [[0, 2]]}], [{kernel: 3}]]}}]"],
        [
            "[{residual: [{kernel: 3}]}]",
            # Both branches end at the output's own cell: causal by design.
            "[{residual: [{kernel: 3, dilation: 4, padding: causal}, {kernel: 1}]}]",
        ],
    ),
    "RG109": (
        [
            "[{conv_transpose: {kernel: 3, stride: 2}}]",
            "[{conv_transpose: {kernel: 5, stride: 3}}]",
        ],
        ["[{conv_transpose: {kernel: 4, stride: 2}}]", "[{upsample: {scale: 2}}, {kernel: 3}]"],
    ),
    "RG110": (
        [
            "[{conv_transpose: {kernel: 3, stride: 2, dilation: 2}}]",
            "[{conv_transpose: {kernel: 1, stride: 2}}]",
        ],
        ["[{conv_transpose: {kernel: 3, stride: 2, dilation: 3}}]"],
    ),
    "RG111": (
        [
            "[{kernel: 3, stride: 2}]",
            "[{kernel: 2, stride: 2, dilation: 2}]",
            "[maxpool: {kernel: 3, stride: 2}]",
        ],
        ["[{kernel: 4, stride: 2}]", "[{kernel: 1, stride: 2}]", "[maxpool: {kernel: 2}]"],
    ),
    "RG112": (["[{kernel: 3}, global_pool]"], ["[{kernel: 3}]"]),
    "RG113": (
        ["[{kernel: 3, dilation: 28}]\ninput: [65]"],
        [
            "[{kernel: 3, dilation: 24, padding: valid}]\ninput: [65]",
            "[{kernel: 3, dilation: 12}]\ninput: [65]",
            "[{kernel: 3, dilation: 31, padding_mode: circular}]\ninput: [65]",
        ],
    ),
    "RG114": (
        ["dims: 2\nlayers: [{parallel: {branches: [[{kernel: [1, 7]}], [{kernel: [7, 1]}]]}}]"],
        [
            "dims: 2\nlayers: [{kernel: 3, dilation: 2}]",
            "dims: 2\nlayers: [{kernel: [1, 7]}, {kernel: [7, 1]}]",
        ],
    ),
    "RG115": (
        ["[{stack: {kernel: 3, dilations: [1, 2, 4]}}]"],
        [
            "[{stack: {kernel: 3, dilations: [1, 2, 5]}}]",
            "[{stack: {kernel: 3, dilations: [2, 4]}}]",
        ],
    ),
}


def report(text, **options):
    return analyze(net(text if text.startswith("dims") else DIMS + text), **options)


def codes(text):
    return {finding.code for finding in report(text, measured=True).findings}


def test_uneven_use_is_told_with_the_measures_alone():
    text = CASES["RG111"][0][0]
    assert "RG111" not in {finding.code for finding in report(text).findings}
    assert "RG111" in codes(text)


def test_every_finding_has_a_case():
    assert set(CASES) == {code for code in CODES if code.startswith("RG1")}


@pytest.mark.parametrize("code", CASES)
def test_a_finding_is_told_where_it_is_true_and_not_in_a_near_miss(code):
    true, misses = CASES[code]
    assert [text for text in true if code not in codes(text)] == []
    assert [text for text in misses if code in codes(text)] == []


@pytest.mark.parametrize("code", CASES)
def test_a_finding_names_a_layer_of_the_network_and_a_cure(code):
    for text in CASES[code][0]:
        found = report(text)
        names = {node.name for node in found.network.nodes}
        for finding in found.findings:
            assert finding.layer in names
            assert finding.message
            assert finding.help
            assert finding.severity in ("error", "warning", "info")


def test_the_share_of_outputs_without_padding_is_that_of_a_count():
    """Chen et al. 2017: at rate 24 on a 65 x 65 map few outputs have all their taps inside."""
    text = "dims: 2\ninput: [65, 65]\nlayers: [{kernel: 3, dilation: 24}]"
    network = net(text)
    inside = sum(
        all(0 <= i < 65 for point in field(network, 1, (o, p)) for i in point)
        for o in range(65)
        for p in range(65)
    )
    finding = next(f for f in report(text).findings if f.code == "RG113")
    assert f"for {inside / 65**2:.1%} of its outputs" in finding.message


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", ["[[0, 40]]", "[[40, 0]]", "[[13, 27]]"])
def test_the_share_counts_strides_and_one_sided_padding(stride, padding):
    layer = f"{{kernel: 3, dilation: 20, stride: {stride}, padding: {padding}}}"
    text = f"dims: 1\ninput: [50]\nlayers: [{layer}]"
    network = net(text)
    outputs = network.nodes[1].size[0]
    inside = sum(all(0 <= i < 50 for (i,) in field(network, 1, (o,))) for o in range(outputs))
    told = [f.message for f in report(text).findings if f.code == "RG113"]
    share = inside / outputs
    assert bool(told) == (share < 0.25)
    for message in told:
        assert (f"for {share:.1%} of its" if inside else "for none of its") in message


def test_shifts_below_a_cell_of_the_merged_map_are_no_warning():
    half = "[{parallel: {branches: [[{kernel: 3, stride: 2}], [maxpool: {kernel: 2}]]}}]"
    full = "[{parallel: {branches: [[{kernel: 3}], [{kernel: 3, padding: [[0, 2]]}]]}}]"
    severity = {
        text: next(f.severity for f in report(text).findings if f.code == "RG108")
        for text in (half, full)
    }
    assert severity == {half: "info", full: "warning"}


def test_missing_corners_are_not_called_gridded():
    text = CASES["RG114"][0][0]
    found = report(text)
    assert found.output.holes
    assert not found.gridded
    assert "no gaps" in found.verdict
    assert report("[{kernel: 3, dilation: 2}]").gridded


def test_few_holes_at_the_rim_are_a_warning_and_a_grid_is_an_error():
    # Theorem T5: a deep stack with gcd 1 and smallest step 2 has its holes at the rim.
    rim = "[{stack: {kernel: 3, dilations: [2, 3, 2, 3, 2, 3, 2, 3, 2, 3]}}]"
    grid = "[{stack: {kernel: 3, dilations: [2, 2, 2]}}]"
    severity = [
        next(f.severity for f in report(text).findings if f.code == "RG101") for text in (rim, grid)
    ]
    assert severity == ["warning", "error"]


def test_what_is_left_aside_leaves_its_finding_behind():
    network = net("layers: [{kernel: 3}, squeeze_excite]")
    assert "RG112" in {f.code for f in analyze(network).findings}
    assert "RG112" not in {f.code for f in analyze(without_global(network)).findings}


def test_a_stage_with_holes_names_what_is_wrong_with_it_and_a_run_what_covers_it():
    holed = report("[{stack: {kernel: 3, dilations: [1, 2, 9]}, name: s}]")
    assert holed.findings[0].message == (
        "stage 1 ('input' -> 's.2') samples 84.0% of its field of 25, with holes of up to 2 cells, "
        "inside"
    )
    covered = report("[{stack: {kernel: 3, dilations: [1, 2, 2]}, name: s}]")
    (run,) = [f for f in covered.findings if f.code == "RG115"]
    assert run.message == (
        "stage 1 contains a lattice run of 2 sublattices, 's.0' -> 's.2', covered by 's.0'"
    )
    assert run.severity == "info"


@pytest.mark.parametrize("behind", ["", ", {kernel: 1}", ", relu"])
def test_a_stage_that_falls_apart_as_a_whole_is_told_once(behind):
    found = report(f"[{{stack: {{kernel: 3, dilations: [2, 2]}}}}{behind}]")
    assert [f.code for f in found.findings] == ["RG101", "RG102", "RG105"]
    assert len(found.stages[0].runs) == 1


def test_equal_findings_of_repeated_blocks_are_one_line_with_their_number_and_names():
    up = "{conv_transpose: {kernel: 3, stride: 2}, name: up%d}"
    text = "[" + ", ".join(up % number for number in range(7)) + "]"
    (found,) = [f for f in report(text).findings if f.code == "RG109"]
    assert found.layer == "up0"
    assert found.message.startswith("'up0' (kernel 3, stride 2) gives")
    assert found.message.endswith(
        "(the same 7 times: also at 'up1', 'up2', 'up3', 'up4' and 2 more)"
    )


def test_runs_of_one_stage_are_one_line_that_names_where_each_ends():
    found = report("[{repeat: {times: 2, layers: [{stack: {kernel: 3, dilations: [1, 2, 2]}}]}}]")
    (run,) = [f for f in found.findings if f.code == "RG115"]
    assert len(found.stages) == 1
    assert run.message.endswith("covered by 'conv1' (the same 2 times: also at 'conv6')")


def test_misaligned_branches_name_the_layers_that_look_beside_their_own_cell():
    """A centred 3x3 at stride 2 looks half a cell beside the middle of the two that it replaces."""
    text = (
        "[{residual: [{kernel: 3, stride: 2, padding: 1, name: down}, "
        "{upsample: {scale: 2}, name: up}]}]"
    )
    (found,) = [f for f in report(text).findings if f.code == "RG108"]
    assert found.severity == "info"
    assert "off their cell's centre: 'down' by 0.5" in found.message
    assert "'up'" not in found.message.partition("off their")[2]


def test_stages_before_a_source_or_beside_it_are_not_judged_by_it():
    text = (
        "dims: 1\nlayers:\n  - stack: {kernel: 3, dilations: [2, 2], name: a}\n"
        "  - {kernel: 2, stride: 2, name: s}\n  - stack: {kernel: 3, dilations: [2, 2], name: b}\n"
    )
    assert [s.measures.source for s in analyze(net(text)).stages] == ["input", "s"]
    (behind,) = analyze(net(text), source="s").stages
    assert (behind.measures.source, behind.input_holes) == ("s", True)
    both = "dims: 1\ninputs: {l: null, r: null}\nlayers:\n" + "".join(
        f"  - stack: {{kernel: 3, dilations: [2, 2], name: {name}s, from: {name}}}\n"
        for name in "lr"
    )
    found = {s.measures.source: s for s in analyze(net(both), layer="ls.1").stages}
    assert (found["l"].input_holes, found["r"].input_holes) == (True, None)
    assert not found["r"].unbounded


def test_a_verdict_begins_with_gridded_stages_where_the_output_is_covered():
    text = (
        "dims: 1\nlayers: [{kernel: 16, stride: 4, name: stem}, "
        "{stack: {kernel: 3, dilations: [2, 2], name: s}}]"
    )
    verdict = analyze(net(text)).verdict
    assert verdict.startswith("holes inside stage 1 ('stem' -> 's.1'); hole-free: ")
