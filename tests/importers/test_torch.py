"""Does a PyTorch model come in with the names users know, and go wrong with a clear word?"""

import subprocess
import sys
import types

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import from_target, from_torch, read_pt2
from rfcalc.importers.torch.operators import OPERATORS
from rfcalc.importers.torch.outputs import labels
from rfcalc.interior import growth
from rfcalc.masks import mask
from rfcalc.network import without_global
from tests.importers.idioms import Fn, SqueezeExcite, c

torch = pytest.importorskip("torch")
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")

IMAGE = (1, 3, 16, 16)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1, self.conv2 = c(4, 4), nn.BatchNorm2d(4), c(4, 4)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.conv2(y)
        y += x
        return self.relu(y)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = c(3, 4, 3, 2)
        self.layer1 = nn.Sequential(Block(), Block())
        self.head, self.aux = c(4, 2, 1), c(4, 2, 3)

    def forward(self, x):
        y = self.layer1(self.stem(x))
        return {"out": self.head(y), "aux": self.aux(y)}


def _code(call):
    with pytest.raises(RfcalcError) as caught:
        call()
    return caught.value.diagnostics[0]


def test_layers_have_the_module_paths():
    network = from_torch(Net().eval(), torch.zeros(IMAGE))
    names = [node.name for node in network.nodes]
    assert names[:8] == [
        "x", "stem", "layer1.0.conv1", "layer1.0.bn1", "layer1.0.relu", "layer1.0.conv2",
        "layer1.0.add", "layer1.0.relu_1",
    ]  # fmt: skip
    assert len(set(names)) == len(names)


def test_a_module_path_stands_for_its_output():
    network = from_torch(Net().eval(), torch.zeros(IMAGE))
    assert network.nodes[network.index("layer1", 0)].name == "layer1.1.relu_1"
    assert network.nodes[network.index("layer1.0", 0)].name == "layer1.0.relu_1"


def test_every_output_is_kept():
    network = from_torch(Net().eval(), torch.zeros(IMAGE))
    assert [network.nodes[i].name for i in network.outputs] == ["aux", "head"]


def test_every_input_is_a_source():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = c(3, 4, 5), c(1, 4, 3)

        def forward(self, image, mask):
            return self.a(image) + self.b(mask)

    network = from_torch(Two(), (torch.zeros(IMAGE), torch.zeros(1, 1, 16, 16)))
    assert [n.name for n in network.nodes if n.layer.op == "input"] == ["image", "mask"]
    assert mask(network, source="image", at=(8, 8)).rf == (5, 5)
    assert mask(network, source="mask", at=(8, 8)).rf == (3, 3)


def test_a_submodule_is_read_at_the_input_it_receives():
    network = from_torch(Net().eval(), torch.zeros(IMAGE), submodule="layer1")
    assert network.nodes[0].size == (8, 8)
    assert mask(network, at=(4, 4)).rf == (8, 8)


