"""Is each of several networks given what it understands, in whatever order they are named?"""

import io
import json
import sys
from itertools import permutations

import pytest

from rfcalc.comparison import compare
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.loading.several import load_all

FILE = "dims: 2\nlayers:\n  - {kernel: 3, name: a}\n  - {kernel: 3, dilation: 2, name: b}\n"


def codes(*nets, **options):
    with pytest.raises(RfcalcError) as caught:
        load_all(nets, **options)
    return [fault.code for fault in caught.value.diagnostics]


def sizes(nets, **options):
    return [network.input for network in load_all(nets, **options)]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(FILE)
    return str(path)


@pytest.fixture
def keras(tmp_path):
    """The configuration of a Keras model whose input has its channels last and no size."""
    same = {"kernel_size": [3, 3], "strides": [1, 1], "padding": "same", "filters": 4}
    layers = [
        {
            "class_name": "InputLayer",
            "config": {"name": "in", "batch_shape": [None, None, None, 3]},
        },
        *(
            {"class_name": "Conv2D", "config": {"name": name, "dilation_rate": [d, d], **same}}
            for name, d in (("first", 1), ("second", 2))
        ),
    ]
    path = tmp_path / "model.json"
    path.write_text(
        json.dumps({"class_name": "Sequential", "config": {"name": "k", "layers": layers}})
    )
    return str(path)


@pytest.fixture
def module(tmp_path, monkeypatch):
    """The name of a factory in Python, of the same two convolutions with a ReLU between."""
    pytest.importorskip("torch")
    (tmp_path / "made_here.py").write_text(
        "from torch import nn\n"
        "def net(width=4):\n"
        "    one = nn.Conv2d(3, width, 3, padding=1)\n"
        "    two = nn.Conv2d(width, 4, 3, padding=2, dilation=2)\n"
        "    return nn.Sequential(one, nn.ReLU(), two)\n"
        "def pair():\n"
        "    class Pair(nn.Module):\n"
        "        def __init__(self):\n"
        "            super().__init__()\n"
        "            self.body = net()\n"
        "        def forward(self, x, y):\n"
        "            return self.body(x) + self.body(y)\n"
        "    return Pair()\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    yield "made_here:net"
    sys.modules.pop("made_here", None)


@pytest.fixture
def exported(module, tmp_path):
    """The same module as a program that was saved at 32 x 48 cells."""
    import torch
    from made_here import net

    path = tmp_path / "saved.pt2"
    torch.export.save(torch.export.export(net().eval(), (torch.zeros(1, 3, 32, 48),)), path)
    return str(path)


@pytest.fixture
def onnx(tmp_path):
    """An ONNX file of one convolution, its input's sizes left open."""
    pytest.importorskip("onnx")
    from onnx import TensorProto, helper, save

    weight = helper.make_tensor("w", TensorProto.FLOAT, [4, 3, 3, 3], [0.0] * 108)
    node = helper.make_node("Conv", ["x", "w"], ["y"], "first", pads=[1, 1, 1, 1])
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, "h", "w_"])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    path = tmp_path / "one.onnx"
    save(helper.make_model(helper.make_graph([node], "one", [x], [y], [weight])), str(path))
    return str(path)


@pytest.mark.parametrize("given", [(1, 3, 24, 40), (3, 24, 40), (24, 40)])
def test_network_files_take_the_space_of_a_shape(file, given):
    """The last sizes, as many as a network has axes, behind a batch and channels."""
    assert sizes([file, "zoo:resnet50", "k3,k5"], input=given)[:2] == [(24, 40)] * 2
    assert sizes([file, "zoo:resnet50"], input=[given]) == [(24, 40)] * 2


def test_each_takes_what_it_understands_in_every_order(file, keras, module, exported, onnx):
    nets = {file: (24, 40), keras: (24, 40), module: (24, 40), onnx: (24, 40), "k3": (24, 40)}
    nets[exported] = (32, 48)
    for order in list(permutations(nets))[::97]:
        assert sizes(order, input=(1, 3, 24, 40)) == [nets[net] for net in order]


def test_what_a_model_takes_for_space_files_take_too(file, keras):
    """Channels last: the space of 1,24,40,3 is 24,40 and not 40,3."""
    for order in permutations([file, keras, "k3,k3d2"]):
        assert sizes(order, input=(1, 24, 40, 3)) == [(24, 40)] * 3


def test_spatial_sizes_reach_models_in_files(file, keras, onnx):
    assert sizes([file, keras, onnx], input=(24, 40)) == [(24, 40)] * 3


