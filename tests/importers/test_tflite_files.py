"""Which TFLite files are read, what are their layers called, and how is a damaged one refused?"""

import sys

import numpy as np
import pytest

pytest.importorskip("tflite")

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_tflite
from rfcalc.importers.tflite import model
from rfcalc.interior import growth
from rfcalc.loading import load
from tests.importers.tflite_made import Made, refusal
from tests.importers.tflite_networks import NETWORKS, SAME, shaken


def told(path, **options):
    with pytest.raises(RfcalcError) as caught:
        load(path, **options)
    return caught.value.diagnostics[0]


def named():
    """Two blocks of two convolutions each, named as Keras names them."""
    m = Made(1, 12, 10, 2)
    x = m.x
    for block in ("low", "high"):
        for conv in ("conv1", "conv2"):
            path = f"net/{block}/{conv}"
            x = m("CONV_2D", x, m.weights(2, 3, 3, 2), Padding=SAME, StrideH=1, StrideW=1,
                  name=f"{path}/Relu;{path}/BiasAdd;{path}/Conv2D")  # fmt: skip
        x = m("ADD", x, x, name=f"net/{block}/add")
    return m, x


def test_layers_have_the_paths_in_the_names_of_tensors(tmp_path):
    m, y = named()
    network = load(m.saved(tmp_path, y))
    names = [node.name for node in network.nodes]
    assert names[1:3] == ["low.conv1", "low.conv2"]
    assert network.aliases["high"] == network.output
    assert network.aliases["net/low/conv1/Relu"] == 1


def test_a_submodule_is_read_alone(tmp_path):
    m, y = named()
    path = m.saved(tmp_path, y)
    part = load(path, submodule="high")
    assert (part.name, growth(part).rows[-1].rf) == ("made.high", (5, 5))
    assert growth(load(path)).rows[-1].rf == (9, 9)
    assert told(path, submodule="hig").code == "RF510"


def test_sizes_that_are_left_open_are_given(tmp_path):
    m = Made(1, 12, 10, 2, signature=(-1, -1, -1, 2))
    path = m.saved(tmp_path, shaken(m, m.x))
    fault = told(path)
    assert fault.code == "RF512"
    assert "the input 'x' has the shape [?, ?, ?, 2]: not every size is written" in fault.message
    assert load(path, input=(20, 30)).input == (20, 30)
    assert load(path, input=(2, 20, 30, 2)).input == (20, 30)
    assert told(path, input=(1, 2, 3)).code == "RF512"


def test_a_size_takes_the_place_of_the_written_one(tmp_path):
    m = Made(1, 12, 10, 2)
    assert load(m.saved(tmp_path, shaken(m, m.x)), input=(20, 30)).input == (20, 30)


def test_a_custom_operator_is_named(tmp_path):
    m = Made(1, 5, 6, 2)
    y = m("TFLite_Detection_PostProcess", shaken(m, m.x), run=lambda a, x: x)
    fault = refusal(m, y, tmp_path)
    assert fault.code == "RF501"
    assert "'TFLite_Detection_PostProcess' is a custom operator" in fault.message
    network = load(
        tmp_path / "made.tflite", assume_pointwise=["CUSTOM.TFLite_Detection_PostProcess"]
    )
    assert growth(network).rows[-1].rf == (3, 1)


def test_an_operator_of_no_use_for_maps_is_refused(tmp_path):
    m = Made(1, 5, 6, 2)
    y = m("MATRIX_DIAG", m.x, run=lambda a, x: x)
    assert "the operator MATRIX_DIAG is not handled" in refusal(m, y, tmp_path).message


REAL = ("CONV_2D", "DEPTHWISE_CONV_2D", "BATCH_MATMUL", "FULLY_CONNECTED", "ADD")
"""Operators whose other inputs are no whole numbers."""


