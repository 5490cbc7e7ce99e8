"""Law: whatever stands for a network gives the same answers as the network file of it."""

import sys
from collections.abc import Mapping
from subprocess import run
from types import MappingProxyType

import numpy as np
import pytest

import rfcalc
from rfcalc import RfcalcError
from rfcalc.loading.networks import as_network
from rfcalc.spec import read_text

FILE = """
name: network
dims: 2
input: [17, 19]
vars: {rate: 2}
layers:
  - {kernel: 3, dilation: rate, name: c1}
  - residual: [{kernel: [3, 5]}]
  - {kernel: 3, dilation: 3, name: "last \\u2028 \\U0001f600"}
"""
HELD = {
    "name": "network",
    "dims": 2,
    "input": (17, np.int64(19)),
    "vars": {"rate": 2},
    "layers": (
        MappingProxyType({"kernel": np.int32(3), "dilation": "rate", "name": "c1"}),
        {"residual": [{"kernel": np.array([3, 5])}]},
        {"kernel": 3, "dilation": 3, "name": "last \u2028 \U0001f600"},
    ),
}
ASKED = {
    "analyze": lambda net: [(r.name, r.rf, r.density) for r in rfcalc.analyze(net).rows],
    "mask": lambda net: rfcalc.mask(net, at=5).region,
    "paths": lambda net: rfcalc.paths(net, at=5).counts.tolist(),
    "cost": lambda net: rfcalc.cost(net).to_dict(),
    "fit": lambda net: rfcalc.fit(net, [9]).to_dict(),
    "erf": lambda net: rfcalc.erf(net).to_dict(),
    "verify": lambda net: rfcalc.verify(net, positions=1).checks,
}


@pytest.mark.parametrize("question", ASKED)
def test_every_question_answers_of_a_mapping_as_of_its_file(question: str, tmp_path):
    path = tmp_path / "network.yaml"
    path.write_text(FILE)
    asked = ASKED[question]
    assert asked(HELD) == asked(path) == asked(str(path)) == asked(as_network(HELD))


def test_a_mapping_and_its_file_are_the_same_network():
    file, held = read_text(FILE, "network.yaml"), as_network(HELD)
    assert [node.name for node in held.nodes] == [node.name for node in file.nodes]
    assert [(n.layer, n.taps, n.size) for n in held.nodes] == [
        (n.layer, n.taps, n.size) for n in file.nodes
    ]


def test_a_list_of_layers_and_a_chain_are_the_same():
    layers = [{"kernel": 3}, {"kernel": 3, "dilation": 2}]
    ours, theirs = (rfcalc.analyze(net, input=(9, 9)) for net in (layers, "k3,k3d2"))
    assert [row.rf for row in ours.rows] == [row.rf for row in theirs.rows]
    assert ours.network.input == (9, 9)


def test_a_chain_is_read_as_load_reads_it():
    assert rfcalc.chain("k3,k3d2", input=(9, 9)) == rfcalc.load("k3,k3d2", input=(9, 9))
    assert rfcalc.chain("k3", dims=1) == rfcalc.load("k3", dims=1)
    with pytest.raises(TypeError, match=r"^text is"):
        rfcalc.chain(3)
    for text in ("", "k3x", "zoo:unet", "net.yaml"):
        with pytest.raises(RfcalcError):
            rfcalc.chain(text)


def test_set_gives_variables_of_a_mapping():
    assert rfcalc.load(HELD, set={"rate": 4}).nodes[1].layer.dilation == (4, 4)


def test_faults_of_a_mapping_have_their_place():
    with pytest.raises(RfcalcError, match=r"RF102 conv has no parameter 'strid'") as caught:
        rfcalc.load({"layers": [{"kernel": 3, "strid": 2}]})
    at = caught.value.diagnostics[0].at
    assert at is not None
    assert at.file == "network"
    assert '"strid"' in at.text


itself: list[object] = []
itself.append(itself)
deep: object = "relu"
for _ in range(100_000):
    deep = [deep]


@pytest.mark.parametrize(
    "net", [3, None, b"k3", object(), {3}, [object()], {("a", "b"): 1}, itself, deep, [b"relu"]]
)
@pytest.mark.parametrize("function", [rfcalc.analyze, rfcalc.mask, rfcalc.load, rfcalc.erf])
def test_what_is_no_network_raises_a_type_error_that_names_net(function, net):
    with pytest.raises((TypeError, RfcalcError), match=r"\bnet\b|RF1"):
        function(net)


@pytest.mark.parametrize("name", ["\ud800", "a\x7fb", "a\x00b"])
def test_a_name_that_no_file_holds_is_a_fault_or_kept(name: str):
    held = {"name": name, "layers": ["relu"]}
    if name.startswith("a"):
        assert as_network(held).name == name
    else:
        with pytest.raises(RfcalcError, match="RF101"):
            as_network(held)


def test_the_size_of_a_network_is_not_replaced():
    with pytest.raises(RfcalcError, match="input is given"):
        rfcalc.analyze(as_network("k3"), input=(9, 9))


@pytest.mark.parametrize("at", [5, (5, 5), [5, 5], np.int64(5), np.array([5, 5])])
def test_one_index_stands_for_all_axes(at):
    expected = rfcalc.mask(HELD, at=(5, 5))
    assert rfcalc.mask(HELD, at=at).region == expected.region


@pytest.mark.parametrize("at", ["5", 2.5, (1, "a"), {1: 2, "b": 3}, object()])
@pytest.mark.parametrize("function", [rfcalc.mask, rfcalc.paths])
@pytest.mark.parametrize("name", ["at", "phase"])
def test_an_index_that_is_none_is_named(function, at, name: str):
    with pytest.raises(TypeError, match=f"^{name} is"):
        function(HELD, **{name: at})


def test_a_module_is_read_at_its_input():
    torch = pytest.importorskip("torch")
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3, 2), torch.nn.Conv2d(4, 2, 3, dilation=2))
    for given in ((1, 3, 32, 32), [(1, 3, 32, 32)], torch.zeros(1, 3, 32, 32)):
        assert rfcalc.analyze(model, input=given).output.rf == (11, 11)
    with pytest.raises(RfcalcError, match="RF403"):
        rfcalc.mask(model)


def test_no_framework_is_imported_for_what_is_no_module():
    code = (
        "import sys, rfcalc; rfcalc.analyze('k3,k3d2'); rfcalc.mask([{'kernel': 3}]); "
        "print(*sorted({'torch', 'onnx', 'keras', 'pandas', 'matplotlib'} & set(sys.modules)))"
    )
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_mapping_of_any_class_will_do():
    class Own(Mapping):
        def __getitem__(self, key):
            return {"layers": [{"kernel": 3}]}[key]

        def __iter__(self):
            return iter(["layers"])

        def __len__(self):
            return 1

    assert len(as_network(Own()).nodes) == 2
