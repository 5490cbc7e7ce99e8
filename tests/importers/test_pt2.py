"""Is a saved program read as its module is, whatever PyTorch's exporter writes into the file?"""

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch, read_pt2
from rfcalc.importers.torch.expressions import evaluate
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


class Skipped(nn.Module):
    """A path at half the size is padded by what lacks, and the rest cut from the end."""

    def __init__(self):
        super().__init__()
        self.down, self.up, self.last = c(3, 4, 3, 2), nn.Upsample(scale_factor=2), c(7, 4)

    def forward(self, x):
        y = self.up(self.down(x))
        less = [n - m for n, m in zip(x.shape[2:], y.shape[2:], strict=True)]
        z = self.last(torch.cat([x, F.pad(y, (0, less[1], 0, less[0]))], 1))
        return z[:, :, :-5, x.shape[3] // 4 :]


class Tokens(nn.Module):
    """Cells in a row, as a transformer has them, and back."""

    def __init__(self):
        super().__init__()
        self.one, self.two, self.three = c(3, 8, 4, 4), nn.LayerNorm(8), c(8, 4)

    def forward(self, x):
        y = self.one(x)
        h, w = y.shape[2:]
        return self.three(self.two(y.flatten(2).mT).mT.unflatten(2, (h, w)))


@pytest.mark.parametrize("kind", [Sized, Skipped, Tokens])
@pytest.mark.parametrize("size", [(16, 12), (20, 16), (33, 47), (64, 40)])
def test_open_sizes_are_those_that_are_given(kind, size, tmp_path):
    module, auto = kind().eval(), torch.export.Dim.AUTO
    example = (torch.zeros(2, 3, 24, 32),)
    path = saved(module, tmp_path, example, dynamic_shapes={"x": dict.fromkeys((2, 3), auto)})
    live = from_torch(module, torch.zeros(2, 3, *size))
    for given in (size, (2, 3, *size)):
        held = read_pt2(path, shapes=[given])
        assert [(n.layer, n.inputs, n.size) for n in held.nodes] == [
            (n.layer, n.inputs, n.size) for n in live.nodes
        ]
    assert read_pt2(path).nodes == from_torch(module, *example).nodes


def test_sizes_that_belong_together_are_held_together(tmp_path):
    dim = torch.export.Dim("h", min=4, max=100)
    module = Both().eval()
    sizes = {"x": {2: 2 * dim}, "y": {2: dim}}
    example = (torch.zeros(1, 3, 16, 8), torch.zeros(1, 4, 8, 4))
    path = saved(module, tmp_path, example, dynamic_shapes=sizes)
    held = read_pt2(path, shapes=[(20, 8)])
    assert [node.size for node in held.nodes if node.layer.op == "input"] == [(20, 8), (10, 4)]
    assert held.nodes == read_pt2(path, shapes=[(), (10, 4)]).nodes
    for given, said in {
        ((20, 8), (8, 4)): "dimension 2 of 'y' is 10 where others are as given, not 8",
        ((21, 8),): "dimension 2 of 'x' cannot be 21: it was exported in steps of 2",
        ((20, 9),): "was exported at the size [1, 3, 16, 8]: dimension 3 is fixed at 8, not 9",
        ((4, 8),): "was exported for sizes from 8 to 200, not 4",
        ((202, 8),): "was exported for sizes from 8 to 200, not 202",
    }.items():
        fault = told(lambda given=given: read_pt2(path, shapes=given))
        assert (fault.code, said in fault.message, bool(fault.help)) == ("RF462", True, True)
    for given in [((20, 8), (10, 4), (3, 3)), ((20, 8, 3),), ((0, 8),)]:
        assert told(lambda given=given: read_pt2(path, shapes=given)).code == "RF512"


class Both(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = c(3, 4, 3, 2)

    def forward(self, x, y):
        return self.one(x) + y


@pytest.mark.parametrize("given", [(24, 32), (1, 3, 24, 32)])
def test_a_file_of_one_size_is_read_at_that_size_alone(given, tmp_path):
    path = saved(Tokens().eval(), tmp_path, (torch.zeros(1, 3, 24, 32),))
    assert read_pt2(path, shapes=[given]).nodes == read_pt2(path).nodes
    fault = told(lambda: read_pt2(path, shapes=[(32, 32)]))
    assert (fault.code, "exported at the size [1, 3, 24, 32]" in fault.message) == ("RF462", True)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Add(Mul(Integer(3), Symbol('s0', positive=True)), Integer(-2))", 31),
        ("FloorDiv(Add(s0, Integer(-1)), Integer(4))", 2),
        ("Max(Integer(1), Mod(s0, Integer(4)))", 3),
        ("Pow(s0, Integer(2))", 121),
        ("ModularIndexing(s0, Integer(2), Integer(3))", 2),
        ("CeilToInt(IntTrueDiv(s0, Integer(2)))", 6),
        ("((s0 - 1)//2)*2 + 1 - -s0", 22),
        ("Mul(Rational(1, 2), Add(s0, Integer(1)))", 6),
        ("s1 + 1", None),
        ("Symbol('u0', integer=True)", None),
        ("open('x')", None),
        ("s0.real", None),
        ("s0 if s0 else 1", None),
        ("FloorDiv(s0, Integer(0))", None),
        ("(" * 5000 + "s0", None),
        ("s0**s0**s0**s0", None),
        ("1e400", None),
    ],
)
def test_an_expression_of_a_size_is_its_number_or_open(text, number):
    found = evaluate(text, {"s0": 11})
    assert found == number


def test_a_size_that_does_not_follow_from_the_inputs_is_refused_by_name(tmp_path):
    sizes = {"x": dict.fromkeys((2, 3), torch.export.Dim.AUTO)}
    path = saved(Sized().eval(), tmp_path, (torch.zeros(2, 3, 16, 12),), dynamic_shapes=sizes)

    def change(module):
        values = module["graph"]["tensor_values"]
        name = next(one for one in values if one.startswith("roll"))
        values[name]["sizes"][2]["as_expr"]["expr_str"] = "Symbol('u0', integer=True)"

    fault = told(lambda: read_pt2(edited(path, change), shapes=[(20, 16)]))
    assert (fault.code, fault.message.split(":")[0]) == ("RF501", "'roll'")


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
