"""Is a module recorded as torch.export reads it, whatever Python does, and left as it was?"""

import copy
import subprocess
import sys
import weakref
from collections import Counter

import pytest

torch = pytest.importorskip("torch")

from rfcalc.errors import RfcalcError  # noqa: E402
from rfcalc.importers import from_torch  # noqa: E402
from rfcalc.importers.torch import recording  # noqa: E402
from rfcalc.importers.torch.exported import exported  # noqa: E402
from rfcalc.importers.torch.reader import read_program  # noqa: E402
from rfcalc.importers.torch.recording import Unrecorded, record  # noqa: E402
from rfcalc.interior import growth  # noqa: E402
from rfcalc.layers.whole import GlobalPool  # noqa: E402
from tests.importers.idioms import LOCAL, MARKED, WHOLE, Fn, c  # noqa: E402
from tests.importers.oracle import compare  # noqa: E402
from tests.whole import sample  # noqa: E402

F = torch.nn.functional
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")

IMAGE = (1, 3, 16, 16)
MODELS = {**LOCAL, **MARKED, **WHOLE}
REAL, FAKE = recording.WORK_LIMIT, -1


@pytest.fixture(params=[REAL, FAKE], ids=["real", "fake"])
def numbers(request, monkeypatch):
    monkeypatch.setattr(recording, "WORK_LIMIT", request.param)


def told(call):
    with pytest.raises(RfcalcError) as caught:
        call()
    return caught.value.diagnostics[0]


def calls(program):
    """Count the operators; copying a constant of the code is how export keeps it."""
    met = Counter((call.target.removesuffix("_copy"), call.inplace) for call in program.calls)
    return {key: count for key, count in met.items() if key[0] != "aten.detach"}


def end(network):
    return growth(network).rows[-1]


@pytest.mark.parametrize("name", sample(MODELS, 10))
def test_recorder_and_export_give_the_same_operators_and_the_same_network(name):
    module, shape, *_ = MODELS[name]
    told = exported(copy.deepcopy(module), (torch.zeros(shape),))
    for recorded in (
        record(copy.deepcopy(module), (torch.zeros(shape),)).program,
        recording._pass(module, (torch.zeros(shape),), {}, real=False, take=False).program,
    ):
        assert calls(recorded) == calls(told)
        one, other = read_program(recorded), read_program(told)
        assert one.nodes == other.nodes
        assert (one.outputs, one.aliases) == (other.outputs, other.aliases)


def test_a_module_that_is_recorded_says_so():
    network = from_torch(c(3, 4), torch.zeros(IMAGE))
    assert (network.read, network.layouts) == ("recorded", ("NCHW",))


# What Python reads


def gated(y):
    return y * y.mean().item()


def stored(y):
    kept = torch.zeros(3)
    kept[0] = y.mean()
    return y * kept.tolist()[0]


READING = {
    "item": gated,
    "a constant that was written to": stored,
    "tolist": lambda y: y * y.mean((2, 3)).tolist()[0][0],
    "numpy": lambda y: y * float(y.mean().numpy()),
    "if": lambda y: y if y.sum() > 0 else F.max_pool2d(y, 3, 1, 1),
    "any": lambda y: y if any(y.flatten() > 1) else -y,
    "an index": lambda y: y[:, :, : int(y.argmax() % 2) + 3],
    "equal": lambda y: y if torch.equal(y, y) else -y,
    "caught": lambda y: caught(y),
}


def caught(y):
    try:
        return y * y.mean().item()
    except Exception:
        return y


@pytest.mark.parametrize("name", READING)
def test_a_value_that_python_reads_is_refused_where_it_stands(name):
    module = Fn(READING[name], c(3, 3))
    fault = told(lambda: record(module, (torch.zeros(IMAGE),)))
    assert fault.code == "RF515"
    assert "at test_recording.py:" in fault.message
    assert "`take_values=True`" in fault.help


@pytest.mark.parametrize("name", ["item", "if", "tolist"])
def test_a_value_that_is_taken_is_named_and_the_result_is_not_exact(name):
    network = from_torch(Fn(READING[name], c(3, 3)), torch.zeros(IMAGE), take_values=True)
    assert network.read == "recorded"
    (fact,) = network.assumed
    assert "at test_recording.py:" in fact
    assert "is taken" in fact


def test_a_value_that_the_exporter_can_follow_is_read_by_it():
    network = from_torch(Fn(gated, c(3, 3)), torch.zeros(IMAGE))
    assert network.read == "exported"
    assert end(network).unbounded


