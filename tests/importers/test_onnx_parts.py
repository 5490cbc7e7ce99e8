"""Is a submodule of an ONNX file what it would be as a model of its own, and are its names read?"""

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_onnx
from rfcalc.importers.onnx.stacks import stack_of
from tests.importers.onnx_oracle import (
    constant,
    differences,
    model,
    node,
    refusal,
    saved,
    weights,
)

onnx = pytest.importorskip("onnx")
helper = onnx.helper

SHAPE = (1, 2, 12)
PART = (1, 2, 6)
"""What reaches the part: every second cell."""


def exported(nodes, *tensors, opset=18, outputs=("y",)):
    """A file as PyTorch's older exporter writes it: the modules are in the names of the nodes."""
    stem = node("Conv", ["x", "w"], "s", "/stem/Conv", strides=[2])
    kernel = [weights("w", 2, 2, 1), weights("v", 2, 2, 3)]
    made = model([stem, *nodes], SHAPE, [*kernel, *tensors], opset, outputs)
    made.producer_name = "pytorch"
    return made


def alone(nodes, *tensors, opset=18):
    """The nodes of the part as a model of what reaches it."""
    return model(nodes, PART, [weights("v", 2, 2, 3), *tensors], opset)


HEAD = node("ReduceMean", ["b"], "y", "/head/ReduceMean")
BODY = node("Conv", ["s", "v"], "b", "/body/body.0/Conv", dilations=[2])
ALONE = alone([node("Conv", ["x", "v"], dilations=[2])])
OUTER = [
    node("Shape", ["s"], "n", "/Shape"),
    node("Neg", ["k"], "m", "/Neg"),
    node("Reshape", ["s", "n"], "r", "/body/Reshape"),
    node("Conv", ["r", "v"], "c", "/body/0/Conv"),
    node("Add", ["c", "m"], "b", "/body/Add"),
]

