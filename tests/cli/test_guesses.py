"""Do first guesses work, or are they met with the line that does?"""

import json
import os

import pytest

SAME = {
    "k3,k3d2": "analyze k3,k3d2",
    "zoo:unet": "analyze zoo:unet",
    "net.yaml": "analyze net.yaml",
    "rf k3,k3d2": "analyze k3,k3d2",
    "analyse k3": "analyze k3",
    "hdc 1,2,5": "hdc-check 1,2,5",
    "hdc_check 1,2,5": "hdc-check 1,2,5",
    "HDC-check 1,2,5": "hdc-check 1,2,5",
    "version": "--version",
    "help": "--help",
    "help zoo": "zoo --help",
    "analyze k3 --json": "analyze k3 --format json",
    "compare k3 k5 --csv": "compare k3 k5 --format csv",
    "analyze k3 --md": "analyze k3 --format markdown",
    "analyze k3 --tex": "analyze k3 --format latex",
    "analyze k3 -f md": "analyze k3 -f markdown",
    "analyze k3 --format=tex": "analyze k3 --format latex",
    "graph k3 --mermaid": "graph k3 --format mermaid",
    "check k3 --no_holes --no_config": "check k3 --no-holes --no-config",
    "analyze k3 --ignore_global": "analyze k3 --ignore-global",
    "hdc-check 1 2 5": "hdc-check 1,2,5",
    "hdc-check [1,2,5]": "hdc-check 1,2,5",
    "hdc-check [1, 2, 5]": "hdc-check 1,2,5",
    "hdc-check (1,2,5)": "hdc-check 1,2,5",
    "hdc-check 1-2-5": "hdc-check 1,2,5",
    "hdc-check 1:2:5": "hdc-check 1,2,5",
    "hdc-check 1/2/5": "hdc-check 1,2,5",
    "hdc-check d1,d2,d5": "hdc-check 1,2,5",
    "hdc-check d1 d2 d5": "hdc-check 1,2,5",
    "hdc-check r=1,2,5": "hdc-check 1,2,5",
    "hdc-check dilations=[1,2,5]": "hdc-check 1,2,5",
    "analyze k3 --input 64x48": "analyze k3 --input 64,48",
    "analyze k3 --input (64,48)": "analyze k3 --input 64,48",
    "analyze k3 --no-color": "analyze k3",
    "--no-color analyze k3": "analyze k3",
    "zoo list": "zoo",
    "design 65": "design --rf 65",
    "analyze k3 --input 224X160": "analyze k3 --input 224,160",
    "hdc-check [1,2, 5]": "hdc-check 1,2,5",
}
"""First guesses, and the lines that they stand for."""

