"""Does bad input end in a clear fault, exit 2 and nothing written?"""

import os
from pathlib import Path

import pytest

from tests.cli.processes import ROOT

EXAMPLES = ROOT / "examples"
BAD = sorted((Path(__file__).parents[1] / "bad").iterdir())


def test_results_go_to_output_and_faults_to_error(run):
    status, out, err = run("analyze", "k3,x3")
    assert (status, out) == (2, "")
    assert err.startswith("<chain>:1:4: RF115")


def test_every_fault_of_a_file_reaches_the_user_with_its_place(run, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("layers:\n  - {kernel: 0}\n  - {op: conv, name: c1, kernel: 5, strid: 2}\n")
    status, out, err = run("analyze", path)
    assert (status, out) == (2, "")
    assert f"{path}:2:14: RF105" in err
    assert f"{path}:3:37: RF102 conv has no parameter 'strid'" in err
    assert "= help: did you mean 'stride'?" in err


BAD_INPUT = {
    "no such file": (["analyze", "nothing.yaml"], "RF112"),
    "a folder": (["analyze", "."], "RF112"),
    "no network": (["analyze", ""], "RF112"),
    "an unknown suffix": (["analyze", "net.xyz"], "RF112"),
    "a model to be repaired": (["fix", "net.onnx"], "RF112"),
    "code to be repaired": (["fix", "nets:head"], "RF112"),
    "a tile beside an axes' description": (
        ["tile", "zoo:unet-same", "--bioimageio", "--tile", "16"],
        "RF406",
    ),
    "a share beyond all": (["fix", "k3d2,k3d2", "--keep", "101"], "RF406"),
    "a largest dilation of zero": (["fix", "k3d2,k3d2", "--max-dilation", "0"], "RF406"),
    "a share to keep beside a field": (["fix", "k3d2", "--rf", "9", "--keep", "90"], "RF406"),
    "layers to keep beside a field": (["fix", "k3d2", "--rf", "9", "--keep-layers"], "RF406"),
    "a stage beside a field": (["fix", "k3d2", "--rf", "9", "--stage", "1"], "RF406"),
    "a cost without a field": (["fix", "k3d2,k3d2", "--max-cost", "2"], "RF406"),
    "a cost that is none": (["fix", "k3d2", "--rf", "9", "--max-cost", "cheap"], "RF406"),
    "a cost of nothing": (["fix", "k3d2", "--rf", "9", "--max-cost", "0%"], "RF406"),
    "a field of zero": (["fix", "k3d2", "--rf", "0"], "RF406"),
    "a stage to repair that is none": (["fix", "k3d2,k3d2", "--stage", "2"], "RF415"),
    "a stage and a layer to repair": (
        ["fix", "k3d2,k3d2", "--stage", "1", "--layer", "conv2"],
        "RF406",
    ),
    "a source behind its layer": (
        ["fix", "k3d2,k3d2", "--source", "conv2", "--layer", "conv1"],
        "RF405",
    ),
    "a model to be unrolled": (["fix", "net.onnx", "--unroll"], "RF112"),
    "code without its global layers": (
        ["verify", "nets:make", "--backend", "torch", "--ignore-global"],
        "RF406",
    ),
    "a var of code": (["verify", "nets:make", "--backend", "torch", "--set", "a=3"], "RF406"),
    "no time at all": (["--timeout", "0", "analyze", "k3"], "RF406"),
    "an unknown zoo network": (["analyze", "zoo:vgg17"], "RF117"),
    "a broken chain": (["analyze", "k3,3"], "RF115"),
    "an empty schedule": (["hdc-check", ""], "RF410"),
    "a schedule of words": (["hdc-check", "1,x"], "RF410"),
    "a schedule from zero": (["hdc-check", "0,1"], "RF410"),
    "a negative dilation": (["hdc-check", "--", "-1,2"], "RF410"),
    "an absurd dilation": (["hdc-check", "1,1000000000"], "RF410"),
    "an empty entry": (["hdc-check", "1,,2"], "RF410"),
    "a wrong kernel": (["hdc-check", "1,2", "--kernel", "0"], "RF410"),
    "kernels of another number": (["hdc-check", "1,2", "--kernel", "3,3,3"], "RF410"),
    "an unknown layer": (["analyze", "k3", "--layer", "conv9"], "RF401"),
    "an unknown source": (["analyze", "k3", "--source", "conv9"], "RF401"),
    "an input of words": (["analyze", "k3", "--input", "3,x"], "RF406"),
    "an input beyond all": (["analyze", "k3", "--input", "9999999999,5"], "RF406"),
    "an input of zero to be repaired": (["fix", "k3d2,k3d2", "--input", "0,4"], "RF406"),
    "a negative input to be repaired": (["fix", "k3d2,k3d2", "--input", "-5,-5"], "RF406"),
    "two inputs of a chain": (["analyze", "k3", "--input", "8,8", "--input", "8,8"], "RF406"),
    "an input of zero": (["analyze", "k3", "--input", "0,4"], "RF406"),
    "an input of four axes": (["analyze", "k3", "--input", "4,4,4,4"], None),
    "an input of other axes": (["analyze", "k3x3", "--input", "4,4,4"], None),
    "a var without a value": (["analyze", "k3", "--set", "a"], "RF406"),
    "a var of words": (["analyze", "k3", "--set", "a=b"], "RF406"),
    "an unknown var": (["analyze", EXAMPLES / "deeplab.yaml", "--set", "rat=3"], "RF111"),
    "a layer that does not fit": (["analyze", "k9p0", "--input", "4,4"], "RF301"),
    "a position outside": (
        ["export", "k3", "--input", "8,8", "--at", "8,0", "-o", "m.npy"],
        "RF402",
    ),
    "a negative position": (
        ["heatmap", "k3", "--input", "8,8", "--at", "-1,0", "-o", "m.png"],
        "RF402",
    ),
    "a position of three axes": (
        ["export", "k3", "--input", "8,8", "--at", "1,1,1", "-o", "m.npy"],
        "RF406",
    ),
    "a position without a size": (["export", "k3", "--at", "1,1", "-o", "m.npy"], "RF403"),
    "a phase that is not there": (["export", "k3", "--phase", "1,0", "-o", "m.npy"], "RF402"),
    "an unbounded interior": (["export", "zoo:mobilenet-v3", "-o", "m.npy"], "RF404"),
    "a mask too large": (["export", "k9d4000000", "-o", "m.npy"], None),
    "an array too large": (["export", "k65536,k65536", "-o", "m.npy"], "RF409"),
    "a heatmap too large": (
        ["heatmap", "k65536,k65536", "--what", "paths", "-o", "m.png"],
        "RF409",
    ),
    "a folder that does not exist": (["heatmap", "k3", "-o", "no/such/m.png"], "RF407"),
    "an output that is a folder": (["export", "k3", "-o", "sub.npy"], "RF407"),
    "an unknown picture": (["heatmap", "k3", "-o", "m.bmp"], "RF408"),
    "an unknown array": (["export", "k3", "-o", "m.mat"], "RF408"),
    "no output named": (["export", "k3"], None),
    "a table in no folder": (["analyze", "k3", "-o", "no/such/t.txt"], "RF407"),
    "an unknown code": (["explain", "RF999"], None),
    "an unknown format": (["analyze", "k3", "--format", "xml"], None),
    "an unknown command": (["analyzes", "k3"], None),
    "an unknown option": (["analyze", "k3", "--nothing"], None),
    "no argument": (["analyze"], None),
}


@pytest.mark.parametrize(("arguments", "code"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_ends_in_a_clear_fault_and_nothing_written(
    run, tmp_path, monkeypatch, arguments, code
):
    (tmp_path / "sub.npy").mkdir()
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*arguments)
    assert (status, out) == (2, "") or arguments == ["analyze"]
    assert status == 2
    assert "Traceback" not in err
    if code is not None:
        assert code in err
    assert arguments == ["analyze"] or len(err.strip()) > 10
    assert [path.name for path in tmp_path.rglob("*")] == ["sub.npy"]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_bad_file_exits_2_with_its_code(run, path):
    status, out, err = run("analyze", path)
    assert (status, out) == (2, "")
    assert path.name.split("_")[0] in err


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(run, tmp_path):
    if os.geteuid() == 0:
        folder = Path("/proc/self")  # no one writes here
        if not folder.is_dir():
            pytest.skip("root may write everywhere")
    else:
        folder = tmp_path / "closed"
        folder.mkdir(mode=0o500)
    status, out, err = run("heatmap", "k3", "-o", folder / "m.png")
    assert (status, out) == (2, "")
    assert "RF407" in err


WORK = {
    "analyze": "analyze nothing.yaml",
    "compare": "compare nothing.yaml nothing.yaml",
    "check": "check nothing.yaml --no-holes",
    "convert": "convert nothing.yaml",
    "design": "design --rf 0",
    "explain": "explain nothing",
    "fix": "fix nothing.yaml",
    "graph": "graph nothing.yaml",
    "hdc-check": "hdc-check nothing",
    "ops": "ops onnx nothing",
    "schema": "schema",
    "sizes": "sizes nothing.yaml",
    "stream": "stream nothing.yaml",
    "tile": "tile nothing.yaml --tile 8",
    "verify": "verify nothing.yaml",
    "where": "where nothing.yaml",
    "zoo": "zoo nothing",
}
"""A line per command that may write to a file, whose work would end in another fault."""


SUFFIXES = {"convert": ".yaml", "fix": ".yaml", "graph": ".dot"}


@pytest.mark.parametrize("command", WORK)
def test_an_output_is_refused_before_the_work(run, tmp_path, command):
    path = tmp_path / "no" / f"a{SUFFIXES.get(command, '.json')}"
    status, out, err = run(*WORK[command].split(), "-o", path)
    assert (status, out) == (2, "")
    assert err.startswith("RF407")


def test_sizes_of_a_list_to_scan_are_those_of_the_option(run, tmp_path):
    file, out = tmp_path / "list.txt", tmp_path / "r.jsonl"
    for size in ("6_4,64", "0,4", "9999999999,5", "64,"):
        file.write_text(f"k3 --input {size}\n")
        status, _, err = run("scan", file, "-o", out)
        assert status == 2
        assert err.startswith(f"{file}:1:1: RF406 --input is '{size}'")
        status, _, err = run("scan", EXAMPLES, "--input", size, "-o", out)
        assert status == 2
        assert err.startswith(f"RF406 --input is '{size}'")
    assert not out.exists()
