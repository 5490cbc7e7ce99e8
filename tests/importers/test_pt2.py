"""Is a saved program read as its module is, whatever PyTorch's exporter writes into the file?"""

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch, read_pt2
from rfcalc.masks import mask
from tests.importers.idioms import Fn, c
from tests.importers.torch_changes import IMAGE, edited, saved

torch = pytest.importorskip("torch")
F = torch.nn.functional
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")


def told(call):
    with pytest.raises(RfcalcError) as caught:
        call()
    return caught.value.diagnostics[0]


class Sized(nn.Module):
    """Sizes of the input go through numbers into views, resizes, cuts and shifts."""

    def __init__(self):
        super().__init__()
        self.one, self.two, self.last = c(3, 4), c(4, 4, 3, 2), c(4, 4, 5)

    def forward(self, x):
        b, _, h, w = x.shape
        y = self.one(x)
        z = F.interpolate(self.two(y), size=(h, w), mode="bilinear")
        z = z.view(b * 2, 2, h, w).reshape(b, 4, h * w).view(b, 4, h, w)
        return self.last(y + z) + torch.zeros(b, 1, h, w), z[:, :, : h // 2], y.roll(h // 4, 2)


@pytest.mark.parametrize("free", [(0,), (2, 3), (0, 2, 3)])
def test_sizes_that_are_left_open_are_those_of_the_example(free, tmp_path):
    module, x = Sized().eval(), torch.zeros(2, 3, 16, 12)
    sizes = {"x": dict.fromkeys(free, torch.export.Dim.AUTO)}
    held = read_pt2(saved(module, tmp_path, (x,), dynamic_shapes=sizes))
    live = from_torch(module, x)
    assert held.nodes == live.nodes
    assert [held.nodes[i].size for i in held.outputs] == [(8, 12), (16, 12), (16, 12)]
    # Rows 6 to 10 are resized from rows 2 to 5, which read rows 3 to 11, and these 2 to 12.
    assert mask(held, "last", at=(8, 6)).rf == (11, 11)


def test_an_open_size_without_an_example_is_refused(tmp_path):
    sizes = {"x": {0: torch.export.Dim.AUTO}}
    path = saved(Sized().eval(), tmp_path, (torch.zeros(2, 3, 16, 12),), dynamic_shapes=sizes)

    def change(module):
        module["graph"]["tensor_values"]["x"]["sizes"][0]["as_expr"]["hint"] = None

    fault = told(lambda: read_pt2(edited(path, change)))
    assert (fault.code, fault.message) == ("RF504", "the input 'x' has no fixed size")
    assert fault.help == "export at fixed sizes"


class Body(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.body, self.head = c(3, 4, 5, 2), nn.Sequential(c(4, 4), c(4, 4)), c(4, 2, 1)

    def forward(self, x):
        y = self.stem(x)
        return {"out": self.head(self.body(y) * torch.ones(4, 1, 1))}


@pytest.mark.parametrize("submodule", ["stem", "body", "body.1", "head"])
def test_a_part_of_a_file_is_the_part_of_the_module(submodule, tmp_path):
    module = Body().eval()
    held = read_pt2(saved(module, tmp_path), submodule=submodule)
    live = from_torch(module, torch.zeros(IMAGE), submodule=submodule)
    ours, others = (
        [(node.layer, node.inputs, node.size) for node in one.nodes] for one in (held, live)
    )
    assert ours == others
    assert held.name == f"m.{submodule}"


def test_a_part_that_is_not_there_suggests_one_that_is(tmp_path):
    fault = told(lambda: read_pt2(saved(Body().eval(), tmp_path), submodule="bodi"))
    assert (fault.code, fault.help) == ("RF510", "did you mean 'body'?")
    assert fault.message == "the program has no submodule 'bodi'"


def test_a_file_that_is_not_there_is_named(tmp_path):
    fault = told(lambda: read_pt2(tmp_path / "none.pt2"))
    assert (fault.code, fault.help) == ("RF504", "check the path")
    assert fault.message == f"there is no file {tmp_path / 'none.pt2'}"


def test_a_table_for_one_dimension_is_read(tmp_path):
    module = Fn(lambda x: x[:, torch.tensor([2, 0])], c(3, 4), c(2, 4)).eval()
    held = read_pt2(saved(module, tmp_path))
    assert held.nodes == from_torch(module, torch.zeros(IMAGE)).nodes
    assert mask(held, at=(4, 4)).rf == (5, 5)


def test_outputs_keep_their_keys_wherever_the_file_lists_them(tmp_path):
    path = saved(Body().eval(), tmp_path)
    assert "out" in read_pt2(path).aliases
    edited(path, lambda module: module["module_call_graph"].reverse())
    assert "out" in read_pt2(path).aliases
    edited(path, lambda module: module.pop("module_call_graph"))
    assert "out" not in read_pt2(path).aliases


def gradient(x):
    """What the first of three results of an operator is, of which two are none."""
    weight = torch.ones(1, 1, 1, 1)
    sides = [1, 1], [0, 0], [1, 1], False, [0, 0], 1, [True, False, False]
    return torch.ops.aten.convolution_backward(x, x, weight, None, *sides)[0]


def test_a_result_that_is_none_has_no_name(tmp_path):
    module = Fn(gradient, c(3, 1)).eval()
    path = saved(module, tmp_path)
    for call in (lambda: read_pt2(path), lambda: from_torch(module, torch.zeros(IMAGE))):
        fault = told(call)
        assert fault.code == "RF501"
        assert "aten.convolution_backward is not handled" in fault.message
    assume = ["convolution_backward"]
    held = read_pt2(path, assume_pointwise=assume)
    live = from_torch(module, torch.zeros(IMAGE), assume_pointwise=assume)
    assert held.nodes == live.nodes
    assert mask(held, at=(4, 4)).rf == (3, 3)


class Silent(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = c(3, 4), c(4, 4)

    def forward(self, x):
        with torch.no_grad():
            y = self.one(x)
        return self.two(y)


def test_a_region_that_gives_nothing_leaves_a_value_that_nothing_makes(tmp_path):
    path = saved(Silent().eval(), tmp_path)
    assert mask(read_pt2(path), at=(4, 4)).rf == (5, 5)

    def change(module):
        nodes = module["graph"]["nodes"]
        region = next(node for node in nodes if "set_grad" in node["target"])
        inner = next(i["arg"] for i in region["inputs"] if "as_graph" in i["arg"])
        inner["as_graph"]["graph"]["outputs"] = [{"as_none": True}]

    fault = told(lambda: read_pt2(edited(path, change)))
    assert (fault.code, "which nothing in the program makes" in fault.message) == ("RF508", True)


@pytest.mark.parametrize(
    ("function", "op", "name", "value", "said"),
    [
        (lambda x: x.permute(0, 3, 1, 2), "permute", "dims", {"as_strings": ["a"]}, "dims is 'a'"),
        (lambda x: x.softmax(1), "softmax", "dim", {"as_none": True}, "dim is None"),
    ],
)  # fmt: skip
def test_a_dimension_that_is_no_number_is_refused(function, op, name, value, said, tmp_path):
    def change(module):
        for node in module["graph"]["nodes"]:
            for entry in node["inputs"]:
                if f".{op}." in node["target"] and entry["name"] == name:
                    entry["arg"] = value

    path = saved(Fn(function).eval(), tmp_path, (torch.zeros(1, 8, 8, 3),))
    read_pt2(path)
    fault = told(lambda: read_pt2(edited(path, change)))
    assert (fault.code, said in fault.message) == ("RF504", True), fault.message
