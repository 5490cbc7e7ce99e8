"""What do the importers' common parts say where no framework leads: limits, faults, constants?"""

import struct
import time
import zipfile
from typing import NamedTuple

import pytest

from rfcalc.errors import LimitExceeded, NeedsSize, RfcalcError, fail
from rfcalc.importers import cutting, layout, mixing, windows
from rfcalc.importers.archive import DIRECTORY_LIMIT, read_entry
from rfcalc.importers.axes import Factor, Tensor, Uneven, constant, regrouped
from rfcalc.importers.combining import combine
from rfcalc.importers.ending import entitled, finish
from rfcalc.importers.graph import Graph, lost, plain
from rfcalc.importers.malformed import untrusted
from rfcalc.importers.parts import part
from rfcalc.interior import growth
from rfcalc.layers.whole import SpatialNorm
from rfcalc.layers.window import Conv, MaxPool

SHAPE = (1, 4, 6, 6)


def first(names):
    return names[0]


def test_an_archive_whose_table_of_contents_is_too_large_is_not_opened(tmp_path):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
    assert read_entry(path, first, "config.json", "") == b"{}"
    data = bytearray(path.read_bytes())
    struct.pack_into("<L", data, data.rfind(b"PK\x05\x06") + 12, DIRECTORY_LIMIT + 1)
    path.write_bytes(data)
    with pytest.raises(RfcalcError, match=r"RF504 the table of contents of .* is larger than"):
        read_entry(path, first, "config.json", "")


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (fail("RF301", "too small"), "RF301", "too small"),
        (LimitExceeded("too many phases"), "RF305", "net.onnx: too many phases"),
        (NeedsSize("it depends on the size"), "RF305", "net.onnx: it depends on the size"),
        (RecursionError(), "RF504", "net.onnx nests too deep, or refers to itself"),
        (FileNotFoundError(2, "No such file"), "RF504", "net.onnx cannot be read: No such file"),
        (OSError(), "RF504", "net.onnx cannot be read: OSError"),
        (KeyError("w"), "RF504", "net.onnx holds what no framework writes (KeyError: 'w')"),
        (AssertionError("odd"), "RF504", "net.onnx holds what no framework writes (AssertionEr"),
    ],
)
def test_whatever_is_wrong_with_a_file_is_one_clear_error_that_keeps_its_cause(fault, code, said):
    with pytest.raises(RfcalcError) as caught, untrusted("net.onnx"):
        raise fault
    found = caught.value.diagnostics[0]
    assert found.code == code
    assert found.message.startswith(said)
    assert caught.value is fault or caught.value.__cause__ is fault


def test_what_interrupts_is_no_fault_of_the_file():
    with pytest.raises(KeyboardInterrupt), untrusted("net.onnx"):
        raise KeyboardInterrupt


class Step(NamedTuple):
    """One step of a program."""

    stack: list
    refs: list
    outputs: list


PROGRAM = [
    Step([("", "Net"), ("stem", "Conv")], ["x", "w"], ["a", None]),
    Step([("", "Net"), ("body", "Body"), ("body.one", "Conv")], ["a", "v"], ["b"]),
    Step([("", "Net"), ("body", "Body"), ("body.two", "Add")], ["b", "a"], ["c", ""]),
    Step([("", "Net"), ("body2", "Conv")], ["c", "b"], ["d"]),
]


@pytest.mark.parametrize(
    ("submodule", "inside", "inputs", "outputs"),
    [
        ("body", [1, 2], ["a", "v"], ["b", "c"]),
        ("body.one", [1], ["a", "v"], ["b"]),
        ("body.two", [2], ["b", "a"], ["c"]),
        ("body2", [3], ["c", "b"], ["d"]),
        ("stem", [0], ["x", "w"], ["a"]),
    ],
)
def test_a_part_has_what_crosses_its_border(submodule, inside, inputs, outputs):
    found = part(PROGRAM, ["d"], submodule, "model")
    assert found.inside == [PROGRAM[i] for i in inside]
    assert found.outside == [one for one in PROGRAM if one not in found.inside]
    assert (found.inputs, found.outputs) == (inputs, outputs)


@pytest.mark.parametrize(
    ("steps", "submodule", "help"),
    [
        (PROGRAM, "boddy", "did you mean 'body'?"),
        (PROGRAM, "", ""),
        ([Step([], ["x"], ["y"])], "body", "it has no paths"),
    ],
)
def test_a_part_that_is_not_there_is_refused(steps, submodule, help):
    with pytest.raises(RfcalcError, match=f"RF510 the model has no submodule '{submodule}'") as err:
        part(steps, ["d"], submodule, "model", "it has no paths")
    assert err.value.diagnostics[0].help.startswith(help)


