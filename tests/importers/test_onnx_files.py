"""Is an ONNX file that leaves out, misses or bends what belongs in it read, or refused by name?"""

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_onnx
from tests.importers.onnx_oracle import constant, differences, model, node, saved, weights

onnx = pytest.importorskip("onnx")
AttributeProto = onnx.AttributeProto
ModelProto = onnx.ModelProto
TypeProto = onnx.TypeProto
helper = onnx.helper

SHAPE = (1, 2, 9)
KERNEL = weights("w", 2, 2, 3)


def convolution(**attributes):
    return model([node("Conv", ["x", "w"], **attributes)], SHAPE, [KERNEL])


def told(path, **options):
    with pytest.raises(RfcalcError) as caught:
        read_onnx(path, **options)
    return caught.value.diagnostics[0]


def test_attributes_whose_kind_is_not_written_are_read_by_what_they_hold(tmp_path):
    made = convolution(dilations=[2], pads=[1, 0], auto_pad="NOTSET", group=1)
    for attribute in made.graph.node[0].attribute:
        attribute.ClearField("type")
    spelled = convolution(dilations=[2], pads=[1, 0])
    network, wrong = differences(made, SHAPE, tmp_path, spelled=spelled)
    assert (wrong, network.assumed) == ([], ())


def test_an_attribute_that_is_empty_and_whose_kind_is_not_written_is_none(tmp_path):
    made = convolution()
    made.graph.node[0].attribute.append(AttributeProto(name="group", i=1))
    made.graph.node[0].attribute.append(AttributeProto(name="unheard"))
    network, wrong = differences(made, SHAPE, tmp_path, spelled=convolution())
    assert (wrong, network.assumed) == ([], ())


def test_words_are_read_as_words(tmp_path):
    words = node("Constant", [], "k", value_strings=["1.5", "2.5"])
    made = model(
        [words, node("Cast", ["k"], "n", to=1), node("Slice", ["n", "zero", "one"], "m"),
         node("Add", ["x", "m"])],
        SHAPE, [constant("zero", [0], np.int64), constant("one", [1], np.int64)],
    )  # fmt: skip
    network, wrong = differences(made, SHAPE, tmp_path)
    assert (wrong, network.assumed) == ([], ())


def test_an_input_without_a_shape_is_asked_for(tmp_path):
    made = convolution()
    made.graph.input[0].type.tensor_type.ClearField("shape")
    path = saved(made, tmp_path)
    diagnostic = told(path)
    assert (diagnostic.code, diagnostic.message) == (
        "RF512",
        "the input 'x' is written without a shape",
    )
    assert "`input=(1, 3, 224, 224)`" in diagnostic.help
    assert read_onnx(path, shapes=[SHAPE]).input == (9,)


def test_an_input_that_is_a_list_has_no_shape(tmp_path):
    made = model([node("ConcatFromSequence", ["x"], axis=1)], SHAPE)
    element = made.graph.input[0].type
    made.graph.input[0].type.CopyFrom(
        TypeProto(sequence_type=TypeProto.Sequence(elem_type=element))
    )
    assert told(saved(made, tmp_path)).code == "RF512"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        # A message whose graph is a number; one without a graph; one of a graph without nodes.
        (b"\x08\x07\x3a\x02\x0a\xff", "is not an ONNX file, or is cut short"),
        (ModelProto(ir_version=8).SerializeToString(), "holds no graph"),
        (helper.make_model(helper.make_graph([], "g", [], [])).SerializeToString(),
         "holds no graph"),
        (b"\x02\x00", "is not an ONNX file, or is cut short (at byte 0)"),
        (b"\x0b\x00", "is not an ONNX file, or is cut short (at byte 1)"),
    ],
    ids=["a cut node", "no graph", "no nodes", "a field 0", "a group"],
)  # fmt: skip
def test_what_is_no_model_is_refused(data, said, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    diagnostic = told(path)
    assert diagnostic.code == "RF504"
    assert said in diagnostic.message


def test_a_file_without_an_opset_is_refused_unless_it_has_operators_of_its_own_alone(tmp_path):
    made = convolution()
    del made.opset_import[:]
    assert "names no opset" in told(saved(made, tmp_path)).message
    made = model([helper.make_node("Odd", ["x"], ["y"], domain="own")], SHAPE)
    del made.opset_import[:]
    made.opset_import.append(helper.make_opsetid("own", 1))
    network = read_onnx(saved(made, tmp_path), assume_pointwise=["own.Odd"])
    assert network.assumed[0] == "odd: own.Odd taken for element-wise"


def test_a_size_of_zero_may_be_meant(tmp_path):
    made = model(
        [
            node("Slice", ["x", "five", "two", "two"], "n"),
            node("Reshape", ["n", "shape"], "e", allowzero=1), node("Concat", ["x", "e"], axis=2),
        ],
        SHAPE,
        [constant("five", [5], np.int64), constant("two", [2], np.int64),
         constant("shape", [1, 2, 0], np.int64)],
        opset=18,
    )  # fmt: skip
    network, wrong = differences(made, SHAPE, tmp_path)
    assert (wrong, network.assumed) == ([], ())


@pytest.mark.parametrize(
    ("made", "code", "said"),
    [
        (model([node("Conv", ["x", "k"])], SHAPE, [weights("k", 2, 3, 3)]), "RF502",
         "Conv: its weight takes 3 x 1 channels, its input has 2"),
        (model([node("ConvTranspose", ["x", "k"])], SHAPE, [weights("k", 3, 2, 3)]), "RF504",
         "its weight takes 3 channels in 1 groups, its input has 2"),
        (model([node("MatMul", ["", "k"], "t"), node("Add", ["x", "t"])], SHAPE,
               [constant("k", [2], np.int64)]), "RF502", "MatMul: it cannot be computed"),
        (model([node("Resize", ["x"])], SHAPE, opset=18), "RF502",
         "Resize: it has neither a size nor a scale per dimension"),
        (model([node("Resize", ["x", "", "k"])], SHAPE, [constant("k", [1.0, 2.0])], opset=18),
         "RF502", "Resize: it has neither a size nor a scale per dimension"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_so(made, code, said, tmp_path):
    diagnostic = told(saved(made, tmp_path))
    assert diagnostic.code == code
    assert said in diagnostic.message
