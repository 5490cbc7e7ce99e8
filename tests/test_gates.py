"""Do the gates hold what they promise, and does `rfcalc check` say so to people and machines?"""

import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.codes import CODES
from rfcalc.errors import RfcalcError
from rfcalc.gates import GATES, check
from rfcalc.hdc import hdc_check
from rfcalc.layers import LAYERS
from rfcalc.loading import load
from rfcalc.network import Draft, Input, build
from rfcalc.report import analyze
from tests.brute import field, gap, net, spans

ROOT = Path(__file__).parent.parent

# Gate: a limit, networks that miss it, networks that keep to it.
CASES = {
    "min-rf": ((10,), ["k3,k3", "k9,k1s4"], ["k3,k3s2,k5", "k11"]),
    "max-rf": ((10,), ["k3,k3d5", "k2,k10"], ["k3,k3d3", "k10"]),
    "min-density": (0.5, ["k3d2", "k2d9"], ["k3,k3d2", "k3s3,k2"]),
    "no-holes": (True, ["k3d2", "k2s3,k2"], ["k3,k3d2,k3d5", "k3s3,k3"]),
    "no-gridding": (True, ["k3s2,k3d2", "k3d2,k3d3"], ["k3s2,k3,k3d2", "k2s3,k2"]),
    "no-checkerboard": (
        True,
        [
            "layers: [{deconv: {kernel: 3, stride: 2}}]",
            "layers: [{deconv: {kernel: 1, stride: 2}}]",
        ],
        ["layers: [{deconv: {kernel: 4, stride: 2}}]", "k3s2"],
    ),
    "no-unseen": (True, ["k1s2", "k3s2d2"], ["k3s2", "k2s2"]),
    "hdc": (True, ["k3d2,k3d2", "k3,k3d4,k3d2"], ["k3,k3d2,k3d5", "k3,k3"]),
    "max-jump": ((4,), ["k3s2,k3s4", "k3s5"], ["k3s2,k3s2", "k3"]),
    "causal": (True, ["k3pcausal,k3", "k3"], ["k3pcausal,k5d2pcausal", "k1"]),
    "max-latency": (4, ["k3,k3d4", "k1s2,k7s3"], ["k3,k3d3", "k3pcausal"]),
    "max-look-ahead": (0, ["k3", "k3pcausal,k3"], ["k3pcausal"]),
    "max-look-back": (8, ["k3d9", "k3pcausal,k3d4pcausal"], ["k3d8", "k5d2pcausal"]),
}


def network(text):
    return net(text) if text.startswith("layers") else load(text)


def run(*words):
    return CliRunner().invoke(app, ["check", *map(str, words)])


def test_every_gate_has_cases_an_option_and_a_code():
    assert set(CASES) == set(GATES)
    text = re.sub(r"\x1b\[[0-9;]*m", "", run("--help").output)
    for name, gate in GATES.items():
        assert f"--{name}" in text
        assert gate.code in CODES
        assert name in CODES[gate.code].title


@pytest.mark.parametrize("name", CASES)
def test_a_gate_fails_what_misses_it_and_passes_what_keeps_it(name):
    to, missing, keeping = CASES[name]
    assert [t for t in missing if [f.gate for f in check(network(t), {name: to})] != [name]] == []
    assert [t for t in keeping if check(network(t), {name: to})] == []


@pytest.mark.parametrize("name", CASES)
def test_a_failure_names_a_layer_a_code_and_a_cure(name):
    to, missing, _ = CASES[name]
    found = network(missing[0])
    (failure,) = check(found, {name: to})
    assert failure.layer in {node.name for node in found.nodes}
    assert f"'{failure.layer}'" in failure.message
    assert failure.code == GATES[name].code
    assert failure.help


CHAINS = ["".join(f"k{k}s{s}d{d}," for k, s, d in layers).rstrip(",") for layers in product(
    product((1, 2, 3), (1, 2), (1, 2, 3)), repeat=2
)]  # fmt: skip


