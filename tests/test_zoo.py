"""Do the shipped networks read, hold against the NumPy backend, and stand in the list?"""

import json
import re

import pytest
from typer.testing import CliRunner

from rfcalc.architectures import zoo_names, zoo_text
from rfcalc.cli import app
from rfcalc.interior import growth
from rfcalc.loading import load
from rfcalc.report import analyze
from rfcalc.spec import read_text
from rfcalc.verification.run import verify
from tests.listed import header
from tests.whole import sample

pytestmark = pytest.mark.slow

# Sizes are far below those of the papers, for time: the layers, and so the relations between
# them, are the same. Where nothing is said a network runs on this, by its number of axes.
SMALL = {1: (512,), 2: (32, 32), 3: (16, 16, 16)}
# Networks that do not fit together at that size, at the smallest that was found to do, and one
# whose output has 256 cells for one of the input.
FITTING = {
    "alexnet": (64, 64),
    "alexnet-v2": (96, 96),
    "dac": (1024,),
    "demucs": (25940,),
    "demucs-denoiser": (5460,),
    "efficientdet-d0": (128, 128),
    "encodec-24khz": (2560,),
    "fcn8s": (52, 52),
    "googlenet": (64, 64),
    "hifigan-v1": (4,),
    "hourglass4": (64, 64),
    "inception-resnet-v2": (75, 75),
    "inception-v3": (75, 75),
    "inception-v4": (75, 75),
    "soundstream": (1600,),
    "spliceai-10k": (80,),
    "unet": (188, 188),
    "unet3d": (92, 92, 92),
    "yu-koltun-frontend": (380, 380),
    # The sizes that these resample to stand in the file, changed below.
    "bisenet": (64, 64),
    "ddrnet-23-slim": (64, 64),
    "deeplabv3-resnet50": (64, 64),
    "deeplabv3-multigrid": (65, 65),
    "deeplabv3plus": (65, 65),
    "deeplabv3plus-xception65": (65, 65),
    "emanet": (33, 33),
    "fast-scnn": (64, 64),
    "icnet": (65, 129),
    "lednet": (64, 64),
    "pidnet-s": (64, 64),
    "pspnet": (65, 65),
    "stdc1": (64, 64),
    "dorn": (33, 33),
    # Their pools are changed to fit.
    "ce-net": (96, 96),
    "psmnet": (64, 64),
}
DECODER = {"{size: 33}": "{size: 5}", "size: 129": "size: 17", "{size: 513}": "{size: 65}"}
# What is changed in a file: sizes that follow from the input, and depth where it is great.
CHANGED = {
    "bisenet": {"h: 32, w: 32": "h: 2, w: 2"},
    "cgnet": {"n: 21": "n: 5"},
    "danet": {"size: [768, 768]": "size: [32, 32]"},
    "ddrnet-23-slim": {"h: 16, w: 32": "h: 1, w: 1"},
    "deeplabv3-resnet50": {"size: [520, 520]": "size: [64, 64]", "size: [65, 65]": "size: [8, 8]"},
    "deeplabv3-multigrid": {"size: [33, 33]": "size: [5, 5]", "size: [513, 513]": "size: [65, 65]"},
    "deeplabv3plus": DECODER,
    "deeplabv3plus-xception65": DECODER,
    "efficientdet-d0": {"units: 3": "units: 1", "units: 4": "units: 1", "times: 4": "times: 1"},
    "emanet": {"size: [513, 513]": "size: [33, 33]"},
    "fast-scnn": {"h: 32, w: 64": "h: 2, w: 2"},
    "fpenet": {"h: 64, w: 128": "h: 4, w: 4", "times: 8": "times: 2"},
    "hrnet": {"times: 4": "times: 1"},
    "icnet": {
        "h: 32, w: 64": "h: 2, w: 4",
        "kernel: [13, 25], stride: [10, 20]": "kernel: [1, 2], stride: 1",
        "kernel: [8, 15], stride: [5, 10]": "kernel: 1, stride: 1",
    },
    "lednet": {"h: 64, w: 128": "h: 8, w: 8"},
    "pidnet-s": {"h: 16, w: 32": "h: 1, w: 1"},
    "pspnet": {"size: 60": "size: 9", "size: 473": "size: 65"},
    "spliceai-10k": {"5000": "20"},
    "dorn": {"size: [49, 65]": "size: [5, 5]", "size: [385, 513]": "size: [33, 33]"},
    "ce-net": {"{size: 2}": "{size: 1}", "{size: 5}": "{size: 3}", "{size: 6}": "{size: 1}"},
    "psmnet": {"widest: 64": "widest: 16", "times: 15": "times: 2"},
    "basnet": {"units: 6": "units: 2", "units: 4": "units: 2", "times: 3": "times: 1"},
    "bts": {"depth: 36": "depth: 2", "depth: 24": "depth: 2", "depth: 12": "depth: 2"},
    "inceptionnext-atto": {"units: 6": "units: 2"},
    "replknet-31b": {"units: 18": "units: 2"},
    "tridentnet-resnet101": {"units: 22": "units: 2"},
    "u2net": {
        "residual: [level6]": "residual: [level2]",
        "residual: [level5]": "residual: [level2]",
        "residual: [level4]": "residual: [level1]",
        "residual: [level3]": "residual: [level1]",
    },
    "densenet264": {"depth: 64": "depth: 8", "depth: 48": "depth: 4"},
    "msdnet": {"times: 10": "times: 2"},
    "quartznet-15x5": {"times: 5": "times: 1"},
    "stdc1": {"h: 16, w: 32": "h: 2, w: 2"},
}
POSITIONS = 1
"""Outputs compared of every layer: the one in the middle, whose field meets the borders here."""