def test_values_of_constants_are_read(numbers):
    def scaled(y):
        first, second = torch.tensor([2.0, 3.0]).tolist()
        if torch.zeros_like(y).sum() == 0 and y.new_ones(2).numpy()[0] == 1:
            y = F.avg_pool2d(y, 3, 1, 1)
        return y * first + second

    network = from_torch(Fn(scaled, c(3, 3)), torch.zeros(IMAGE))
    assert (network.read, network.assumed, end(network).rf) == ("recorded", (), (5, 5))


# Layers, names and shared memory


class Twice(nn.Module):
    """One module at two places, and one that is called twice at its own."""

    def __init__(self):
        super().__init__()
        self.first = self.second = c(3, 3)
        self.again = c(3, 3)

    def forward(self, x):
        return self.again(self.again(self.second(self.first(x))))


def test_a_module_at_two_places_is_named_by_the_place_of_each_call():
    network = from_torch(Twice(), torch.zeros(IMAGE))
    assert [node.name for node in network.nodes[1:]] == ["first", "second", "again", "again_1"]


def test_what_is_written_through_a_view_is_followed(numbers):
    def written(y):
        z = y.clone()
        z[:, :, 4:8].add_(F.avg_pool2d(y, 5, 1, 2)[:, :, 4:8])
        z.data.mul_(2)
        return z

    module = Fn(written, c(3, 3))
    network = from_torch(module, torch.zeros(IMAGE))
    assert network.read == "recorded"
    verdict = compare(copy.deepcopy(module), (torch.zeros(IMAGE),), network, targets=4)
    assert (verdict.wrong, verdict.equal >= 3) == (0, True), verdict.first


def test_an_encoder_of_transformers_is_not_one_fused_operator():
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    module = Fn(lambda y: layer(y.flatten(2).transpose(1, 2)), c(3, 8))
    was = torch.backends.mha.get_fastpath_enabled()
    met = {call.op for call in record(module, (torch.zeros(IMAGE),)).program.calls}
    assert "_transformer_encoder_layer_fwd" not in met
    assert torch.backends.mha.get_fastpath_enabled() == was


def test_a_traced_module_is_recorded():
    traced = torch.jit.trace(nn.Sequential(c(3, 4), nn.ReLU(), c(4, 4)), torch.zeros(IMAGE))
    network = from_torch(nn.Sequential(traced, c(4, 2)), torch.zeros(IMAGE))
    assert (network.read, end(network).rf) == ("recorded", (7, 7))


class Held:
    """Outputs of a class that nobody has told PyTorch of."""

    def __init__(self, out, aux):
        self.out, self.more = out, {"aux": aux}


def test_outputs_in_an_unknown_class_are_named_by_its_attributes():
    module = Fn(lambda y: Held(F.relu(y), F.avg_pool2d(y, 3)), c(3, 4))
    network = from_torch(module, torch.zeros(IMAGE))
    assert network.read == "recorded"
    assert network.index("output:out", -1) == network.output
    assert network.index("output:more.aux", -1) in network.outputs


def test_activations_are_let_go():
    held = []

    class Watched(nn.Module):
        def forward(self, x):
            gone = [one() is None for one in held]
            held.append(weakref.ref(x))
            assert all(gone[1:-1])  # the first is the input
            return F.relu(x)

    record(nn.Sequential(*[Watched() for _ in range(4)]), (torch.zeros(IMAGE),))
    assert len(held) == 4


