"""How long does reading a large ONNX file take, and what does it hold of it?"""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.sides import ROOT, cpu

PEAK = """
import re, sys
import onnx
from rfcalc.importers import read_onnx
# ru_maxrss would count what the process that started this one held.
peak = lambda: int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])
before = peak()
read_onnx(sys.argv[1])
print(peak() - before)
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    import contextlib
    import io
    import logging

    torch = pytest.importorskip("torch")
    from tests.importers.models import declare_torchvision_operators

    declare_torchvision_operators()
    models = pytest.importorskip("torchvision.models")
    path = tmp_path_factory.mktemp("onnx") / "resnet152.onnx"
    logging.disable(logging.CRITICAL)
    with contextlib.redirect_stdout(io.StringIO()):
        model = models.get_model("resnet152", weights=None).eval()
        torch.onnx.export(model, (torch.zeros(1, 3, 224, 224),), str(path), dynamo=False)
    logging.disable(logging.NOTSET)
    return path


@pytest.mark.filterwarnings("ignore")
def test_read(rows, file: Path) -> None:
    import onnx

    from rfcalc.importers import read_onnx

    whole = cpu(lambda: onnx.load(str(file)))
    read, _ = rows.least(lambda: read_onnx(file) and None, lambda: None, rounds=5)
    size = file.stat().st_size / 1e6
    rows.told(
        f"{read / whole:.2f} ({read:.2f} s)",
        "below 1 s",
        f"Reading torchvision's ResNet-152 as ONNX ({size:.0f} MB), over `onnx.load` itself",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_peak(rows, file: Path) -> None:
    run = [sys.executable, "-c", PEAK, str(file)]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    rows.told(
        f"{int(done.stdout) / 1024:.0f} MB",
        "below 200 MB",
        "Memory that reading it takes beyond Python with onnx imported",
    )


NODES = 10_000
"""Nodes of the chain; a model of so many is rare."""


@pytest.fixture(scope="module")
def small_nodes(tmp_path_factory) -> Path:
    """A file of many nodes and few weights, where nothing is spared by not reading them."""
    import onnx
    from onnx import TensorProto, helper

    shape = [1, 4, 64, 64]
    nodes, weights, read = [], [], "x"
    for number in range(NODES // 2):
        conv, relu, weight = f"c{number}", f"r{number}", f"w{number}"
        zeros = bytes(4 * 4 * 3 * 3 * 4)
        weights.append(helper.make_tensor(weight, TensorProto.FLOAT, (4, 4, 3, 3), zeros, raw=True))
        nodes.append(helper.make_node("Conv", [read, weight], [conv], pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [conv], [relu]))
        read = relu
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("x", read)]
    graph = helper.make_graph(nodes, "chain", ends[:1], ends[1:], weights)
    path = tmp_path_factory.mktemp("onnx") / "chain.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), str(path))
    return path


def test_nodes(rows, small_nodes: Path) -> None:
    import onnx

    from rfcalc.importers import read_onnx

    model = onnx.load(str(small_nodes))

    def ask() -> None:
        for node in model.graph.node:
            _ = node.op_type, node.domain, node.name, list(node.input), list(node.output)
            _ = [(item.name, item.type, list(item.ints)) for item in node.attribute]

    read, whole, asked = rows.least(
        lambda: read_onnx(small_nodes) and None,
        lambda: onnx.load(str(small_nodes)) and None,
        ask,
        rounds=3,
    )
    rows.told(
        f"{asked / whole:.1f}",
        "the least that is left to do in Python",
        f"Asking each of {NODES:,} nodes for its fields, over `onnx.load`, which is C",
    )
    rows.told(
        f"{read / whole:.0f} ({1e6 * read / NODES:.0f} us a node)",
        "below 40",
        f"Reading these {NODES:,} nodes, convolutions of few weights",
    )