def compared(network):
    """Return the layers that are verified: all, or some of a network of many or of large ones."""
    layers = [row.name for row in growth(network).rows[1:]]
    if network.dims == 3:
        return sample(layers, 5)
    return sample(layers, 12) if len(layers) > 24 else layers


def run(*words):
    return CliRunner().invoke(app, ["zoo", *words])


@pytest.mark.parametrize("name", sample(zoo_names(), 70))
def test_every_layer_holds_against_the_numpy_backend(name):
    text = zoo_text(name)
    for old, new in CHANGED.get(name, {}).items():
        assert old in text
        text = text.replace(old, new)
    smaller = read_text(text, name, FITTING.get(name, SMALL[load(f"zoo:{name}").dims]))
    all_layers = [row.name for row in growth(smaller).rows[1:]]
    layers = compared(smaller)
    checks = []
    for layer in [None] if layers == all_layers else layers:
        found = verify(smaller, layer=layer, positions=POSITIONS)
        assert found.refutations == ()
        assert found.skipped == ()
        assert found.exact
        checks += found.checks
    assert {check.layer for check in checks} == {*layers}


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
        causes = row.unbounded and [c and {"by": c.by, "side": c.side} for c in row.unbounded]
        assert item["unbounded"] == causes
        assert item["jump"] == [j if j is None else pytest.approx(float(j)) for j in row.jump]
        stages = [(s.measures, s.measures.largest_hole) for s in report.stages]
        assert [tuple(s.values()) for s in item["stages"]] == [
            (m.source, m.layer, list(m.rf), m.density, m.holes, list(most)) for m, most in stages
        ]
        word = {
            "unbounded": "unbounded",
            "holes": "gridded",
            "corners missing": "no gaps",
            "cells not counted": "not known",
        }
        assert word.get(item["verdict"], "hole-free") in report.verdict


@pytest.mark.parametrize("name", zoo_names())
def test_a_header_has_all_that_the_list_shows(name):
    """`python -m tests.listed` renews it."""
    assert f"\n{header(name)}#" in zoo_text(name) or f"\n{header(name)}name:" in zoo_text(name)


def test_the_list_reads_headers_alone(monkeypatch):
    monkeypatch.setattr("rfcalc.spec.read_text", None)
    monkeypatch.setattr("rfcalc.loading.read_text", None)
    assert run().exit_code == 0


def test_the_list_shows_field_jump_and_verdict():
    lines = run().stdout.splitlines()
    assert re.split(r"  +", lines[1])[:5] == ["network", "rf", "jump", "verdict", "density"]
    assert len(lines) == 2 + len(zoo_names())
    row = next(line for line in lines if line.startswith("deeplabv2-resnet101 "))
    assert re.split(r"  +", row)[1:6] == ["1411", "8", "hole-free", "1.000", "0 of 1"]
    row = next(line for line in lines if line.startswith("espnet "))
    assert re.split(r"  +", row)[5] == "3 of 3"


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