def test_recording_does_not_import_the_compiler():
    code = (
        "import sys, torch; from rfcalc import from_torch;"
        "from_torch(torch.nn.Conv2d(3, 4, 3), torch.zeros(1, 3, 8, 8));"
        "print('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# A second size


def test_a_slice_that_stops_before_the_end_does_so_at_any_size():
    for cut in (lambda y: y[:, :, :-5], lambda y: y[:, :, : y.shape[2] - 5]):
        network = from_torch(Fn(cut, c(3, 3)), torch.zeros(IMAGE))
        assert network.nodes[-1].layer.stop[0] == -5
        assert network.assumed == ()


def test_a_slice_that_stops_at_a_place_stays_there():
    for cut in (lambda y: y[:, :, :11], lambda y: y[:, :, : max(11, y.shape[1])]):
        network = from_torch(Fn(cut, c(3, 3)), torch.zeros(IMAGE))
        assert network.nodes[-1].layer.stop[0] == 11
        assert network.assumed == ()


def test_other_operators_at_another_size_are_told_of():
    def pooled(y):
        return F.max_pool2d(y, 2) if y.shape[2] > 20 else y

    either = from_torch(nn.Sequential(c(3, 3), Fn(pooled)), torch.zeros(IMAGE))
    (fact,) = either.assumed
    assert fact.endswith("runs other operators at another size: the answer holds at 16 x 16")


def test_a_pool_over_the_whole_input_is_global_and_one_over_a_part_of_it_is_told_of():
    def pooled(part):
        def run(y):
            height, _width = y.shape[2:]
            return F.avg_pool2d(y, (height if part else height // 4, 1))

        return from_torch(nn.Sequential(c(3, 3), Fn(run)), torch.zeros(IMAGE))

    whole, quarter = pooled(True), pooled(False)
    assert whole.nodes[-1].layer == GlobalPool(over=(True, False))
    assert whole.assumed == ()
    (fact,) = quarter.assumed
    name = quarter.nodes[-1].name
    assert fact == f"'{name}' has another kernel at another size: the answer holds at 16 x 16"


def test_a_window_of_attention_that_grows_with_the_input_is_told_of():
    def attended(y):  # among the cells of one parity, as in MobileViT
        n, channels, length = y.shape
        cells = y.reshape(n, channels, length // 2, 2).permute(0, 3, 2, 1)
        mixed = (cells @ cells.transpose(2, 3)).softmax(-1) @ cells
        return mixed.permute(0, 3, 2, 1).reshape(n, channels, length)

    model = nn.Sequential(nn.Conv1d(3, 4, 3, padding=1), Fn(attended))
    (fact,) = from_torch(model, torch.zeros(1, 3, 16)).assumed
    assert fact.endswith("has another window at another size: the answer holds at 16")


def test_a_model_that_takes_no_other_size_is_read_at_its_own():
    module = Fn(lambda y: y + torch.ones(16, 16) * y.shape[2], c(3, 3))
    assert from_torch(module, torch.zeros(IMAGE)).assumed == ()


# The module comes back


class Caching(nn.Module):
    """Keeps what it computes in all the places that there are."""

    anchors = torch.empty(0)
    shared = None

    def __init__(self):
        super().__init__()
        self.conv, self.drop = c(3, 4), nn.Dropout()
        self.register_buffer("seen", torch.zeros(3))
        self.log, self.table = [], {"kept": [torch.ones(1)]}
        self.held = Held(None, None)
        self.conv.requires_grad_(False)
        self.train()
        self.drop.eval()

    def forward(self, x):
        x.mul_(2)
        self.seen.add_(1)
        self.anchors = x.mean((2, 3))
        type(self).shared = x
        self.log.append(x)
        self.table["kept"].append(x)
        self.held.out = x
        self.late = nn.Parameter(torch.zeros(2))
        self.register_buffer("fresh", x.new_zeros(4))
        self.extra = nn.Identity()
        self.conv.bias = None
        torch.rand(1)
        return self.drop(self.conv(x))


def state(module):
    """Return all that a caching module holds, as text."""
    held = {name: repr(vars(part)) for name, part in module.named_modules()}
    return held, repr(Caching.shared), vars(module.held).__repr__(), module.seen.tolist()


@pytest.mark.parametrize("way", ["real", "fake", "exported"])
def test_the_module_and_its_input_come_back_as_they_were(way, monkeypatch):
    if way == "fake":
        monkeypatch.setattr(recording, "WORK_LIMIT", FAKE)
    module, x = Caching(), torch.ones(IMAGE)
    was, seed = state(module), torch.get_rng_state()
    if way == "exported":
        exported(module, (x,))
    else:
        from_torch(module, x)
    assert state(module) == was
    assert (x == 1).all()
    assert (torch.get_rng_state() == seed).all()


def test_after_a_model_that_raises_nothing_is_left_behind(numbers):
    from torch.nn.modules import module as hooks

    class Failing(Caching):
        def forward(self, x):
            super().forward(x)
            raise KeyError

    module = Failing()
    was = state(module)
    with pytest.raises(Unrecorded):
        record(module, (torch.ones(IMAGE),))
    assert state(module) == was
    assert not hooks._global_forward_pre_hooks
    assert not hooks._global_forward_hooks
    assert torch.ones(1, requires_grad=True).mul(2).requires_grad
