"""Law: every public result is short to look at, equal to its copies, and the command's JSON."""

import copy
import json
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import rfcalc
from rfcalc.cli import app
from rfcalc.cli.flags import translate_all

RESULTS = {
    "analyze": (lambda: rfcalc.analyze("k3,k3d2,k3d9"), "analyze k3,k3d2,k3d9"),
    "analyze of a module path": (
        lambda: rfcalc.analyze("zoo:deeplabv3-resnet50"),
        "analyze zoo:deeplabv3-resnet50",
    ),
    "hdc_check": (lambda: rfcalc.hdc_check([1, 2, 9]), "hdc-check 1,2,9"),
    "design": (lambda: rfcalc.design(5, 65), "design --layers 5 --rf 65"),
    "design of nothing": (lambda: rfcalc.design(2, 999), "design --layers 2 --rf 999"),
    "where": (lambda: rfcalc.where("k3,k3s2"), "where k3,k3s2"),
    "where of a cell": (
        lambda: rfcalc.where("k3,k3s2", at=(1, 2), input=(9, 9)),
        "where k3,k3s2 --at 1,2 --input 9,9",
    ),
    "where of a pixel": (
        lambda: rfcalc.where("k3,k3s2", pixel=(1, 2), input=(9, 9)),
        "where k3,k3s2 --pixel 1,2 --input 9,9",
    ),
    "where of a pixel's paths": (
        lambda: rfcalc.where("zoo:unet-same", pixel=40, what="paths", input=(64, 64)),
        "where zoo:unet-same --pixel 40,40 --what paths --input 64,64",
    ),
    "hdc_check of a text": (lambda: rfcalc.hdc_check("1,2,5"), "hdc-check 1,2,5"),
    "tile": (lambda: rfcalc.tile("zoo:unet-same"), "tile zoo:unet-same"),
    "tile of a size": (
        lambda: rfcalc.tile("k3,k3s2", tile=16, input=(64, 64), verify=True),
        "tile k3,k3s2 --tile 16 --input 64,64 --verify",
    ),
    "tile with an effect": (
        lambda: rfcalc.tile("k3,k3s2", effect=0.01, max_pixels=4096, input=(99, 98)),
        "tile k3,k3s2 --effect 0.01 --max-pixels 4096 --input 99,98",
    ),
    "stream": (lambda: rfcalc.stream(rfcalc.chain("k3,k3d2", dims=1)), "stream k3,k3d2 --dims 1"),
    "stream in seconds": (
        lambda: rfcalc.stream(
            rfcalc.chain("k3,k3s2", dims=1, input=[960]), rate="16k", frame="10ms", verify=True
        ),
        "stream k3,k3s2 --dims 1 --input 960 --rate 16k --frame 10ms --verify",
    ),
    "fix": (lambda: rfcalc.fix("k3,k3d2,k3d9"), "fix k3,k3d2,k3d9"),
    "fix of a field": (lambda: rfcalc.fix("k3,k3d2,k3d4", rf=21), "fix k3,k3d2,k3d4 --rf 21"),
    "fix of nothing": (
        lambda: rfcalc.fix("k3d2,k3d2", keep=100, max_dilation=2),
        "fix k3d2,k3d2 --max-dilation 2",
    ),
    "fix of a pair": (
        lambda: rfcalc.fix("k3,k3d2,k3d9,k3d4", "conv3", "input"),
        "fix k3,k3d2,k3d9,k3d4 --layer conv3 --source input",
    ),
    "compare": (lambda: rfcalc.compare("k3,k3d2", "k3,k3d5"), "compare k3,k3d2 k3,k3d5"),
    "check": (
        lambda: rfcalc.check("k3d2,k3d2", min_rf=(9, 8), no_gridding=True, max_latency=3, axis=1),
        "check k3d2,k3d2 --no-config --min-rf 9,8 --no-gridding --max-latency 3 --axis 1",
    ),
    "check of several": (
        lambda: rfcalc.check(["k3,k3d2", "zoo:unet"], min_density=0.9, causal=True),
        "check k3,k3d2 zoo:unet --no-config --min-density 0.9 --causal",
    ),
    "explain": (lambda: rfcalc.explain("rf102"), "explain RF102"),
    "explain a word": (lambda: rfcalc.explain("dilation"), "explain dilation"),
    "explain all": (lambda: rfcalc.explain(), "explain"),
    "zoo": (lambda: rfcalc.zoo(), "zoo"),
    "zoo of one": (lambda: rfcalc.zoo("zoo:unet"), "zoo unet"),
    "erf": (lambda: rfcalc.erf("k3,k3d2"), "erf k3,k3d2"),
    "fit": (
        lambda: rfcalc.fit("k3,k3s2", [3, 5, 30], share=0.5),
        "fit k3,k3s2 --sizes 3,5,30 --share 50%",
    ),
    "verify": (
        lambda: rfcalc.verify("k3,k3s2", input=(9, 9)),
        "verify k3,k3s2 --input 9,9",
    ),
    "sizes": (lambda: rfcalc.sizes("zoo:unet-same"), "sizes zoo:unet-same"),
    "sizes at a size": (
        lambda: rfcalc.sizes("k3,k3s2,k3d2", input=(33, 35)),
        "sizes k3,k3s2,k3d2 --input 33,35",
    ),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_public_result_keeps_the_laws(name: str):
    asked, words = RESULTS[name]
    found = asked()
    assert len(repr(found)) < 200
    assert "\n" not in repr(found)
    assert found == asked()
    assert copy.copy(found) == copy.deepcopy(found) == pickle.loads(pickle.dumps(found)) == found
    printed = CliRunner().invoke(app, [*words.split(), "--format", "json"])
    # The command line names flags where Python names parameters.
    assert translate_all(found.to_dict()) == json.loads(printed.stdout)
    check_shown(found)


def check_shown(found):
    """A table is shown, whose rows are a data frame's where the value has one."""
    assert "<table" in found._repr_html_()
    if hasattr(found, "to_dataframe"):
        frame = found.to_dataframe()
        assert len(frame.columns) == len({*frame.columns}) > 1


WITHOUT_COMMAND = {
    "convert": lambda: rfcalc.convert("zoo:resnet50"),
    "cost": lambda: rfcalc.cost("zoo:resnet50"),
    "export": lambda: rfcalc.export("k3,k3d2", what="erf"),
    "export of several": lambda: rfcalc.export("zoo:unetpp", at=0),
}
"""Results that no command prints as JSON."""


@pytest.mark.parametrize("name", WITHOUT_COMMAND)
def test_a_result_of_no_command_keeps_the_laws(name: str):
    found = WITHOUT_COMMAND[name]()
    assert len(repr(found)) < 200
    assert "\n" not in repr(found)
    assert found == WITHOUT_COMMAND[name]()
    assert copy.copy(found) == copy.deepcopy(found) == pickle.loads(pickle.dumps(found)) == found
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()
    check_shown(found)


def test_a_page_is_a_short_text_to_look_at(tmp_path):
    found = rfcalc.page("k3,k3d2", "zoo:unet", out=tmp_path / "a.html")
    assert isinstance(found, str)
    assert len(repr(found)) < 200 < len(found)
    assert pickle.loads(pickle.dumps(found)) == copy.deepcopy(found) == found
    assert type(pickle.loads(pickle.dumps(found))) is type(found)
    assert found.to_dict()["html"] == found
    assert "<iframe" in found._repr_html_()
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == found


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 4)), min_size=1, max_size=4))
def test_fractions_are_numbers_in_the_data_and_texts_where_cells_lie(ups: list[tuple[int, int]]):
    """Whole ones are integers; the nearest number, or the text, gives the fraction back."""
    ops = [{"op": "conv_transpose", "kernel": kernel, "stride": stride} for kernel, stride in ups]
    net = {"dims": 1, "layers": [*ops, {"kernel": 3}]}
    report = rfcalc.analyze(net)
    for row, told in zip(report.rows, report.to_dict()["layers"], strict=True):
        for exact, held in ((row.jump, told["jump"]), (row.center, told["center"])):
            assert held == [None if one is None else float(one) for one in exact or ()]
            for one, written in zip(exact or (), held, strict=True):
                assert one is None or isinstance(written, int) == (one.denominator == 1)
    places = rfcalc.where(net)
    for place, told in zip(places.places, places.to_dict()["layers"], strict=True):
        assert [Fraction(one) for one in told["jump"]] == list(place.jump)
        assert all(isinstance(one, str) == ("/" in str(one)) for one in told["jump"])


