"""The commands say what the library says, and refuse what cannot be with exit status 2."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.spec import read_text

ROOT = Path(__file__).parents[2]


def told(*arguments: str) -> str:
    found = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


def test_tile_json_has_the_keys_of_its_contract() -> None:
    data = json.loads(
        told("tile", "zoo:unet-same", "--tile", "128", "--input", "256,512", "-f", "json")
    )
    keys = {"tile", "alignment", "halo", "halo_aligned", "tiles", "overhead"}
    assert keys <= data.keys()
    assert data["tile"] == [128, 128]
    assert data["alignment"] == [16, 16]
    assert data["halo"] == [[107, 107], [107, 107]]
    assert data["halo_aligned"] == [[94, 94], [94, 94]]
    assert len(data["tiles"]) == 8
    assert data["tiles"][0] == {"input": [[0, 224], [0, 224]], "output": [[0, 128], [0, 128]]}
    assert 0 < data["overhead"] < 1
    assert (data["exact"], data["assumed"], data["verified"]) == (True, [], None)
    assert data["sizes"][0]["step"] == 16
    assert data["bioimageio"]["halo"] == [96, 96]


def test_tile_without_a_size_and_with_layers_left_aside() -> None:
    arguments = ("tile", "zoo:mobilenet-v3", "--tile", "2048", "--layer", "conv10", "-f", "json")
    data = json.loads(told(*arguments, "--ignore-global"))
    assert data["exact"] is False
    assert data["assumed"]


def test_tile_finds_the_tile_and_verifies() -> None:
    text = told("tile", "k3,k3d2", "--input", "60,60", "--max-pixels", "900", "--verify")
    assert "best tile: " in text
    assert "equal the whole, bit for bit" in text


def test_a_halo_that_is_too_small_exits_1() -> None:
    arguments = ["tile", "k3,k3d2", "--input", "60,60", "--tile", "20", "--verify", "--halo", "2"]
    found = CliRunner().invoke(app, arguments)
    assert found.exit_code == 1
    assert "9 of 9 tiles differ" in found.output


def test_bioimageio_prints_the_axes() -> None:
    assert "halo: 96" in told("tile", "zoo:unet-same", "--bioimageio")


def test_stream_in_seconds() -> None:
    arguments = ("stream", "zoo:conv-tasnet", "--layer", "masks", "--rate", "8000")
    assert "field: 12,256 samples (1.532 s)" in told(*arguments)
    data = json.loads(told(*arguments, "-f", "json"))
    assert (data["field"], data["seconds"]["field"]) == (12_256, 1.532)
    assert data["layers"][1]["buffer"] == [{"cells": 8, "bytes": None}]
    assert "causal" in told("stream", "zoo:wavenet", "--frame", "160")


def test_sizes() -> None:
    text = told("sizes", "zoo:unet")
    assert "multiples of 16 plus 12, from 188" in text
    data = json.loads(told("sizes", "zoo:unet-same", "--input", "192,192", "-f", "json"))
    assert data["unpadded"] == [192, 192]
    assert data["layers"][-1]["padded"] < 1


BESIDE = "{{from: input, kernel: 3, padding: 0, stride: {}, name: b}}, {{add: {{}}, from: [a, b]}}"
WHICH = {
    "two branches that never agree": (
        "{kernel: 5, padding: 0, name: a}, " + BESIDE.format(1),
        None,
        "none",
    ),
    "one size": ("{upsample: {size: 8}, name: a}, " + BESIDE.format(1), 10, "10"),
    "two sizes": ("{upsample: {size: 8}, name: a}, " + BESIDE.format(2), 18, "17..18"),
    "halved and doubled": (
        "{kernel: 3, stride: 2}, {upsample: {scale: 2}, name: a}, {add: {}, from: [input, a]}",
        None,
        "multiples of 2, from 2",
    ),
    "all": ("{kernel: 3, padding: 0}", None, "all from 3"),
}


@pytest.mark.parametrize(("layers", "size", "words"), WHICH.values(), ids=WHICH)
def test_the_sizes_that_are_named_are_those_that_build(
    layers: str, size: int | None, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(f"dims: 1\nlayers: [{layers}]")
    given = () if size is None else ("--input", str(size))
    text = told("sizes", str(file), *given)
    (row,) = (line for line in text.splitlines() if line.strip().startswith("0 "))
    assert row.endswith(f"  {words}")
    assert ("outputs that see padding" in text) == (size is not None)
    numbers = [int(word) for word in re.findall(r"\d+", words)]
    built = [n for n in range(1, 25) if builds(file, n)]
    if words == "none":
        assert built == []
    elif words.startswith("multiples"):
        assert built == list(range(numbers[1], 25, numbers[0]))
    elif words.startswith("all"):
        assert built == list(range(numbers[0], 25))
    else:
        assert built == list(range(numbers[0], numbers[-1] + 1))


def builds(file: Path, size: int) -> bool:
    try:
        read_text(file.read_text(), file.name, size=(size,))
    except RfcalcError:
        return False
    return True


def test_frames_beside_the_stride_make_steps_differ() -> None:
    """Stride 2 and frames of 3: one step computes one output and the next two."""
    text = told("stream", "k3s2,k3", "--input", "64", "--frame", "3")
    assert "steps repeat after 2: frames in multiples of 2 samples make all steps alike" in text
    rows = [line.split() for line in text.splitlines() if line.startswith("conv")]
    assert [row[-2:] for row in rows] == [["1,", "2"], ["1,", "2"]]
    assert "steps repeat" not in told("stream", "k3s2,k3", "--input", "64", "--frame", "4")


def test_a_plan_without_a_size_tells_the_loss_away_from_the_borders() -> None:
    """Two 3x3 without padding: a tile of 9 x 9 is computed from 13 x 13."""
    text = told("tile", "k3p0,k3p0", "--tile", "9")
    share = 100 * (1 - 9**2 / 13**2)
    assert "the plan needs the input size: --input H,W" in text
    lost = "of the cells computed for a tile away from the borders are thrown away"
    assert f"overhead: {share:.1f} % {lost}" in text
    data = json.loads(told("tile", "k3p0,k3p0", "--tile", "9", "-f", "json"))
    assert (data["overhead"], data["tiles"]) == (pytest.approx(share / 100), None)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ("tile zoo:unet-same --tile 64", "RF460", ["94 before and 94 after", "96"]),
        ("tile zoo:unet-same --tile 512 --input 1000,1000", "RF462", ["992 x 992", "1008 x 1008"]),
        ("sizes zoo:unet --input 100,100", "RF462", ["188 x 188"]),
        ("tile k3p0,k3p0 --tile 9 --input 3,3", "RF462", ["5 x 5"]),
        ("sizes k9999p0,k3s2 --input 9,9", "RF462", ["no size near it is taken"]),
        ("tile zoo:unet-same --input 512,512 --max-pixels 1000", "RF461", ["82,944"]),
        ("tile zoo:unet-same --input 512,512 --max-pixels 100", "RF461", ["82,944"]),
        ("tile zoo:unet-same --input 512,512 --tile 128 --max-pixels 9", "RF461", ["--tile"]),
        ("tile zoo:deeplabv3-resnet50 --tile 512", "RF404", ["image_pool", "--ignore-global"]),
        ("tile zoo:unet-same --whole 5,5,5", "RF406", ["--whole has 3 values"]),
        ("tile zoo:unet-same --tile x", "RF406", ["integer"]),
        ("tile zoo:unet-same --tile 512 --halo 3", "RF406", ["--verify"]),
        ("tile k3 --tile 8 --input 20,20 --verify --halo=-1", "RF406", ["--halo"]),
        ("tile k3 --tile 8 --verify", "RF403", ["--input"]),
        ("tile k3 --max-pixels 0", "RF406", ["--max-pixels"]),
        ("stream zoo:tcn --rate 0", "RF406", ["--rate"]),
        ("stream zoo:tcn --rate fast", "RF406", ["--rate"]),
        ("stream zoo:tcn --rate nan", "RF406", ["--rate"]),
        ("stream zoo:tcn --rate 1e400", "RF406", ["--rate"]),
        ("stream zoo:tcn --rate 1e-400", "RF406", ["--rate"]),
        ("stream zoo:tcn --rate 1e999999999999", "RF406", ["--rate"]),
        ("stream zoo:tcn --frame 0", "RF406", ["--frame"]),
        ("stream zoo:unet-same", "RF464", ["--axis"]),
    ],
)
def test_faults(arguments: str, code: str, words: list[str]) -> None:
    with pytest.raises(RfcalcError) as caught:
        CliRunner().invoke(app, arguments.split(), catch_exceptions=False)
    assert [d.code for d in caught.value.diagnostics] == [code]
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_network_that_takes_no_usual_size_is_refused_with_its_own_fault(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    same = "{kernel: 3, stride: 2, padding: same}"
    path.write_text(f"dims: 1\nlayers:\n  - {same}\n  - {{kernel: 5000, padding: 0}}\n")
    with pytest.raises(RfcalcError) as caught:
        CliRunner().invoke(app, ["sizes", str(path), "--input", "99"], catch_exceptions=False)
    (told,) = caught.value.diagnostics
    assert told.at is not None
    assert (told.code, told.at.line) == ("RF301", 4)
    assert told.message.endswith("its kernel spans 5,000 cells, its input with padding has 50")


def test_a_fault_exits_2_without_a_trace() -> None:
    command = [sys.executable, "-m", "rfcalc", "tile", "zoo:unet-same", "--tile", "64"]
    found = subprocess.run(
        command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith("RF460 ")
    assert "Traceback" not in found.stderr


U_NET = """
layers:
  - {kernel: 3, name: a}
  - {maxpool: {kernel: 2}}
  - {upsample: {scale: 2}, name: up}
  - {concat: {}, from: [a, up]}
