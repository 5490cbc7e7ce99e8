"""Is the verdict a fact of the network? The same function written otherwise has the same stages."""

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.gates import check
from rfcalc.layers import LAYERS
from rfcalc.loading import load
from rfcalc.network import Draft, build
from rfcalc.repair import repair
from rfcalc.report import analyze
from tests.brute import net
from tests.gridding.graphs import dilating
from tests.gridding.spellings import chains, module, network, reordered, respelt, text
from tests.whole import amount, sample

pytestmark = pytest.mark.slow


def verdict(given):
    """What must stay: stages with field, holes and their place, and the answer of the gate."""
    report = analyze(given)
    stages = [
        (
            s.measures.rf,
            s.measures.density,
            s.measures.largest_hole,
            s.rim_only,
            s.measures.sublattice_count,
        )
        for s in report.stages
    ]
    # The number of a stage follows the order of its ends, which is no fact of the function.
    return sorted(stages, key=repr), bool(check(given, {"no-gridding": True}))


@settings(max_examples=amount(150, 5000), deadline=None)
@given(st.data())
def test_shortcuts_gates_and_1x1s_change_no_verdict(data):
    parts = data.draw(chains())
    other = data.draw(respelt(parts))
    assert verdict(network(other)) == verdict(network(parts))


@settings(max_examples=amount(75, 2500), deadline=None)
@given(st.data())
def test_the_order_of_intervals_and_functions_change_no_verdict(data):
    parts = data.draw(respelt(data.draw(chains())))
    plain = verdict(network(parts))
    assert verdict(network(data.draw(reordered(parts)))) == plain
    assert verdict(network(parts, block=True)) == plain


@settings(max_examples=amount(75, 2500), deadline=None)
@given(st.data())
def test_wrapping_a_node_of_any_graph_in_a_1x1_changes_no_verdict(data):
    """An element-wise layer behind any node, read by all its readers."""
    given_net = data.draw(st.one_of(dilating(1, 8), dilating(2, 5)))
    place = data.draw(st.integers(0, len(given_net.nodes) - 1))
    drafts = []
    for position, node in enumerate(given_net.nodes):
        inputs = tuple(i + (i >= place and place < position) for i in node.inputs)
        drafts.append(Draft(node.name, node.layer, inputs))
        if position == place:
            drafts.append(Draft("put-in", LAYERS["relu"](), (position,)))
    other = build("other", given_net.dims, drafts, [None])
    assert verdict(other) == verdict(given_net)


SPELT = [
    "[{kernel: 3, stride: 2}, {kernel: 3}, {kernel: 3, dilation: 2}]",
    "[{kernel: 3, stride: 2}, {residual: [{kernel: 3}]}, {kernel: 3, dilation: 2}]",
    "[{residual: [{kernel: 3}]}, {kernel: 3, dilation: 2}]",
]


@pytest.mark.parametrize(
    "layers", [*SPELT, "[{residual: [{kernel: 3}]}, {kernel: 3, dilation: 2}]"]
)
def test_a_shortcut_around_the_undilated_layer_fails_no_gate(layers):
    assert check(net(f"layers: {layers}"), {"no-gridding": True}) == ()


def test_a_strided_codec_with_residual_units_of_1_3_9_passes():
    units = "".join(
        f"  - residual: [{{kernel: 7, dilation: {d}}}, {{kernel: 1}}]\n" for d in (1, 3, 9)
    )
    text = "dims: 1\nlayers:\n" + "".join(
        f"{units}  - {{kernel: {2 * s}, stride: {s}}}\n" for s in (2, 4, 5, 8)
    )
    given = net(text)
    assert check(given, {"no-gridding": True}) == ()
    assert [s.measures.density for s in analyze(given).stages] == [1.0] * 4


def conv(kernel, dilation):
    return {"conv": {"kernel": kernel, "dilation": dilation}}


DOWN = {"down": {"kernel": 3, "stride": 2}}
CASES = [
    [conv(3, 1), {"gate": {}}, {"res": [conv(3, 2)]}],
    [conv(2, 4), DOWN, {"norm": {}}, {"res": [conv(3, 2), {"act": {}}, conv(5, 6)]}],
    [{"res": [{"res": [conv(3, 3)]}, {"point": {}}]}, conv(3, 9), {"gate": {}}],
    [conv(5, 2), {"gate": {}}, DOWN, conv(3, 1), {"res": [conv(3, 2), {"gate": {}}]}],
]


@pytest.mark.parametrize("parts", CASES)
def test_a_module_its_program_and_its_onnx_file_have_the_stages_of_the_file(parts, tmp_path):
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnx")
    import rfcalc

    model, x = module(parts), torch.zeros(1, 1, 256)
    wanted = verdict(network(parts))
    assert verdict(rfcalc.from_torch(model, x)) == wanted
    path = tmp_path / "model.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, (x,), str(path), dynamo=False)
    assert verdict(load(str(path))) == wanted


ZOO = ["espnet", "deeplab-aspp-l", "tusimple-duc-hdc", "drn-c-26", "erfnet", "wavenet", "denseaspp"]


@pytest.mark.parametrize("name", sample(ZOO, 3))
def test_a_flat_file_has_the_stages_of_the_one_with_blocks(name):
    from rfcalc.conversion import convert

    given = load(f"zoo:{name}")
    flat = net(convert(given, flat=True).text)
    assert verdict(flat) == verdict(given)


def least(parts, file):
    """The least total change of dilations that repairs a network, and whether that is proven."""
    found = repair(text(parts), file, max_dilation=12)
    return found.change if found.text is not None else None


@settings(max_examples=amount(25, 1000), deadline=None)
@given(st.data())
def test_shortcuts_gates_and_order_change_no_least_repair(data):
    parts = data.draw(chains(most=3))
    if not any(s.measures.holes for s in analyze(network(parts)).stages):
        return
    wanted = least(parts, "plain.yaml")
    assert least(data.draw(respelt(parts)), "respelt.yaml") == wanted
    assert least(data.draw(reordered(parts)), "reordered.yaml") == wanted