@pytest.mark.parametrize("text", CHAINS[::7])
def test_density_holes_and_extent_are_those_of_brute_force(text):
    found = load(text)
    points = field(found, found.output, (0, 0))
    extents = tuple(high - low + 1 for low, high in spans(points))
    density = len(points) / (extents[0] * extents[1])
    assert bool(check(found, {"no-holes": True})) == (density < 1)
    assert not check(found, {"min-density": density - 1e-9, "min-rf": extents, "max-rf": extents})
    short, long = tuple(n + 1 for n in extents), tuple(max(1, n - 1) for n in extents)
    assert len(check(found, {"min-rf": short, "max-rf": long})) == 1 + (extents[0] > 1)
    if density < 1:
        assert check(found, {"min-density": density + 1e-9})
        message = check(found, {"no-holes": True})[0].message
        hole = max(gap(points, axis) for axis in (0, 1))
        assert f"{density:.1%}" in message
        assert f"up to {hole} cell" in message


@pytest.mark.parametrize("rates", [r for r in product((1, 2, 3, 4), repeat=3) if max(r) > 1][::3])
def test_the_hdc_gate_agrees_with_hdc_check_on_chains(rates):
    found = load(",".join(f"k3d{rate}" for rate in rates))
    assert (not check(found, {"hdc": True})) == hdc_check(rates).ok


def test_the_least_field_is_that_of_the_smallest_phase():
    """A U-Net has field 188 on 4 of 16 phases and 204 on the others (THEORY 3, T9)."""
    found = load("zoo:unet")
    assert not check(found, {"min-rf": (188,), "max-rf": (204,)})
    (failure,) = check(found, {"min-rf": (189,)})
    assert "188 x 188 on phase" in failure.message
    (failure,) = check(found, {"max-rf": (203,)})
    assert "204 x 204" in failure.message


def test_limits_hold_per_axis():
    found = net("layers: [{kernel: [3, 9]}]")
    assert not check(found, {"min-rf": (3, 9), "max-rf": (3, 9)})
    assert [f.gate for f in check(found, {"min-rf": (4, 1)})] == ["min-rf"]
    assert [f.gate for f in check(found, {"max-rf": (3, 8)})] == ["max-rf"]
    with pytest.raises(RfcalcError, match="RF406 min-rf has 3 values"):
        check(found, {"min-rf": (1, 1, 1)})


def test_a_named_pair_is_judged_alone():
    found = load("zoo:deeplabv3-resnet50")
    gates = {"no-gridding": True}
    holed = load("zoo:espnet")
    assert len(check(holed, gates)) == 3
    assert len(check(holed, gates, "conv2", "cat2")) == 1
    assert not check(holed, gates, None, "conv2")
    assert not check(found, gates)
    holes = check(found, {"no-holes": True}, "add8", "layer4")
    assert "the field" not in holes[0].message
    assert not check(found, {"no-holes": True}, None, "layer4")
    with pytest.raises(RfcalcError, match="RF405"):
        check(found, gates, "layer4", "layer3")
    with pytest.raises(RfcalcError, match="did you mean 'layer4'"):
        check(found, gates, None, "layer44")


def test_an_unbounded_field_is_enough_too_much_and_nothing_to_measure():
    found = load("zoo:efficientnet-b0")
    assert not check(found, {"min-rf": (100000,), "no-gridding": True})
    gates = {"max-rf": (10**9,), "min-density": 0.1, "no-holes": True, "no-unseen": True}
    failures = check(found, gates)
    assert [f.gate for f in failures] == list(gates)
    assert not check(found, {"no-holes": True, "min-density": 1.0}, ignore_global=True)
    for failure in failures:
        assert "squeeze_excite1" in failure.message
        assert "`ignore_global=True`" in failure.help


def test_a_gridded_stage_points_to_its_largest_step():
    text = "layers:\n  - {kernel: 3}\n  - {kernel: 3, dilation: 2}\n  - {kernel: 3, dilation: 9}\n"
    (failure,) = check(net(text), {"no-gridding": True})
    assert (failure.layer, failure.at.line) == ("conv3", 4)