def test_a_network_alone_is_read_as_ever(file, exported):
    """The leniency is for several: alone, a shape that does not fit is a fault."""
    for net, code in ((file, "RF106"), (exported, "RF462")):
        assert codes(net, input=(1, 3, 24, 40)) == [code]
        with pytest.raises(RfcalcError, match=code):
            load(net, input=(1, 3, 24, 40))


def test_what_no_network_understands_is_refused(file, exported):
    assert codes(file, "k3", kwargs={"width": 8}) == ["RF406"] * 2
    assert codes(file, "zoo:unet", submodule="a") == ["RF406"] * 2
    assert codes(exported, exported, input=(1, 3, 24, 40)) == ["RF462"] * 2
    assert codes(exported, exported, set={"rate": 2}) == ["RF406"] * 2


@pytest.mark.parametrize("given", [(1, 3, 5, 24, 40), (2, 2, 2, 2, 2)])
def test_a_shape_that_has_no_such_space_is_refused(file, given):
    assert codes(file, "zoo:resnet50", input=given) == ["RF106"] * 2
    assert codes("zoo:wavenet", "zoo:tcn", input=(1, 3, 24, 40)) == ["RF106"] * 2


def test_options_reach_those_that_have_use_for_them(file, module, tmp_path):
    knob = tmp_path / "knob.yaml"
    knob.write_text("vars: {rate: 1}\nlayers:\n  - {kernel: 3, dilation: rate}\n")
    found = load_all(
        [str(knob), module], input=(1, 3, 24, 40), set={"rate": 4}, kwargs={"width": 2}
    )
    assert found[0].nodes[1].layer.dilation == (4, 4)
    part = load_all([file, module], input=(1, 3, 24, 40), submodule="2")
    assert [len(network.nodes) for network in part] == [3, 2]


def test_several_inputs_are_those_of_every_network(module, tmp_path):
    two = tmp_path / "two.yaml"
    two.write_text(
        "inputs: {x: [8, 8], y: [8, 8]}\nlayers:\n"
        "  - {kernel: 3, from: x, name: a}\n  - {kernel: 3, from: y, name: b}\n"
        "  - {op: add, from: [a, b]}\n"
    )
    given = [(1, 3, 24, 40), (1, 3, 24, 40)]
    found = load_all([str(two), "made_here:pair"], input=given)
    for network in found:
        assert [n.size for n in network.nodes if n.layer.op == "input"] == [(24, 40)] * 2


def test_a_model_that_is_given_space_alone_is_told_to_be_given_a_shape(file, module):
    with pytest.raises(RfcalcError) as caught:
        load_all([file, module], input=(24, 40))
    (fault,) = caught.value.diagnostics
    assert fault.code == "RF507"
    assert "`input=(1, 3, 224, 224)`: files take the space of it" in fault.help
    assert sizes([file, module], input=(1, 3, 24, 40)) == [(24, 40)] * 2
    assert codes(file, module) == ["RF403"]


def test_faults_of_a_shape_that_was_understood_stay_what_they_are(tmp_path, module):
    large = tmp_path / "large.yaml"
    large.write_text("dims: 2\nlayers:\n  - {kernel: 31, padding: 0}\n")
    assert codes(str(large), "k3", input=(1, 3, 24, 40)) == ["RF301"]
    with pytest.raises(RfcalcError) as caught:
        load_all(["k3", module], input=(1, 5, 24, 40))
    (fault,) = caught.value.diagnostics
    assert fault.code == "RF507"
    assert "files take" not in fault.help


def test_standard_input_is_read_once(monkeypatch):
    for given, size in (((1, 3, 24, 40), (24, 40)), ((24, 40), (24, 40)), (None, None)):
        monkeypatch.setattr(sys, "stdin", io.StringIO(FILE))
        assert sizes(["-", "k3"], input=given)[0] == size


def test_every_fault_of_every_network_is_told_in_order(tmp_path):
    nets = ("zoo:resnet51", tmp_path / "none.yaml", "k3", "zoo:resnet50", "k3x")
    assert codes(*map(str, nets), input=(1, 3, 9)) == ["RF117", "RF112", "RF115"]


def test_layers_of_file_and_module_stand_in_the_same_place(file, module, keras):
    found = compare([file, module, keras], input=(1, 3, 24, 40))
    names = [tuple(row and row.name for row in layer.rows) for layer in found.layers]
    assert names == [("a", "0", "first"), (None, "1", None), ("b", "2", "second")]
    assert [layer.name for layer in found.placed] == ["a", "b"]
    assert not found.differing