def test_names_that_are_taken_are_not_given_to_outputs():
    titles = [("head", 5), ("input", 6), ("tail", 7)]
    assert entitled({"x": 1, "body": 2}, {"x", "output:head", "tail"}, titles) == {
        "body": 2,
        "head": 5,
        "output:input": 6,
        "output:tail": 7,
    }


def test_a_view_of_more_or_fewer_cells_than_there_are_is_none():
    dims = ((), (Factor(4),), (Factor(6, 0),))
    assert regrouped(dims, (2, 12)) == ((Factor(2),), (Factor(2), Factor(6, 0)))
    assert regrouped(dims, (2, 24)) is None
    assert regrouped(dims, (2, 6)) is None


def test_what_depends_on_no_input_stays_a_constant_of_the_right_shape():
    graph = Graph(dims=2)
    value = constant(SHAPE)
    pool = MaxPool(kernel=(3, 3), stride=(2, 2), padding=((1, 1),) * 2)
    made = [
        (windows.slide(graph, value, pool, [2, 3]), (1, 4, 3, 3)),
        (mixing.mix(graph, value, [1], plain("softmax"), SpatialNorm), SHAPE),
        (mixing.reduce(graph, value, [1, 3], keep=False), (1, 6)),
        (cutting.narrow(graph, value, 2, 1, 4), (1, 4, 4, 6)),
        (layout.cat(graph, [value, value], 1), (1, 8, 6, 6)),
        (combine(graph, plain("mul"), [(constant((4, 1)), "ab"), (constant((1, 5)), "ab")], "ba"),
         (5, 4)),
    ]  # fmt: skip
    assert [(one.node, one.shape) for one, _ in made] == [(None, shape) for _, shape in made]
    assert graph.drafts == []


@pytest.mark.parametrize("count", [0, 1, 2])
def test_parts_of_size_zero_leave_a_concatenation_as_it_is(count):
    graph = Graph(dims=2)
    image = graph.source("image", SHAPE)
    nothing = cutting.narrow(graph, image, 2, 3, 0)
    assert (nothing.node, nothing.shape) == (None, (1, 4, 0, 6))
    flat = constant([0])
    done = layout.cat(graph, [nothing, flat, *[image] * count], 2)
    assert done.shape == (1, 4, 6 * count, 6)


def test_parts_that_cannot_be_made_are_taken_to_read_alike_and_marked():
    """The pieces of a concatenation are made when one is asked for, which may fail."""
    graph = Graph(dims=2)
    image = graph.source("image", SHAPE)
    graph.here = "conv"
    kernel = Conv(kernel=(3, 3), stride=(1, 1), dilation=(1, 1), padding=((1, 1),) * 2)
    node = graph.emit(kernel, [image.node])

    class Failing:
        def again(self, graph, parts):
            graph.here = "elsewhere"
            raise lost("elsewhere", "it cannot be followed")

    mixed = Tensor(node, image.dims, Uneven(1, (2, 2), recipe=Failing(), name="cat"))
    graph.here = "slice"
    done = cutting.narrow(graph, mixed, 1, 0, 2)
    assert graph.here == "slice"
    network = finish(graph, "model", [done])
    assert network.assumed == (
        "slice: a part of the channels is taken to read what all of them read",
    )
    assert growth(network).rows[-1].rf == (3, 3)


def test_operators_without_names_are_numbered_in_time_that_grows_with_their_count():
    graph = Graph(dims=2)
    node = graph.source("relu_3", SHAPE).node
    graph.here = "relu"
    begun = time.process_time()
    for _ in range(30_000):
        node = graph.emit(plain("relu"), [node])
    assert time.process_time() - begun < 10
    names = [draft.name for draft in graph.drafts]
    assert names[:6] == ["relu_3", "relu", "relu_1", "relu_2", "relu_4", "relu_5"]
    assert len(set(names)) == len(names)


def test_a_tensor_that_leaves_out_cells_of_its_grid_is_refused():
    graph = Graph(dims=2)
    x = graph.source("x", SHAPE)
    graph.check(x)
    graph.here = "half"
    with pytest.raises(RfcalcError) as caught:
        graph.check(Tensor(x.node, x.dims[:3]))
    (told,) = caught.value.diagnostics
    assert told.message == "'half': a grid of (6, 6) cells is addressed as (6, 1)"