def test_reading_a_saved_program_does_not_import_torch(tmp_path):
    program = torch.export.export(Net().eval(), (torch.zeros(IMAGE),), strict=False)
    torch.export.save(program, tmp_path / "net.pt2")
    script = (
        "import sys; from rfcalc.importers import read_pt2;"
        f"n = read_pt2({str(tmp_path / 'net.pt2')!r});"
        "assert 'torch' not in sys.modules; assert 'numpy' not in sys.modules; print(len(n.nodes))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    live = from_torch(Net().eval(), torch.zeros(IMAGE))
    assert int(done.stdout) == len(live.nodes)


def test_the_defaults_of_the_table_are_those_of_the_schemas():
    wrong = []
    for target, found in OPERATORS.items():
        packet = getattr(torch.ops.aten, target.removeprefix("aten."), None)
        if packet is None:
            continue
        for overload in packet.overloads():
            for argument in getattr(packet, overload)._schema.arguments:
                if argument.name not in found.defaults or argument.default_value is None:
                    continue
                given, known = argument.default_value, found.defaults[argument.name]
                flat = given[0] if isinstance(given, list) and given else given
                empty = given in ([], "valid") and not known  # no dimensions, no padding
                if flat not in (known, [known]) and given != known and not empty:
                    wrong.append((target, overload, argument.name, given, known))
    assert wrong == []


def test_every_operator_of_the_table_says_how():
    assert all(found.how.endswith((".", ":")) for found in OPERATORS.values())
    assert len(OPERATORS) > 250


def test_an_unhandled_operator_is_refused_by_name_and_may_be_assumed():
    module = Fn(lambda x: torch.special.bessel_j0(x), c(3, 4))
    fault = _code(lambda: from_torch(module, torch.zeros(IMAGE)))
    assert fault.code == "RF501"
    assert "special_bessel_j0" in fault.message
    network = from_torch(module, torch.zeros(IMAGE), assume_pointwise=["special_bessel_j0"])
    assert network.assumed
    assert not mask(network, at=(4, 4)).exact


def test_assuming_an_operator_that_is_not_used_is_an_error():
    fault = _code(lambda: from_torch(Net(), torch.zeros(IMAGE), assume_pointwise=["sine"]))
    assert fault.code == "RF511"


def test_an_exception_of_the_model_is_shown_as_theirs():
    fault = _code(lambda: from_torch(Net(), torch.zeros(1, 5, 16, 16)))
    assert fault.code == "RF507"
    assert "RuntimeError" in fault.message


def test_what_python_reads_is_told_in_one_line():
    module = Fn(lambda x: x if x.sum() > 0 else -x, c(3, 4))
    fault = _code(lambda: from_torch(module, torch.zeros(IMAGE)))
    assert fault.code == "RF515"
    assert "__bool__() at test_torch.py:" in fault.message
    assert "\n" not in fault.message


def test_a_missing_submodule_suggests_the_nearest():
    fault = _code(lambda: from_torch(Net(), torch.zeros(IMAGE), submodule="layer2"))
    assert (fault.code, fault.help) == ("RF510", "did you mean 'layer1'?")


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"no archive", "not a .pt2"), (b"PK\x05\x06" + b"\0" * 18, "no exported program")],
)
def test_a_file_that_is_no_program_is_refused(tmp_path, content, word):
    path = tmp_path / "m.pt2"
    path.write_bytes(content)
    fault = _code(lambda: read_pt2(path))
    assert fault.code == "RF504"
    assert word in fault.message


def test_a_truncated_file_is_refused(tmp_path):
    program = torch.export.export(Net().eval(), (torch.zeros(IMAGE),), strict=False)
    torch.export.save(program, tmp_path / "net.pt2")
    whole = (tmp_path / "net.pt2").read_bytes()
    for part in (10, len(whole) // 2, len(whole) - 5):
        (tmp_path / "cut.pt2").write_bytes(whole[:part])
        assert _code(lambda: read_pt2(tmp_path / "cut.pt2")).code == "RF504"


@pytest.fixture
def target():
    module = types.ModuleType("rfcalc_test_target")
    module.Net, module.ready, module.number = Net, Net(), 3
    module.make = lambda width=4: nn.Sequential(c(3, width), c(width, 2, 5))
    module.broken = lambda: 1 / 0
    sys.modules[module.__name__] = module
    yield module.__name__
    del sys.modules[module.__name__]


@pytest.mark.parametrize("name", ["Net", "ready", "make"])
def test_a_target_is_a_class_a_module_or_a_function(target, name):
    network = from_target(f"{target}:{name}", [IMAGE])
    assert network.input == (16, 16)


def test_a_factory_takes_keywords(target):
    network = from_target(f"{target}:make", [IMAGE], kwargs={"width": 6})
    assert mask(network, at=(8, 8)).rf == (7, 7)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("rfcalc_test_target:Nett", "RF506"),
        ("rfcalc_test_target:number", "RF506"),
        ("rfcalc_test_target", "RF506"),
        ("rfcalc_no_such_module:Net", "RF506"),
        ("rfcalc_test_target:broken", "RF507"),
    ],
)
def test_a_bad_target_is_named(target, name, code):
    assert _code(lambda: from_target(name, [IMAGE])).code == code