def test_pictures_and_pages_of_sound_have_an_axis_in_milliseconds():
    sound = rfcalc.chain("k3,k3d2", dims=1)
    axes = rfcalc.growth(sound, rate="16k").axes
    assert any("ms" in one.get_ylabel() for one in axes)
    assert not any("ms" in one.get_ylabel() for one in rfcalc.growth(sound).axes)
    assert rfcalc.page(sound, rate=16000) != rfcalc.page(sound)
    for ask in (rfcalc.growth, rfcalc.page):
        with pytest.raises(rfcalc.RfcalcError, match="RF406"):
            ask("k3,k3d2", rate=16000)


def test_a_result_of_layers_is_read_by_name():
    assert rfcalc.analyze("k3,k3d2")["conv2"].rf == (7, 7)
    assert rfcalc.where("k3,k3s2")["conv2"].jump == (2, 2)
    with pytest.raises(KeyError, match="conv3"):
        rfcalc.analyze("k3,k3d2")["conv3"]


ARRAYS = {
    "mask": lambda **asked: rfcalc.mask("k3,k3d2,k3d9", **asked),
    "paths": lambda **asked: rfcalc.paths("k3,k3d2,k3d9", **asked),
}


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("asked", [{}, {"at": 3, "input": (12, 9)}])
def test_masks_and_counts_are_arrays_to_numpy(name: str, asked: dict[str, object]):
    found = ARRAYS[name](**asked)
    np.testing.assert_array_equal(np.asarray(found), found.array())
    assert np.asarray(found).dtype == found.array().dtype != object
    assert np.asarray(found, dtype=float).dtype == float
    np.testing.assert_array_equal(np.asarray(found, dtype=float), found.array().astype(float))
    held = found.array()
    np.array(found)[:] = 0
    np.testing.assert_array_equal(found.array(), held)
    assert held.any()