@pytest.mark.parametrize(
    ("op", "given", "settings", "said"),
    [
        ("CONV_2D", [(3, 3, 3, 2)], {"StrideH": 0, "StrideW": 1}, "strides is 0,"),
        ("CONV_2D", [(3, 3, 3, 2)], {"StrideH": -1, "StrideW": 1}, "strides is -1,"),
        ("CONV_2D", [(3, 3, 3, 5)], {"StrideH": 1, "StrideW": 1}, "does not fit the 2 channels"),
        ("CONV_2D", [(3, 3, 3)], {}, "its weight [3, 3, 3]"),
        ("DEPTHWISE_CONV_2D", [(1, 3, 3, 3)], {"StrideH": 1, "StrideW": 1}, "does not fit the 2"),
        ("MAX_POOL_2D", [], {"FilterHeight": 0, "StrideH": 1, "StrideW": 1}, "kernel_shape is 0,"),
        ("SPACE_TO_DEPTH", [], {"BlockSize": 4}, "does not divide into blocks of 4 x 4"),
        ("DEPTH_TO_SPACE", [], {"BlockSize": 0}, "blocksize is 0,"),
        ("TRANSPOSE", [(4,)], {}, "is not one of 4 dimensions"),
        ("RESHAPE", [(3,)], {}, "is reshaped to [7, 7, 7]"),
        ("TILE", [(3,)], {}, "TILE has 3 for its repeats"),
        ("PAD", [(4, 1)], {}, "PAD has 4 for its padding"),
        ("SLICE", [(4,), (4,)], {}, "it takes 7 of 1 indices from 7 on"),
        ("STRIDED_SLICE", [(4,), (4,), (3,)], {}, "differ in number"),
        ("CONCATENATION", [], {"Axis": 7}, "its axes [7] are not among 4 dimensions"),
        ("GATHER", [(2,)], {"Axis": -9}, "its axes [-9] are not among 4 dimensions"),
        ("SPLIT_V", [(2,), (1,)], {"NumSplits": 1}, "its axes [7] are not among"),
        ("MEAN", [(1,)], {}, "its axes [7] are not among"),
        ("SPACE_TO_BATCH_ND", [(2,), (2, 2)], {}, "do not divide into blocks"),
        ("BATCH_TO_SPACE_ND", [(2,), (2, 2)], {}, "holds no blocks of [7, 7]"),
        ("RESIZE_BILINEAR", [(3,)], {}, "RESIZE_BILINEAR has 3 for its size"),
        ("BATCH_MATMUL", [(3, 3)], {}, "do not multiply"),
        ("FULLY_CONNECTED", [(3, 7)], {}, "its weight takes 7 values"),
        ("MIRROR_PAD", [(4, 2)], {"Mode": 1}, "it mirrors 7 of"),
        ("ADD", [(3,)], {}, "do not broadcast"),
        ("BROADCAST_TO", [(4,)], {}, "does not broadcast to [7, 7, 7, 7]"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_named(op, given, settings, said, tmp_path):
    m = Made(1, 6, 6, 2)
    whole = op not in REAL
    others = [np.full(shape, 7, np.int32 if whole else np.float32) for shape in given]
    y = m(op, m.x, *others, None, run=lambda a, x, *_: x, **settings)
    fault = refusal(m, y, tmp_path)
    assert fault.code in ("RF502", "RF504")
    assert said in fault.message


def test_what_is_no_such_file_is_refused(tmp_path):
    path = tmp_path / "net.tflite"
    path.write_bytes(b"PK\3\4 something else altogether")
    assert "is not a TFLite file: its bytes 4 to 7 are not TFL3" in told(path).message
    path.write_bytes(b"")
    assert told(path).code == "RF504"
    assert told(tmp_path / "none.tflite").code == "RF504"


def test_a_file_that_is_cut_short_is_refused(tmp_path):
    m, y = named()
    path, whole = tmp_path / "net.tflite", m.data(y)
    for count in range(8, len(whole) - 8, 97):
        path.write_bytes(whole[:count])
        assert told(path).code == "RF504", count


def test_a_damaged_file_is_read_or_refused(tmp_path):
    whole = bytearray(Made.data(*NETWORKS["joined and split"]()))
    path, random = tmp_path / "net.tflite", np.random.default_rng(0)
    refused = 0
    for _ in range(150):
        changed = bytearray(whole)
        for at in random.integers(8, len(whole), 4):
            changed[at] = random.integers(256)
        path.write_bytes(changed)
        try:
            load(path)
        except RfcalcError:
            refused += 1
    assert refused > 20


def test_a_file_that_lists_more_than_it_holds_ends_soon(tmp_path, monkeypatch):
    m, y = named()
    path = m.saved(tmp_path, y)
    monkeypatch.setattr(model, "ENTRIES_LIMIT", 40)
    assert told(path).code == "RF113"


def test_the_missing_package_is_named(tmp_path, monkeypatch):
    m, y = named()
    path = m.saved(tmp_path, y)
    monkeypatch.setitem(sys.modules, "tflite", None)
    fault = told(path)
    assert (fault.code, fault.help) == ("RF505", 'pip install "rfcalc[tflite]"')


def test_a_tensor_that_nothing_gives_is_named(tmp_path):
    m = Made(1, 5, 6, 2)
    y = m("ADD", m.x, m._held(np.ones((1, 5, 6, 2), np.float32), "lost", False))
    assert "reads 'lost', which nothing before it gives" in refusal(m, y, tmp_path).message


def test_rows_of_numbers_are_one_axis(tmp_path):
    m = Made(3, 6)
    y = m("FULLY_CONNECTED", m.x, m.weights(4, 6))
    network = read_tflite(m.saved(tmp_path, y))
    assert (network.dims, network.input) == (1, (6,))
