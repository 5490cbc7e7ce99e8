"""Is an ONNX file that is no file, too large, too deep or cut under the reader refused at once?"""

import io
import os
import struct

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_onnx
from rfcalc.importers.onnx import wire
from rfcalc.importers.onnx.wire import without_weights
from rfcalc.interior import growth
from tests.importers.onnx_oracle import FLOAT, model, node, saved, weights

onnx = pytest.importorskip("onnx")
TensorProto = onnx.TensorProto
helper = onnx.helper
numpy_helper = onnx.numpy_helper


def told(call):
    with pytest.raises(RfcalcError) as caught:
        call()
    diagnostic = caught.value.diagnostics[0]
    return diagnostic.code, diagnostic.message


def convolution():
    return model([node("Conv", ["x", "w"])], [1, 2, 9], [weights("w", 2, 2, 3)])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    path = tmp_path / "pipe.onnx"
    os.mkfifo(path)
    assert told(lambda: read_onnx(path)) == ("RF504", f"{path} is not a file on disk")


def test_a_folder_an_empty_file_and_a_path_that_no_file_has_are_refused(tmp_path):
    (tmp_path / "empty.onnx").touch()
    assert "is not a file on disk" in told(lambda: read_onnx(tmp_path))[1]
    assert "is empty" in told(lambda: read_onnx(tmp_path / "empty.onnx"))[1]
    code, said = told(lambda: read_onnx("a\0b.onnx"))
    assert (code, "cannot be read: embedded null byte" in said) == ("RF504", True)


def nested(depth):
    """A model of graphs in graphs, the innermost of which holds more than is left unread."""
    value = helper.make_tensor_value_info("z", FLOAT, None)
    large = numpy_helper.from_array(np.ones(5000, np.float32), "k")
    graph = helper.make_graph([node("Neg", ["k"], "z")], "inner", [], [value], [large])
    for _ in range(depth):
        one = node("If", ["c"], "z", then_branch=graph, else_branch=graph)
        one.attribute.pop()
        graph = helper.make_graph([one], "outer", [], [value])
    return helper.make_model(graph)


def test_messages_nested_too_deep_are_refused(tmp_path):
    # A graph is three messages: of the node, of its attribute, and its own.
    path = saved(nested(18), tmp_path)
    assert len(without_weights(path)) < 5000
    path = saved(nested(22), tmp_path)
    code, said = told(lambda: read_onnx(path))
    assert (code, said) == ("RF113", f"{path} nests messages deeper than {wire.DEPTH_LIMIT}")


@pytest.mark.parametrize(
    ("limit", "said"),
    [("FIELDS_LIMIT", "more than 2 fields"), ("KEPT_LIMIT", "more than 2 bytes besides")],
)
def test_a_file_of_too_many_parts_is_refused(limit, said, tmp_path, monkeypatch):
    path = saved(convolution(), tmp_path)
    monkeypatch.setattr(wire, limit, 2)
    code, message = told(lambda: read_onnx(path))
    assert (code, said in message) == ("RF113", True)


def field(number, held):
    """A field of bytes as protobuf writes it."""
    return wire._varint_bytes(number << 3 | 2) + wire._varint_bytes(len(held)) + held


@pytest.mark.parametrize(
    ("kind", "number"),
    [(TensorProto.FLOAT, b"\x25" + struct.pack("<f", 1)),
     (TensorProto.DOUBLE, b"\x51" + struct.pack("<d", 1))],
    ids=["floats", "doubles"],
)  # fmt: skip
def test_numbers_that_are_written_one_by_one_are_read_over(kind, number, tmp_path):
    made = model([node("Conv", ["x", "w"])], [1, 1, 9])
    head = TensorProto(name="w", data_type=kind, dims=[1000, 1, 3]).SerializeToString()
    path = tmp_path / "model.onnx"
    path.write_bytes(made.SerializeToString() + field(7, field(5, head + number * 3000)))
    network = read_onnx(path)
    assert network.nodes[network.output].size == (7,)
    assert growth(network).rows[-1].rf == (3,)


class Slow(io.BytesIO):
    """A file that gives a few bytes at a time, as one on a network may."""

    def read(self, size=-1):
        return super().read(min(size, 64))


def walked(data, size):
    return wire._Walk("slow.onnx", Slow(data), size).message(0, size, wire._MODEL, 0)


def test_a_file_that_gives_its_bytes_slowly_is_read_whole(tmp_path):
    path = saved(convolution(), tmp_path)
    data = path.read_bytes()
    assert len(data) > 128
    assert walked(data, len(data)) == without_weights(path)


def test_a_file_cut_while_it_is_read_is_refused(tmp_path):
    data = saved(convolution(), tmp_path).read_bytes()
    for size in range(len(data)):
        code, said = told(lambda size=size: walked(data[:size], len(data)))
        assert (code, "is cut short" in said) == ("RF504", True)