"""


def test_a_size_that_a_model_cannot_take_is_told_alike_by_every_reader(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    onnx = pytest.importorskip("onnx")
    (tmp_path / "net.yaml").write_text(U_NET)
    make = onnx.helper
    scales = onnx.numpy_helper.from_array(torch.tensor([1.0, 1.0, 2.0, 2.0]).numpy(), "s")
    graph = make.make_graph(
        [
            make.make_node("MaxPool", ["x"], ["h"], kernel_shape=[2, 2], strides=[2, 2]),
            make.make_node("Resize", ["h", "", "s"], ["up"], mode="nearest"),
            make.make_node("Concat", ["x", "up"], ["y"], axis=1),
        ],
        "u",
        [make.make_tensor_value_info("x", 1, [1, 3, "h", "w"])],
        [make.make_tensor_value_info("y", 1, None)],
        [scales],
    )
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(tmp_path / "u.onnx"))
    for net, shape in (
        (str(tmp_path / "net.yaml"), "63,64"),
        (str(tmp_path / "u.onnx"), "63,64"),
        (str(tmp_path / "u.onnx"), "1,3,63,64"),
        ("tests.tiling.modules:Unet", "1,3,63,64"),
    ):
        for command in ("tile", "sizes"):
            words = [command, net, "--input", shape]
            with pytest.raises(RfcalcError) as caught:
                CliRunner().invoke(app, words, catch_exceptions=False)
            (told,) = caught.value.diagnostics
            assert told.code == "RF462"
            assert told.message.startswith("the network cannot take 63 x 64: ")
            assert told.help == "the nearest that it can: 62 x 64 below, 64 x 64 above"


def test_one_window_that_is_the_whole_proves_nothing_and_says_so() -> None:
    told = CliRunner().invoke(app, ["tile", "k3,k3", "--input", "64,64", "--verify"])
    assert "nothing is compared: give a smaller --tile" in " ".join(told.stdout.split())
    words = ["tile", "k3,k3", "--input", "64,64", "--verify", "--json"]
    assert json.loads(CliRunner().invoke(app, words).stdout)["verified"] is None
    assert json.loads(CliRunner().invoke(app, [*words, "--tile", "32"]).stdout)["verified"] is True