HINTS = {
    "analyze k3,,k3d2": "a comma too many",
    "analyze k3-k3d2": "did you mean 'k3,k3d2'?",
    "analyze k3;k3d2": "did you mean 'k3,k3d2'?",
    "analyze k3->k3d2": "did you mean 'k3,k3d2'?",
    "analyze k3r2": "did you mean 'k3d2'?",
    "analyze k3*3": "k3,k3,k3",
    "analyze 4xk3": "layer by layer: k3,k3d2",
    "analyze c3,c3d2": "layer by layer: k3,k3d2",
    "analyze k3s2.5": "whole numbers",
    "analyze k3 --depth all": "omit it for every level",
    "analyze k3 --sort rf": "rows stand as the layers do",
    "analyze k3 --width 160": "as wide as the terminal",
    "analyze k3 --precision 3": "--format json has every digit",
    "analyze k3 --stride 2": "k3s2",
    "analyze zoo/vgg16": "did you mean 'zoo:vgg16'?",
    "analyze zoo.vgg16": "did you mean 'zoo:vgg16'?",
    "analyze zoo:unet.yaml": "did you mean 'unet'?",
    "analyze k3 --input 1,3,224,224": "without batch and channels",
    "analyze k3 224,224": "--input 224,224",
    "analyze k3 --html": "rfcalc report NET -o FILE.html",
    "hdc-check 1,2,5 3": "more than one list",
    "hdc-check 1,2,5 --suggest 3": "--kernel",
    "hdc-check 1,2,5 k3": "rfcalc hdc-check 1,2,5 --kernel 3",
    "hdc-check --dilations 1,2": "stand alone: rfcalc hdc-check",
    "heatmap k3 --size 3x3 -o a.png": "the width in inches",
    "heatmap k3 --interactive": "rfcalc report NET -o page.html",
    "heatmap k3 --legend off": "--bare",
    "tile k3 --gpu 8": "did you mean --max-pixels?",
    "tile k3 --align 32": "follows from the strides",
    "stream k3 --fps 30": "did you mean --rate?",
    "check k3 --receptive-field 3": "did you mean --min-rf N?",
    "convert k3 new.yaml": "-o new.yaml",
    "fix k3d2,k3d2 new.yaml": "-o new.yaml",
    "fix k3d2 --dry-run": "nothing is written without -o",
    "fix k3d2 --inplace": "which may be the file itself",
    "verify k3 --tol 1e-6": "without a tolerance",
    "verify k3 --samples 5": "did you mean --positions?",
    "design --target 65": "did you mean --rf?",
    "design --rf 65 --dims 2": "of one axis",
    "design --rf 65x65": "--rf 65",
    "design --rf 100 --num-layers 4": "did you mean --layers?",
    "erf k3 --images folder": "'k3' is not a model that rfcalc runs",
    "erf k3 --checkpoint a.pth": "did you mean --weights?",
    "where k3 3,3": "--at 3,3",
    "where k3 --point 3,3": "did you mean --at?",
    "fit k3 --coco a.json": "did you mean --sizes?",
    "report k3 -o a.html --theme dark": "light or dark as that is",
    "scan . --glob x": "a network per line chooses",
    "explain M2": "rfcalc hdc-check",
    "conv3": "layer by layer: k3,k3d2",
    "vgg-16": "did you mean 'zoo:vgg16'?",
    "rfcalc k3": "rfcalc stands once: rfcalc k3",
    "1 2 5": "rfcalc hdc-check 1,2,5",
    "completion": "--install-completion",
    "config": "did you mean 'check'?",
    "why k3": "did you mean 'explain'?",
    "1,2,5": "rfcalc hdc-check 1,2,5",
    "analyze 1,2,5": "rfcalc hdc-check 1,2,5",
    "hdc-check k3,k3d2": "rfcalc analyze k3,k3d2",
    "--json analyze k3": "rfcalc analyze NET --json",
    "plot k3": "did you mean 'heatmap'",
    "summary k3": "did you mean 'analyze'",
    "diff k3 k5": "did you mean 'compare'",
    "lint k3": "did you mean 'check'",
    "analyze k3 k3d2": "k3,k3d2",
    "analyze a.yaml b.yaml": "rfcalc compare",
    "heatmap k3 out.png": "-o out.png",
    "analyze k3 224 224": "--input 224,224",
    "analyze k3 --input-size 3,3": "did you mean --input?",
    "analyze k3 --input_shape 3,3": "did you mean --input?",
    "heatmap k3 --figsize 3": "did you mean --size INCHES?",
    "analyze k3 --dilations 1,2": "k3,k3d2,k3d5",
    "growth k3 --json": "no such format",
    "heatmap k3 --what paths": "-o out.png",
    "analyze net.yml": "did you mean 'net.yaml'?",
    "analyze net": "did you mean 'net.yaml'?",
    "analyze nett.yaml": "did you mean 'net.yaml'?",
    "analyze K3,K3D2": "k3,k3d2",
    "analyze k3d2c": "k3d2pcausal",
    "analyze k3,k3d2pc": "did you mean 'k3d2pcausal'?",
    "analyze k3,mp2": "did you mean 'maxpool2'?",
    "analyze k3,conv3d2": "did you mean 'k3d2'?",
    "analyze k3,pool2,k3": "did you mean 'maxpool2'?",
    "analyze k3,relu,k3": "omit it",
    "analyze k3,d2": "did you mean 'k3d2'?",
    "analyze conv3,conv3d2": "k3,k3d2",
    "analyze 1 2 5": "rfcalc hdc-check 1,2,5",
    "analyze [1,2,5]": "rfcalc hdc-check 1,2,5",
    "analyze 1-2-5": "rfcalc hdc-check 1,2,5",
    "zoo show vgg16": "omit 'show'",
    "analyze zoo:pspnet-resnet50": "there is pspnet",
    "analyze k3 --size 3": "did you mean --input?",
    "analyze k3 --1d": "did you mean --dims",
    "analyze k3 -O a.json": "did you mean -o FILE?",
    "analyze k3 --color": "--no-color leaves it away",
    "analyze k3 --format html": "rfcalc report NET -o FILE.html",
    "analyze k3 -f yaml": "rfcalc convert NET -o FILE.yaml",
    "compare k3 k5 -f png": "rfcalc heatmap NET -o FILE.png",
    "-V": "did you mean --version?",
    "receptive-field k3": "did you mean 'analyze'",
    "dilations 1,2": "did you mean 'hdc-check'",
    "tile unet.py": "unet.py:MyModel --input 1,3,224,224",
    "tile folder/nets.py": "folder/nets.py:Second --input 1,3,224,224",
    "tile folder/nets:First": "did you mean 'folder/nets.py:First'?",
    "tile other/nets:First": "other.nets:First --input 1,3,224,224",
    "tile nets.Second": "nets:Second --input 1,3,224,224",
    "tile nets:Second()": "nets:Second --input 1,3,224,224",
    "tile folder/net.py:First": "did you mean 'folder/nets.py:First'?",
    "tile unet.py:UNet": "there is no file 'unet.py'",
    "analyze torchvision.models.resnet18": "torchvision.models:resnet18 --input",
    "analyze folder": "rfcalc scan folder -o results.jsonl",
    "analyze resnet_50": "zoo:resnet50",
    "analyze UNet": "zoo:unet",
    "analyze https://a.org/unet": "download it first",
    "analyze net.yaml --dims 1": "`dims`",
    "heatmap k3,k3d2 k3,k3d9": "--compare k3,k3d9",
    "heatmap k3 -o a.tex": "a.pgf",
    "heatmap k3 --font-size 8 -o a.pdf": "-o FILE.pgf",
    "heatmap k3 --size 8cm -o a.pdf": "without a unit: 3.15",
    "heatmap k3 --size 3.3in -o a.pdf": "without a unit: 3.3",
    "heatmap k3 --panels -o a.pdf": "did you mean --all-layers?",
    "stream k3 --dims 1 --rate 16k --frame 20 ms": "one word: 10ms",
    "stream k3 --dims 1 --latency": "the answer has look-back",
    "stream k3 --dims 1 --max-latency 9": "rfcalc check NET --max-latency N",
    "check k3 --max-latency 10ms --sr 16k": "--rate",
    "check k3 --exclude k5": "with a reason",
    "check k3 --select RG205": "with a reason",
    "check k3 --exit-zero": "--update-baseline",
    "check k3 --output-format github": "did you mean --format?",
    "check k3 --min-receptive-field 3": "did you mean --min-rf N?",
    "baseline k3": "did you mean 'check --update-baseline'",
    "tile k3 --window 512": "the window without its halo",
    "tile k3 --patch-size 512": "the window without its halo",
    "tile k3 --roi-size 512": "the window without its halo",
    "tile k3 --stride 512": "window, stride and overlap",
    "tile k3 --max-pixels 512x512": "262144",
    "hdc-check 1,2 --plot": "are drawn",
    "hdc-check 1,2 --k 5": "did you mean --kernel?",
    "verify k3 --torch": "did you mean --backend torch?",
    "heatmap k3 --format pdf": "-o FILE.pdf",
    "heatmap k3 --no-title": "did you mean --bare?",
    "growth k3 --pdf": "-o FILE.pdf",
    "analyze k3 --steps": "did you mean --derive?",
    "derive k3": "did you mean 'analyze --derive'",
    "stream k3 --fs 16000": "did you mean --rate?",
    "stream k3 --sample-rate 16000": "did you mean --rate?",
    "stream k3 --chunk-size 160": "did you mean --frame?",
    "stream k3 --causal": "k3pcausal",
    "stream k3,k3d2": "--dims 1",
    "tile k3 --overlap 64": "the overlap in the words of tools",
    "tile k3 --vram 8": "did you mean --max-pixels?",
    "tile k3 --image 64,64": "did you mean --input?",
    "check k3 --config a.toml": "pyproject.toml",
    "check k3 --strict": "--no-gridding, --no-holes, --hdc",
    "check k3 --fail-on RG101": "--no-gridding, --no-holes, --hdc",
    "check k3 --verbose": "unless --quiet",
    "analyze k3 --verbose": "did you mean --all?",
    "calculator": "did you mean 'analyze --derive'",
    "design 3 25": "--layers N --rf 25",
    "analyze k3 -o fig.png": "rfcalc heatmap NET -o fig.png",
    "compare k3 k5 -o fig.pdf": "rfcalc heatmap NET -o fig.pdf",
    "analyze k3 -o page.html": "rfcalc report NET -o page.html",
    "hdc-check 1,2 --kernel-size 5": "did you mean --kernel?",
    "hdc-check 1,2 --kernel 3x5": "3 and 5 are judged one by one",
    "hdc-check 1,2 --explain": "are drawn",
    "analyze k3 --kernel 5": "k3,k3d2p0",
    "stream k3 --padding causal": "k5s2pcausal",
    "stream k3 --axis time": "--axis 0",
    "export k3 --format npy": "-o FILE.npy",
    "export k3 --format=npz": "-o FILE.npz",
    "growth k3 --png": "-o FILE.png",
    "heatmap k3 --what density": "did you mean 'mask'?",
    "heatmap k3 --what path_counts": "did you mean 'paths'?",
    "heatmap k3 --what gradient": "did you mean 'erf'?",
    "tile k3 --verify --backend pytorch": "did you mean 'torch'?",
    "heatmap k3 --show": "drawn in the terminal",
    "heatmap k3 --contour": "contours",
    "heatmap k3 --xlabel time": "--layout",
    "heatmap k3 --time": "with --rate",
    "heatmap k3 --log": "did you mean --scale log?",
    "heatmap k3 --caption (a)": "--letters",
    "heatmap k3 --colormap magma": "did you mean --cmap?",
    "figure k3": "did you mean 'heatmap'?",
    "analyze k3 --columns name,rf": "did you mean 'layer'?",
    "analyze k3 --columns kernel_size": "did you mean 'kernel'?",
    "analyze k3 --columns receptive_field": "did you mean 'rf'?",
    "report k3 -o page.pdf": "-o page.html",
    "analyze 3x3,3x3d2": "k3,k3d2",
    "analyze k=3,d=2": "k3,k3d2",
    "analyze zoo": "zoo:",
    "check k3 --junitxml=out.xml": "--format junit -o FILE.xml",
    "check k3 --fix": "rfcalc fix NET",
    "check k3 --max-macs 9": "no gate",
    "check k3 --parallel 4": "rfcalc scan DIR --jobs N",
    "check k3 --min-density 90%": "a share of 1: 0.9",
    "design k3,k3d2 --rf 65": "rfcalc fix k3,k3d2 --rf N",
    "explain sawtooth": "rfcalc hdc-check",
    "tutorial": "did you mean '--help'?",
    "tile k3 --batch 4": "batches and blending",
}
"""First guesses that cannot be answered, and what is said instead."""