@pytest.mark.parametrize("name", ARRAYS)
def test_masks_and_counts_are_equal_to_their_copies_and_short(name: str):
    found = ARRAYS[name]()
    assert found == ARRAYS[name]() == copy.copy(found)
    assert copy.deepcopy(found) == pickle.loads(pickle.dumps(found)) == found
    assert found != ARRAYS[name](at=3, input=(12, 9))
    assert found != 3
    assert len(repr(found)) < 200


def test_counts_beyond_the_words_of_numpy_stay_integers():
    found = rfcalc.paths(",".join(["k9"] * 24), at=40, input=(96, 96))
    assert np.asarray(found).dtype == object
    assert np.asarray(found).sum() == found.total


def test_a_repair_keeps_the_byte_order_mark_of_its_file(tmp_path):
    net = tmp_path / "net.yaml"
    held = b"layers: [{kernel: 3}, {kernel: 3, dilation: 2}, {kernel: 3, dilation: 9}]\n"
    net.write_bytes(b"\xef\xbb\xbf" + held)
    found = rfcalc.fix(net, out=tmp_path / "out.yaml")
    assert (tmp_path / "out.yaml").read_bytes() == b"\xef\xbb\xbf" + found.text.encode()


ODD = {
    "plain": "k3,k3s2,k3d2",
    "long and odd names": {
        "name": "\x1b[31m'\"\\" * 20,
        "dims": 3,
        "layers": [
            {"kernel": 3, "stride": 2, "name": "\u202e\n'\"" * 40, "padding": 1 << 20},
            {"op": "upsample", "scale": 3, "name": "up" * 90},
        ],
    },
    "one axis, a size and a branch": {
        "dims": 1,
        "input": [40],
        "layers": [
            {"kernel": 3, "stride": 2},
            {"residual": [{"kernel": 3, "dilation": 2}], "name": "`b`"},
            {"op": "conv_transpose", "kernel": 2, "stride": 3},
        ],
    },
}
ASKED = {
    "load": rfcalc.load,
    "analyze": rfcalc.analyze,
    "mask": rfcalc.mask,
    "paths": rfcalc.paths,
    "export": rfcalc.export,
    "where": rfcalc.where,
    "tile": rfcalc.tile,
    "sizes": rfcalc.sizes,
    "cost": rfcalc.cost,
    "check": lambda net: rfcalc.check(net, min_rf=3),
    "compare": lambda net: rfcalc.compare(net, net),
    "convert": rfcalc.convert,
    "fit": lambda net: rfcalc.fit(net, [3, 30]),
    "erf": rfcalc.erf,
    "page": rfcalc.page,
    "fault": lambda net: fault_of(net),
    "diagnostic": lambda net: fault_of(net).diagnostics[0],
}
"""What gives a public value of any network."""


