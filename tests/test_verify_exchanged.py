"""Is every operator exchanged for a sum that reads what it reads, no more and no less?

The cells are counted by hand: what a 3 x 3 or a 5 x 5 layer reads of an image of 16 x 16, spread
over the channels, the rows or the whole map.
"""

import pytest

from rfcalc.verification.exchanged import EXCHANGES
from tests.verified import IMAGE, Fn, conv, verified

torch = pytest.importorskip("torch")
nn = torch.nn
F = torch.nn.functional

pytestmark = pytest.mark.filterwarnings("ignore")

NEAR, FAR, ROWS, COLUMNS, ALL = 9, 25, 3 * 16, 16 * 3, 16 * 16


def ones(x, *shape):
    return torch.ones(shape, dtype=x.dtype)


def tokens(y):
    """The cells as a sequence, of one head."""
    return y.flatten(2).mT[:, None]


def attention(m, x, **options):
    y = tokens(m.conv(x))
    return F.scaled_dot_product_attention(y, y, y, **options)[:, 0].mT.reshape(1, -1, 16, 16)


def heads(m, x):
    key = tokens(m.conv(x))
    query = torch.cat([key, key], 1)
    return F.scaled_dot_product_attention(query, key, key).mean(1).mT.reshape(1, -1, 16, 16)


def biased(m, x):
    bias = m.other(x).mean(1).reshape(1, 1, 1, 256).expand(1, 1, 256, 256)
    return attention(m, x, attn_mask=bias)


def stored(m, x):
    return F.instance_norm(m.conv(x), ones(x, 4), ones(x, 4), use_input_stats=False)


SPREAD = {
    "prelu": (lambda m, x: F.prelu(m.conv(x), ones(x, 4)), NEAR),
    "softmax": (lambda m, x: m.other(x).softmax(1), FAR),
    "softmax-of-rows": (lambda m, x: m.conv(x).softmax(-1), ROWS),
    "log-softmax-of-columns": (lambda m, x: m.conv(x).log_softmax(2), COLUMNS),
    "layer-norm-of-rows": (lambda m, x: F.layer_norm(m.conv(x), (16,)), ROWS),
    "layer-norm": (lambda m, x: F.layer_norm(m.conv(x), (4, 16, 16)), ALL),
    "group-norm": (lambda m, x: F.group_norm(m.conv(x), 2), ALL),
    "instance-norm": (lambda m, x: F.instance_norm(m.conv(x)), ALL),
    "instance-norm-stored": (stored, NEAR),
    "batch-norm-in-training": (
        lambda m, x: F.batch_norm(m.conv(x), None, None, training=True),
        ALL,
    ),
    "largest-channel": (lambda m, x: m.conv(x).amax(1, keepdim=True), NEAR),
    "largest-of-columns": (lambda m, x: m.conv(x) + m.conv(x).amax(2, keepdim=True), COLUMNS),
    "largest-with-place": (lambda m, x: m.conv(x).max(1, keepdim=True)[0], NEAR),
    "the-larger": (lambda m, x: torch.max(m.conv(x), m.other(x)), FAR),
    "largest-of-all": (lambda m, x: m.conv(x) + m.other(x).max(), ALL),
    "deviation": (lambda m, x: m.conv(x) * m.conv(x).std((2, 3), keepdim=True), ALL),
    "variance-and-mean": (
        lambda m, x: m.conv(x) * torch.var_mean(m.conv(x), (2, 3), keepdim=True)[0],
        ALL,
    ),
    "sort": (lambda m, x: m.conv(x).sort(1)[0], NEAR),
    "topk": (lambda m, x: m.other(x).topk(2, 1)[0], FAR),
    "glu": (lambda m, x: F.glu(m.conv(x), 1), NEAR),
    "adaptive-max": (lambda m, x: m.conv(x) * F.adaptive_max_pool2d(m.conv(x), 1), ALL),
    "detach": (lambda m, x: m.conv(x) + m.other(x).detach(), FAR),
    "one-number-per-channel": (
        lambda m, x: m.conv(x) * m.other(x).mean((0, 2, 3)).relu()[:, None, None],
        ALL,
    ),
    "one-number": (lambda m, x: m.conv(x) * m.other(x).mean().relu(), ALL),
    "attention": (attention, ALL),
    "attention-with-a-live-bias": (biased, ALL),
    "heads-that-share-a-key": (heads, ALL),
}