@pytest.fixture(autouse=True)
def _inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    (tmp_path / "net.yaml").write_text("layers: [{kernel: 3}, {kernel: 3, dilation: 2}]\n")
    (tmp_path / "folder").mkdir()
    two = "class First(nn.Module):\n    pass\n\n\nclass Second(nn.Module):\n    pass\n"
    two = f"from torch import nn\n\n\n{two}"
    (tmp_path / "folder" / "nets.py").write_text(two)


def words(line):
    """The words of a line; what stands in brackets is one, as in quotes."""
    head, sign, rest = line.partition("[")
    return [*head.split(), *([sign + rest] if sign else [])]


@pytest.mark.parametrize("guess", [guess for guess in SAME if guess != "zoo list"])
def test_a_first_guess_is_the_line_that_it_stands_for(run, guess):
    found = run(*words(guess))
    assert found == run(*words(SAME[guess]))
    assert found[0] == 0, found[2]


@pytest.mark.parametrize("guess", HINTS)
def test_a_guess_that_cannot_be_answered_is_met_with_what_can(run, guess):
    status, out, err = run(*guess.split())
    assert (status, out) == (2, "")
    assert HINTS[guess] in err, err
    assert len(err.splitlines()) <= 6


def test_a_class_that_a_file_does_not_have_is_met_with_the_nearest(run):
    pytest.importorskip("torch")
    status, out, err = run("tile", "folder/nets.py:Secnod", "--input", "1,3,8,8")
    assert (status, out) == (2, "")
    assert "did you mean 'Second'?" in err