def test_a_target_needs_an_input(target):
    assert _code(lambda: from_target(f"{target}:Net", [])).code == "RF512"


def test_without_global_gates_are_the_identity():
    module = nn.Sequential(c(3, 4), SqueezeExcite(), nn.InstanceNorm2d(4), c(4, 4, 5))
    network = from_torch(module, torch.zeros(IMAGE))
    causes = [r.unbounded for r in growth(network).rows if r.name == "3"]
    assert {cause.by for axes in causes for cause in axes} == {"1.mean"}
    local = without_global(network)
    assert mask(local, "3").rf == (7, 7)
    assert [fact.split("'")[1] for fact in local.assumed] == ["1.mean", "2"]
    assert not mask(local, "3").exact


def test_without_global_a_pooled_branch_and_a_head_contribute_nothing():
    class Context(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.near, self.last = c(3, 4), c(4, 4, 3, d=2), c(8, 4, 3)
            self.pool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(4, 2)

        def forward(self, x):
            x = self.stem(x)
            far = nn.functional.interpolate(self.pool(x), size=x.shape[2:], mode="bilinear")
            y = self.last(torch.cat([self.near(x), far], 1))
            return self.fc(y.mean((2, 3)))

    local = without_global(from_torch(Context(), torch.zeros(IMAGE)))
    assert [local.nodes[i].name for i in local.outputs] == ["last"]
    assert mask(local).rf == (9, 9)
    assert [fact.split("'")[1] for fact in local.assumed] == ["pool", "mean"]


def test_without_global_a_local_network_is_itself():
    network = from_torch(nn.Sequential(c(3, 4)), torch.zeros(IMAGE))
    assert without_global(network) == network


class Keyed(nn.Module):
    """Outputs by key, one of them in a list below its key, beside what is no tensor."""

    def __init__(self):
        super().__init__()
        self.one, self.two, self.three = c(3, 2, 1), c(3, 2, 3), c(3, 2, 5)

    def forward(self, x):
        return {"count": 3, "out": self.one(x), "heads": [None, self.two(x)], "one": self.three(x)}


def test_outputs_are_known_by_the_keys_that_the_model_gives_them(tmp_path):
    module, x = Keyed().eval(), torch.zeros(IMAGE)
    torch.export.save(torch.export.export(module, (x,), strict=False), tmp_path / "model.pt2")
    for network in (from_torch(module, x), read_pt2(tmp_path / "model.pt2")):
        by_key = {key: network.nodes[network.index(key, 0)].name for key in ("out", "heads.1")}
        assert by_key == {"out": "one", "heads.1": "two"}
        # A module of that name comes before a key.
        assert network.nodes[network.index("one", 0)].name == "one"
        assert mask(network, "heads.1", at=(8, 8)).array().sum() == 9


def test_outputs_in_a_tuple_have_no_names():
    class Pair(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.two = c(3, 2, 1), c(3, 2, 3)

        def forward(self, x):
            return self.one(x), self.two(x)

    network = from_torch(Pair().eval(), torch.zeros(IMAGE))
    assert set(network.aliases) & {"0", "1", ""} == set()
    assert [network.nodes[i].name for i in network.outputs] == ["two", "one"]


@pytest.mark.parametrize("spec", ["", "[1]", "[1, 2]", "[1, " + '{"type": 1,' * 3, "[" * 5000])
def test_a_tree_of_outputs_that_is_none_names_nothing(spec):
    assert labels(spec, 2) == ["", ""]