@pytest.mark.parametrize("name", SPREAD)
def test_an_operator_reads_the_cells_that_were_counted(name):
    function, cells = SPREAD[name]
    found = verified(Fn(function))
    assert found.ok, found.refutations
    assert found.exact, found.skipped
    at = {
        c.cells for c in found.checks if (c.layer, c.position) == (found.checks[-1].layer, (8, 8))
    }
    assert at == {cells}


LAYERS = {
    "adaptive-1d": (nn.AdaptiveMaxPool1d(4), (1, 2, 16), (2,), 4),
    "adaptive-2d": (nn.AdaptiveMaxPool2d((4, 2)), (1, 2, 16, 16), (2, 1), 4 * 8),
    "adaptive-3d": (nn.AdaptiveMaxPool3d(2), (1, 2, 4, 8, 4), (1, 1, 1), 2 * 4 * 2),
    "a-window-left-out": (
        nn.MaxPool2d(2, 3, 1, ceil_mode=True),
        (1, 2, 15, 14),
        (2, 2),
        4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_a_pooling_reads_its_windows(name):
    module, shape, at, cells = LAYERS[name]
    found = verified(module, shape, positions=40)
    assert found.ok, found.refutations
    assert {c.cells for c in found.checks if c.position == at} == {cells}


HIDDEN = torch.zeros(256, 256, dtype=torch.bool)
HIDDEN[:, :128] = True


@pytest.mark.parametrize(
    ("options", "read"),
    [
        # Keys up to the query at (8, 8), each with its neighbours: rows 0 to 8, ten of row 9.
        ({"is_causal": True}, 9 * 16 + 10),
        # Keys of rows 0 to 7 with their neighbours, and the three of row 9 that the query reads.
        ({"attn_mask": HIDDEN}, 9 * 16 + 3),
        ({"attn_mask": torch.zeros(256, 256).double().masked_fill(~HIDDEN, -torch.inf)}, 147),
    ],
)
def test_what_a_mask_hides_is_assumed_to_be_read_and_is_not(options, read, monkeypatch):
    module = Fn(lambda m, x: attention(m, x, **options))
    found = verified(module)
    assert (found.ok, found.exact) == (True, False)
    assert "what it reads is assumed" in dict(found.skipped).popitem()[1]
    assert all(check.contained for check in found.checks)
    monkeypatch.setattr("rfcalc.verification.staging.assumed_nodes", lambda network: frozenset())
    held = verified(module)
    unread = [r.cells for r in held.refutations if (r.what, r.position) == ("mask", (8, 8))]
    assert unread == [256 - read]


@pytest.mark.parametrize("op", ["softmax", "layer_norm", "group_norm", "instance_norm", "std"])
def test_an_exchange_that_reads_too_little_is_noticed(op, monkeypatch):
    name = {"softmax": "softmax-of-rows", "layer_norm": "layer-norm", "std": "deviation"}
    function, _ = SPREAD[name.get(op, op.replace("_", "-"))]
    monkeypatch.setitem(EXCHANGES, op, lambda given, live: live[0][..., :1, :1] if op == "std"
                        else live[0])  # fmt: skip
    found = verified(Fn(function))
    assert {refutation.what for refutation in found.refutations} >= {"mask"}


def test_several_results_of_a_layer_on_the_way_are_compared():
    module = nn.Sequential(conv(3, 4), nn.AdaptiveMaxPool2d(4), conv(4, 4))
    found = verified(module, IMAGE)
    assert found.exact
    assert "1" in {check.layer for check in found.checks}


def test_what_is_written_over_by_a_decision_is_compared_in_part():
    found = verified(Fn(lambda m, x: m.conv(x).clone().mul_(m.other(x) > 1)))
    assert found.ok
    assert not found.exact
    assert "gt" in dict(found.skipped)["mul"]
    assert {c.mask for c in found.checks if c.layer == "mul"} == {None}