@pytest.mark.parametrize("option", ["--log-x", "--transparent", "--xyz"])
def test_an_option_that_is_near_none_is_not_met_with_one(run, option):
    err = run("heatmap", "k3", option)[2]
    assert "did you mean" not in err
    assert "there is --output, --what" in err


@pytest.mark.parametrize("term", ["effective kernel", "Effective Kernel", "my kernel"])
def test_a_term_that_is_no_code_is_met_with_the_command_that_tells_it(run, term):
    status, _, err = run("explain", term)
    assert status == 2
    assert "rfcalc analyze NET --derive" in err


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Conv2d: {kernel_size: 3}", "conv: {kernel_size: 3, padding: 0}"),
        ("nn.MaxPool2d: {kernel_size: 2}", "maxpool: {kernel_size: 2, padding: 0}"),
        ("torch.nn.ReLU", "relu"),
        ("BatchNorm2d", "batchnorm"),
    ],
)
def test_a_layer_by_its_name_in_pytorch_is_met_with_ours_and_the_other_default(
    run, tmp_path, theirs, ours
):
    (tmp_path / "torch.yaml").write_text(f"layers:\n- {theirs}\n")
    status, _, err = run("analyze", "torch.yaml")
    assert status == 2
    assert f"write '{ours.partition(':')[0]}'" in err
    assert ("padding: 0" in err) == ("padding" in ours)
    (tmp_path / "ours.yaml").write_text(f"layers:\n- {ours}\n")
    assert run("analyze", "ours.yaml", "-q")[0] == 0