def test_a_check_needs_no_array():
    words = [f"--{name}" for name, gate in GATES.items() if gate.kind == "flag"]
    words += ["--min-rf", "9", "zoo:deeplabv3-resnet50", "zoo:espnet", "zoo:unet", "zoo:drn-c-26"]
    code = (
        "import sys\nfrom rfcalc.cli import app\n"
        f"try: app(['check', *{words!r}])\nexcept SystemExit: pass\n"
        "print('numpy' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip().endswith("False")
    assert "RG205" in done.stdout


def test_what_is_left_aside_for_the_field_still_bounds_the_stages():
    text = (
        "layers: [{kernel: 3}, {kernel: 3, dilation: 9, name: far}, squeeze_excite, "
        "{kernel: 3, dilation: 2}, {maxpool: {kernel: 8, stride: 1, padding: 3}}]"
    )
    gates = {"no-gridding": True, "no-holes": True}
    told = [(f.gate, f.layer) for f in check(net(text), gates, ignore_global=True)]
    assert told == []
    holed = net(text.replace("kernel: 8", "kernel: 1").replace("padding: 3", "padding: 0"))
    told = [(f.gate, f.layer) for f in check(holed, gates, ignore_global=True)]
    assert told == [("no-gridding", "far"), ("no-holes", "maxpool1")]


def test_a_hole_at_the_rim_fails_the_gate_and_is_told_from_one_inside():
    for rates, where in (("[2, 3]", "at its rim only"), ("[1, 2, 9]", "inside")):
        network = net(f"layers: [{{stack: {{kernel: 3, dilations: {rates}}}}}]")
        (failure,) = check(network, {"no-gridding": True})
        assert f", {where}; its largest step is" in failure.message
    runs = net("layers: [{stack: {kernel: 3, dilations: [1, 3, 9]}}]")
    assert check(runs, {"no-gridding": True}) == ()


def test_branches_without_holes_pass_the_hdc_gate():
    """The rules say nothing of branches, so holes decide."""
    branches = "[[{kernel: 3}, {kernel: 3, dilation: 2}], [{kernel: 7}]]"
    text = f"dims: 1\nlayers: [{{parallel: {{branches: {branches}}}}}]"
    (stage,) = analyze(net(text)).stages
    assert not stage.stage.chain
    assert not check(net(text), {"hdc": True})
    (failure,) = check(net(text.replace("7", "1").replace("n: 2", "n: 9")), {"hdc": True})
    assert failure.gate == "hdc"


HEADS = """
input: [64, 64]
layers:
  - {kernel: 3, name: near}
  - {stack: {kernel: 3, dilations: [1, 2, 4], name: body}}
  - {kernel: 3, name: far, from: body}
  - {op: identity, from: near, name: edge}
"""


def test_every_output_is_judged_where_no_layer_is_named():
    found = net(HEADS)
    assert [found.nodes[i].name for i in found.outputs] == ["far", "edge"]
    (failure,) = check(found, {"max-rf": (6,)})
    assert (failure.layer, "19 x 19" in failure.message) == ("far", True)
    assert not check(found, {"max-rf": (6,)}, layer="edge")
    assert [f.layer for f in check(found, {"min-rf": (20,)})] == ["far", "edge"]


def test_a_fault_of_a_layer_is_told_once_for_all_outputs_behind_it():
    text = HEADS.replace("[1, 2, 4]", "[9, 9]")
    text += "  - {op: identity, from: far, name: again}\n"
    faults = check(net(text), {"no-gridding": True})
    assert len(faults) == len({f.message for f in faults})


def test_every_input_is_judged_and_named():
    conv = LAYERS["conv"]
    drafts = [Draft("a", Input()), Draft("b", Input())]
    drafts += [Draft("slim", conv(kernel=(3,)), (0,)), Draft("wide", conv(kernel=(9,)), (1,))]
    found = build("net", 1, [*drafts, Draft("sum", LAYERS["add"](), (2, 3))], [(40,), (40,)])
    (failure,) = check(found, {"max-rf": (5,)})
    assert "'sum' on 'b' is 9" in failure.message
    assert not check(found, {"max-rf": (5,)}, source="a")


def test_an_axis_without_end_passes_the_least_field_alone():
    text = "input: [20, 40]\nlayers: [{kernel: 3}, {op: global_pool, over: [true, false]}, "
    found = net(text + "{kernel: [1, 3], dilation: [1, 2]}, {kernel: [1, 3], dilation: [1, 2]}]")
    (least,) = check(found, {"min-rf": (1000,)})
    assert "is all x 11, below 1000 x 1000" in least.message
    assert not check(found, {"min-rf": (1000, 11), "no-holes": True, "min-density": 1.0})
    (most,) = check(found, {"max-rf": (1000,)})
    assert "global_pool1" in most.message