def fault_of(net):
    with pytest.raises(rfcalc.RfcalcError) as caught:
        rfcalc.analyze(net, layer="\x1bno layer\n" * 99)
    return caught.value


@pytest.mark.parametrize("net", ODD)
@pytest.mark.parametrize("name", ASKED)
def test_every_public_value_is_short_copied_equal_and_data(name: str, net: str):
    try:
        found = ASKED[name](ODD[net])
    except rfcalc.RfcalcError as fault:  # an answer beyond a limit is a public value, too
        found = fault
    assert len(repr(found)) < 200
    assert repr(found).isprintable()
    copies = copy.copy(found), copy.deepcopy(found), pickle.loads(pickle.dumps(found))
    for one in copies:
        assert type(one) is type(found)
        assert one.to_dict() == found.to_dict()
        assert repr(one) == repr(found)
        if not isinstance(found, rfcalc.RfcalcError):
            assert one == found
        else:  # exceptions are equal to themselves alone
            assert one.diagnostics == found.diagnostics
            assert str(one) == str(found)
    # No number that JSON does not have, and nothing that only Python can tell apart.
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False)) == found.to_dict()


def test_every_public_type_is_tried():
    """A new kind of result joins the laws above, by the function that gives it."""
    kinds = {one for one in rfcalc.__all__ if isinstance(getattr(rfcalc, one), type)}
    made = {type(ASKED[name](ODD["plain"])).__name__ for name in ASKED}
    made |= {type(asked()).__name__ for asked, _ in RESULTS.values()}
    assert kinds - made == {"Scan"}  # tests/scanning tries it, on a folder


def test_a_network_as_data_names_what_each_layer_reads_and_keeps_its_fractions():
    data = rfcalc.load(ODD["one axis, a size and a branch"]).to_dict()
    rows = {row["name"]: row for row in data["layers"]}
    assert list(rows) == ["input", "conv1", "conv2", "`b`", "conv_transpose1"]
    assert rows["`b`"]["inputs"] == ["conv1", "conv2"]
    assert rows["conv2"]["arguments"]["dilation"] == [2]
    assert [row["jump"] for row in data["layers"]] == [[1], [2], [2], [2], ["2/3"]]
    assert rows["conv_transpose1"]["size"] == [59]
    assert data["outputs"] == ["conv_transpose1"]
    assert data["exact"] is True


def test_a_network_gives_its_layers_by_name():
    network = rfcalc.load(ODD["one axis, a size and a branch"])
    assert network["conv2"].layer.op == "conv"
    assert network["`b`"].layer.op == "add"
    with pytest.raises(KeyError, match="conv9"):
        network["conv9"]


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("asked", [{}, {"at": 3, "input": (12, 9)}])
def test_masks_and_counts_are_the_data_of_export(name: str, asked: dict[str, object]):
    found = ARRAYS[name](**asked).to_dict()
    assert found == rfcalc.export("k3,k3d2,k3d9", what=name, **asked).to_dict()
    np.testing.assert_array_equal(found[name], ARRAYS[name](**asked).array())
    assert found["start"] == list(ARRAYS[name](**asked).start)