CASES = {
    "a sequence": (exported([BODY, HEAD]), "body", ALONE),
    "a module in a sequence": (exported([BODY, HEAD]), "body.0", ALONE),
    "what it reads of constants and shapes around it": (
        exported([*OUTER, HEAD], constant("k", 2.0)),
        "body",
        alone([node("Conv", ["x", "v"])]),
    ),
    "what the model ends in": (exported([BODY], outputs=("b",)), "body", ALONE),
    "one that is not needed for the rest": (
        exported([
            node("Relu", ["s"], "y", "/head/Relu"), BODY, node("Neg", ["b"], "z", "/side/Neg"),
        ]),
        "body",
        ALONE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_part_reads_what_it_reads_as_a_model_of_its_own(case, tmp_path):
    made, path, spelled = CASES[case]
    network, wrong = differences(made, PART, tmp_path, spelled=spelled, submodule=path)
    assert (wrong, network.assumed) == ([], ())
    assert network.name == f"model.{path}"


def test_a_part_has_an_input_for_each_value_that_enters_it(tmp_path):
    nodes = [
        node("Conv", ["x", "w"], "t", "/side/Conv", strides=[3]),
        node("Concat", ["s", "t"], "m", "/body/Concat", axis=2),
        node("Conv", ["m", "v"], "y", "/body/Conv"),
    ]
    network = read_onnx(saved(exported(nodes), tmp_path), submodule="body")
    entries = [(one.name, one.size) for one in network.nodes if one.layer.op == "input"]
    assert entries == [("s", (6,)), ("t", (4,))]
    assert network.nodes[network.output].size == (8,)


def test_an_operator_before_a_part_is_taken_for_element_wise(tmp_path):
    odd = helper.make_node("Odd", ["s"], ["o"], "/stem/Odd", domain="own")
    body = node("Conv", ["o", "v"], "b", "/body/Conv", dilations=[2])
    path = saved(exported([odd, body, HEAD]), tmp_path)
    part = read_onnx(path, submodule="body", assume_pointwise=["own.Odd"])
    assert [(one.layer.op, one.size) for one in part.nodes] == [("input", (6,)), ("conv", (2,))]


def test_an_operator_within_a_branch_is_taken_for_element_wise(tmp_path):
    value = helper.make_tensor_value_info("z", 1, None)

    def within(one):
        return helper.make_graph([one], "b", [], [value])

    inner = within(helper.make_node("Odd", ["x"], ["z"], domain="own", name="odd"))
    outer = within(node("If", ["yes"], "z", then_branch=inner, else_branch=inner))
    made = model(
        [node("If", ["yes"], then_branch=outer, else_branch=outer)],
        SHAPE, [constant("yes", True, bool)],
    )  # fmt: skip
    path = saved(made, tmp_path)
    with pytest.raises(RfcalcError, match=r"`assume_pointwise='own\.Odd'`"):
        read_onnx(path)
    network = read_onnx(path, assume_pointwise=["own.Odd"])
    assert network.assumed[0] == "odd: own.Odd taken for element-wise"


def test_a_node_of_which_one_output_has_no_name_is_read(tmp_path):
    scale = constant("g", np.ones(12))
    made = model(
        [node("LayerNormalization", ["x", "g"], ["", "m"]), node("Add", ["x", "m"])],
        SHAPE, [scale], 18,
    )  # fmt: skip
    _, wrong = differences(made, SHAPE, tmp_path)
    assert wrong == []


LIST = [
    node("SplitToSequence", ["s", "two"], "l", "/SplitToSequence", axis=2),
    node("ConcatFromSequence", ["l"], "y", "/body/ConcatFromSequence", axis=2),
]


@pytest.mark.parametrize(
    ("made", "path", "code", "said", "help"),
    [
        (
            exported([BODY, HEAD]), "bodi", "RF510",
            "the model has no submodule 'bodi'", "body",
        ),
        (
            model([node("Conv", ["x", "v"])], SHAPE, [weights("v", 2, 2, 3)]), "body", "RF510",
            "the model has no submodule 'body'",
            "the file names no modules: ask for a `layer=`",
        ),
        (
            exported(LIST, constant("two", 2, np.int64)), "body", "RF502",
            "'l' enters as a sequence of tensors", "ask for a larger part",
        ),
    ],
    ids=["misspelt", "without modules", "a list"],
)  # fmt: skip
def test_a_part_that_cannot_be_read_is_refused(made, path, code, said, help, tmp_path):
    told = refusal(made, tmp_path, submodule=path)
    assert (told.code, told.message) == (code, said)
    assert help in told.help


def named(name="", **told):
    """A node with what its exporter told of it."""
    one = node("Relu", ["x"], name=name)
    for key, value in told.items():
        one.metadata_props.add(key=key, value=value)
    return one


SCOPES, KINDS = "pkg.torch.onnx.name_scopes", "pkg.torch.onnx.class_hierarchy"


@pytest.mark.parametrize(
    ("told", "stack"),
    [
        (
            {SCOPES: "['', 'body', 'body.0', 'relu']", KINDS: "['Net', 'Seq', 'ReLU', 'aten']"},
            (("body", "Seq"), ("body.0", "ReLU")),
        ),
        ({SCOPES: "['', 'body@2', 'relu']"}, (("body", ""),)),
        ({SCOPES: "['body', 'rel"}, ()),
        ({SCOPES: "{'body': 'relu'}"}, ()),
        ({SCOPES: f"[{'1, ' * 9000}]"}, ()),
        (
            {"namespace": ": Net/body: Seq/body.0: ReLU/relu_1: aten.relu.default"},
            (("body", "Seq"), ("body.0", "ReLU")),
        ),
        ({"namespace": "relu"}, ()),
    ],
)
def test_the_modules_around_a_node_are_read_of_what_its_exporter_wrote(told, stack):
    assert stack_of(named(**told), torch=True) == stack


def test_a_name_with_slashes_is_a_path_in_files_of_pytorch_alone():
    one = named("/body/body.0/Relu")
    assert stack_of(one, torch=True) == (("body", ""), ("body.0", ""))
    assert stack_of(one, torch=False) == ()
