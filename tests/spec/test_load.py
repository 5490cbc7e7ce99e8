"""Where does a network come from, and what is said of a name that is none?"""

import io
from pathlib import Path

import pytest

from rfcalc.architectures import zoo_names, zoo_text
from rfcalc.errors import RfcalcError
from rfcalc.interior import growth
from rfcalc.loading import load, source_text
from rfcalc.spec.text import SIZE_LIMIT
from tests.spec.reading import net


def test_a_name_that_is_no_network_is_refused_with_the_forms_there_are(tmp_path):
    for name in ("", "nothing", "net.txt", str(tmp_path), str(tmp_path / "no.yaml"), "zoo:"):
        with pytest.raises(RfcalcError) as caught:
            load(name)
        assert caught.value.diagnostics[0].code in ("RF112", "RF117")
        assert caught.value.diagnostics[0].help


def test_a_shipped_network_is_found_by_its_name_and_a_near_miss_is_told():
    assert load("zoo:vgg16").name == "vgg16"
    with pytest.raises(RfcalcError, match="did you mean 'resnet50'"):
        load("zoo:resnet5o")
    assert len(zoo_names()) > 50


@pytest.mark.parametrize(
    ("name", "help"),
    [
        ("resnet50", "did you mean 'zoo:resnet50'?"),
        ("ResNet50", "did you mean 'zoo:resnet50'?"),
        ("zoo:resnet5", "did you mean 'resnet50'?"),
        ("zoo:deeplab-", "there is deeplab-aspp-l, deeplab-aspp-s, deeplab-largefov"),
    ],
)
def test_what_was_nearly_the_name_of_a_shipped_network_is_told(name, help):
    with pytest.raises(RfcalcError) as caught:
        load(name)
    assert caught.value.diagnostics[0].help == help


def test_a_file_goes_before_a_chain_of_the_same_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load("k3").name == "k3"
    Path("k5.yaml").write_text("- {kernel: 9}")
    assert growth(load("k5.yaml")).rows[-1].rf == (9, 9)


def test_asking_for_a_layer_that_is_not_there_names_the_nearest():
    with pytest.raises(RfcalcError, match="did you mean 'conv1'"):
        net("layers: [{kernel: 3}]").index("conv", 0)


@pytest.mark.parametrize(
    ("name", "options", "code", "said"),
    [
        (
            "k3",
            {"input": [(8, 8), (8, 8)]},
            "RF406",
            "has one input, and `input=` is given 2 times",
        ),
        ("k3", {"submodule": "layer1"}, "RF406", "`submodule=` is given for 'k3'"),
        ("zoo:vgg16", {"assume_pointwise": ["aten.x"]}, "RF406", "it is for models"),
        ("k3", {"kwargs": {"depth": 3}}, "RF406", "it is for package.module:factory"),
        ("net.onnx", {"set": {"depth": 3}}, "RF406", "it is for network files with `vars`"),
        ("net.onnx", {"kwargs": {"depth": 3}}, "RF406", "`kwargs=` is given for 'net.onnx'"),
        ("k3", {"set": {"depth": 3}}, "RF111", "a chain has no variable 'depth'"),
        ("here.it:model", {}, "RF403", "is run on an example input, and none is given"),
    ],
)
def test_an_argument_for_another_kind_of_network_is_refused_before_anything_is_read(
    name, options, code, said
):
    with pytest.raises(RfcalcError) as caught:
        load(name, **options)
    fault = caught.value.diagnostics[0]
    assert fault.code == code
    assert said in fault.message
    assert fault.help


@pytest.mark.parametrize("ask", [load, source_text])
@pytest.mark.parametrize(
    "name", ["a" * 5000, "a" * 5000 + ".json", "nul\0", "nul\0.yaml", "nul\0.json", "\ud800.yaml"]
)
def test_a_name_that_no_file_can_have_is_refused_like_one_that_no_file_has(ask, name):
    with pytest.raises(RfcalcError, match="RF112"):
        ask(name)


def test_the_text_of_a_network_is_that_of_its_file_wherever_it_is(tmp_path, monkeypatch):
    path = tmp_path / "net.yaml"
    path.write_bytes(b"- {kernel: 3}\r\n")
    assert source_text(str(path)) == ("- {kernel: 3}\r\n", str(path))
    monkeypatch.setattr("sys.stdin", io.StringIO("- {kernel: 5}"))
    assert source_text("-") == ("- {kernel: 5}", "<stdin>")
    assert source_text("zoo:vgg16") == (zoo_text("vgg16"), "zoo:vgg16")


def test_the_text_of_a_chain_is_a_file_of_the_same_network():
    text, name = source_text("k3,k3d2,k3x5s2")
    assert name == "k3,k3d2,k3x5s2"
    rows = [(row.name, row.rf, row.jump) for row in growth(load(name)).rows]
    assert [(row.name, row.rf, row.jump) for row in growth(net(text)).rows] == rows


@pytest.mark.parametrize(
    "name", ["pkg.module:model", "net.pt2", "net.onnx", "net.keras", "n.tflite"]
)
def test_a_model_has_no_text_and_is_converted_to_one(name):
    with pytest.raises(RfcalcError, match=f"RF112 '{name}' is a model") as caught:
        source_text(name)
    assert f"rfcalc.convert({name!r}" in caught.value.diagnostics[0].help


def test_a_keras_configuration_is_a_model_though_it_is_json(tmp_path):
    path = tmp_path / "net.json"
    path.write_text('{"class_name": "Functional"}')
    with pytest.raises(RfcalcError, match="is a model"):
        source_text(str(path))
    path.write_text('{"layers": [{"kernel": 3}]}')
    assert source_text(str(path))[0] == '{"layers": [{"kernel": 3}]}'


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        (None, "standard input is closed"),
        (io.TextIOWrapper(io.BytesIO(b"\xff\xfe"), "utf-8", "surrogateescape"), "is not text"),
        (io.TextIOWrapper(io.BytesIO(b"\xff\xfe"), "utf-8"), "is not text"),
    ],
)
def test_standard_input_that_is_closed_or_no_text_is_refused(stdin, said, monkeypatch):
    monkeypatch.setattr("sys.stdin", stdin)
    with pytest.raises(RfcalcError, match=f"RF112 .*{said}"):
        load("-")


def test_a_file_that_is_no_text_or_holds_weights_is_refused(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RfcalcError, match=r"RF112 .* is not text"):
        load(path)
    with path.open("wb") as file:
        file.truncate(4 * SIZE_LIMIT + 1)
    with pytest.raises(RfcalcError, match=r"RF113 .* is larger than"):
        load(path)


def test_every_input_of_a_file_can_be_given_its_size(tmp_path):
    file = tmp_path / "two.yaml"
    file.write_text(
        "inputs: {a: [8, 8], b: [8, 8]}\nlayers: [{kernel: 3}, {op: concat, from: [a, b]}]"
    )
    sizes = [node.size for node in load(file, input=[(6, 7), (6, 7)]).nodes[:2]]
    assert sizes == [(6, 7), (6, 7)]
    with pytest.raises(RfcalcError, match="RF106 `input=` is given for 3 inputs, and the file has"):
        load(file, input=[(8, 8)] * 3)
    with pytest.raises(RfcalcError, match="RF106 `input=` is given for 2 inputs, and the file has"):
        load("zoo:vgg16", input=[(64, 64)] * 2)