def layers(run, *line):
    """Kind, padding, field and jump of each layer but the input."""
    found = json.loads(run("analyze", *line, "-f", "json")[1])["layers"][1:]
    return [(one["op"], one["padding"], one["rf"], one["jump"]) for one in found]


@pytest.mark.parametrize(
    ("chain", "file"),
    [
        ("k3,maxpool2,k3d2", "[{kernel: 3}, {maxpool: {kernel: 2}}, {kernel: 3, dilation: 2}]"),
        ("avgpool3s2,up2", "[{avgpool: {kernel: 3, stride: 2}}, {upsample: {scale: 2}}]"),
        ("k2d4pcausal", "[{kernel: 2, dilation: 4, padding: causal}]"),
        ("k3x5s2pvalid", "[{kernel: [3, 5], stride: 2, padding: valid}]"),
    ],
)
def test_a_chain_with_words_is_the_file_that_says_the_same(run, tmp_path, chain, file):
    (tmp_path / "file.yaml").write_text(f"layers: {file}\n")
    assert layers(run, chain) == layers(run, "file.yaml")
    run("convert", chain, "-o", "chain.yaml")
    assert layers(run, "chain.yaml") == layers(run, chain)


def test_a_chain_is_repaired_with_its_words(run, tmp_path):
    assert run("fix", "maxpool2,k3d2pcausal,k3d2,up2", "-o", "fixed.yaml")[0] == 0
    text = (tmp_path / "fixed.yaml").read_text()
    assert "- maxpool: {kernel: 2}" in text
    assert "padding: causal" in text
    assert "- upsample: {scale: 2}" in text


