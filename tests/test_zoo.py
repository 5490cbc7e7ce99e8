"""Do the shipped networks read, hold against the NumPy backend, and stand in the list?"""

import json
import re

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.growth import growth
from rfcalc.loading import load
from rfcalc.report import analyze
from rfcalc.spec import read_text
from rfcalc.verification.run import verify
from rfcalc.zoo import zoo_names, zoo_text
from tests.whole import sample

# Sizes are far below those of the papers, for time: the layers, and so the relations between
# them, are the same. Where nothing is said a network runs on this, by its number of axes.
SMALL = {1: (512,), 2: (32, 32), 3: (16, 16, 16)}
# Networks that do not fit together at that size, at the smallest that was found to do.
FITTING = {
    "alexnet": (64, 64),
    "alexnet-v2": (96, 96),
    "fcn8s": (52, 52),
    "googlenet": (64, 64),
    "hourglass4": (64, 64),
    "inception-resnet-v2": (75, 75),
    "inception-v3": (75, 75),
    "inception-v4": (75, 75),
    "unet": (188, 188),
    "unet3d": (92, 92, 92),
    "yu-koltun-frontend": (380, 380),
    # The sizes that these resample to stand in the file, changed below.
    "deeplabv3-resnet50": (64, 64),
    "deeplabv3plus": (64, 64),
    "pspnet": (65, 65),
}
# What is changed in a file: sizes that follow from the input, and depth where it is great.
CHANGED = {
    "deeplabv3-resnet50": {"size: [520, 520]": "size: [64, 64]", "size: [65, 65]": "size: [8, 8]"},
    "deeplabv3plus": {"size: [32, 32]": "size: [4, 4]"},
    "pspnet": {"size: 60": "size: 9", "size: 473": "size: 65"},
    "densenet264": {"depth: 64": "depth: 8", "depth: 48": "depth: 4"},
    "msdnet": {"times: 10": "times: 2"},
}
POSITIONS = 1
"""Outputs compared of every layer: the one in the middle, whose field meets the borders here."""


def compared(network):
    """Return the layers that are verified: all, or some of a network of many or of large ones."""
    layers = [row.name for row in growth(network).rows[1:]]
    if network.dims == 3:
        return sample(layers, 8)
    return sample(layers, 24) if len(layers) > 100 else layers


def run(*words):
    return CliRunner().invoke(app, ["zoo", *words])


@pytest.mark.parametrize("name", zoo_names())
def test_every_layer_holds_against_the_numpy_backend(name):
    text = zoo_text(name)
    for old, new in CHANGED.get(name, {}).items():
        assert old in text
        text = text.replace(old, new)
    network = load(f"zoo:{name}")
    size = FITTING.get(name, SMALL[network.dims])
    smaller = read_text(text, name, size)
    all_layers = [row.name for row in growth(smaller).rows[1:]]
    layers = compared(smaller)
    checks = []
    for layer in [None] if layers == all_layers else layers:
        found = verify(smaller, input=size, layer=layer, positions=POSITIONS)
        assert found.refutations == ()
        assert found.skipped == ()
        assert found.exact
        checks += found.checks
    assert {check.layer for check in checks} == {*layers}
    if "depth" not in str(CHANGED.get(name)) and "times" not in str(CHANGED.get(name)):
        assert all_layers == [row.name for row in growth(network).rows[1:]]


def test_a_wrong_mask_would_be_refuted():
    """The comparison above can fail: a layer whose taps are not its parameters' is found out."""
    import msgspec

    network = load("zoo:srcnn", input=(32, 32))
    other = load("k9p0,k1,k5d2p4", input=(32, 32))
    nodes = list(network.nodes)
    nodes[3] = msgspec.structs.replace(nodes[3], taps=other.nodes[3].taps)
    wrong = msgspec.structs.replace(network, nodes=tuple(nodes))
    assert verify(wrong, positions=POSITIONS).refutations


@pytest.mark.parametrize("name", zoo_names())
def test_a_network_names_its_source_what_was_published_and_the_answer(name):
    head = zoo_text(name).partition("\nname:")[0]
    assert re.match(r"# .+\.\n# source: .+, \d{4}, .+\n# published: .+\n# answer", head)
    assert f"\nname: {name}\n" in zoo_text(name)


def test_there_are_forty_networks_and_those_of_the_field():
    names = set(zoo_names())
    assert len(names) >= 40
    for name in (
        "vgg16",
        "resnet50",
        "resnet-v1-101-slim",
        "unet",
        "deeplabv3-resnet50",
        "wavenet",
    ):
        assert name in names


def test_the_list_agrees_with_analyze():
    found = json.loads(run("--format", "json").stdout)["networks"]
    assert [item["name"] for item in found] == zoo_names()
    for item in found:
        report = analyze(load(f"zoo:{item['name']}"))
        row = report.output
        assert item["rf"] == (None if row.rf is None else list(row.rf))
        assert item["density"] == row.density
        assert item["cells"] == row.cells
        assert item["unbounded"] == row.unbounded
        assert item["jump"] == [j if j is None else pytest.approx(float(j)) for j in row.jump]
        assert [(s["source"], s["target"], s["density"]) for s in item["stages"]] == [
            (s.measures.source, s.measures.layer, s.measures.density) for s in report.stages
        ]
        word = {"unbounded": "unbounded", "holes": "gridded", "corners missing": "no gaps"}
        assert word.get(item["verdict"], "hole-free") in report.verdict


def test_the_list_shows_field_jump_and_verdict():
    lines = run().stdout.splitlines()
    assert re.split(r"  +", lines[1])[:5] == ["network", "rf", "jump", "verdict", "density"]
    assert len(lines) == 2 + len(zoo_names())
    row = next(line for line in lines if line.startswith("deeplabv2-resnet101 "))
    assert re.split(r"  +", row)[1:6] == ["1411", "8", "hole-free", "1.000", "1 of 1"]


def test_a_name_prints_or_copies_its_file(tmp_path):
    assert run("unet").stdout == zoo_text("unet")
    assert run("zoo:unet").stdout == zoo_text("unet")
    path = tmp_path / "mine.yaml"
    assert run("unet", "-o", str(path)).stdout == ""
    assert path.read_text() == zoo_text("unet")
    (item,) = json.loads(run("unet", "-f", "json").stdout)["networks"]
    assert item["rf"] == [204, 204]
    assert item["source"].startswith("Ronneberger")


@pytest.mark.parametrize("words", [("resent50",), ("resent50", "-f", "json")])
def test_an_unknown_name_gets_the_nearest(words):
    (found,) = run(*words).exception.diagnostics
    assert found.code == "RF117"
    assert found.help == "did you mean 'resnet50'?"