def test_the_axes_of_a_chain_are_those_asked_for(run):
    for dims in (1, 2, 3):
        found = json.loads(run("analyze", "k3,k3d2", "--dims", dims, "--json")[1])
        assert found["network"]["dims"] == dims
    assert run("analyze", "k3", "--dims", 1, "--input", "8,8")[2].startswith("RF106")
    told = json.loads(run("compare", "k3,k3d9", "net.yaml", "--dims", "2", "--json")[1])
    assert told


def test_a_mask_and_growth_are_drawn_where_no_file_is_named(run):
    status, out, err = run("heatmap", "k3d2,k3d2")
    assert (status, err) == (0, "")
    rows = [line for line in out.splitlines() if "\u2588" in line and "sampled" not in line]
    assert [row.count("\u2588") for row in rows] == [2 * 5] * 5
    assert len(out.splitlines()) == 2 + 9
    status, out, err = run("growth", "k3,k3d2,maxpool2")
    assert (status, err) == (0, "")
    bars = [line.count("\u2588") for line in out.splitlines()[2:]]
    assert bars == sorted(bars)
    assert [line.split()[1] for line in out.splitlines()[2:]] == ["1", "3", "7", "8"]


def test_a_word_is_explained_by_the_codes_that_hold_it(run):
    out = run("explain", "gridding")[1]
    assert out.splitlines()[1].split()[0] == "RG101"
    assert run("explain", "nosuchword")[2].startswith("RF406")
    assert run("explain", "receptive", "field") == run("explain", "receptive field")


def test_colour_is_left_away_where_it_is_not_wanted(run, monkeypatch):
    for line in (["analyze", "k3", "--no-color"], ["--no-color", "analyze", "k3"]):
        monkeypatch.delenv("NO_COLOR")
        assert run(*line)[0] == 0
        assert os.environ["NO_COLOR"] == "1"


def test_a_gate_takes_a_folder_and_a_pattern_that_no_shell_has_spread(run, tmp_path):
    for name in ("a", "b"):
        (tmp_path / "folder" / f"{name}.yaml").write_text("layers: [{kernel: 3}, {kernel: 5}]\n")
    (tmp_path / "folder" / "notes.txt").write_text("no network\n")
    for nets in (["folder"], ["folder/*.yaml"], ["folder", "folder/a.yaml"]):
        status, out, _ = run("check", *nets, "--min-rf", "7", "--no-config")
        assert (status, out) == (0, "2 networks passed (min-rf 7)\n"), nets
    status, out, _ = run("check", "folder", "net.yaml", "--min-rf", "7", "--no-config")
    assert status == 0
    assert out.startswith("3 networks")
    (tmp_path / "empty").mkdir()
    assert run("check", "empty", "--min-rf", "7", "--no-config")[0] == 2
    assert run("check", "nix/*.yaml", "--min-rf", "7", "--no-config")[0] == 2


def test_a_term_that_a_code_holds_too_is_met_with_the_command(run):
    assert run("explain", "halo")[1].endswith("help: rfcalc tile NET\n")
    assert "rfcalc erf NET" in run("explain", "effective receptive field")[2]


def test_a_report_named_behind_its_format_is_written(run, tmp_path):
    for format, name in (("junit", "a.xml"), ("sarif", "a.sarif")):
        status, out, _ = run("check", "k3d2", "--no-holes", f"--{format}", name)
        assert (status, "1 failure in 1 of 1 network" in out) == (1, True)
        assert run("check", "k3d2", "--no-holes", "-f", format, "-o", f"b{name}")[0] == 1
        assert (tmp_path / name).stat().st_size == (tmp_path / f"b{name}").stat().st_size
