"""At which size does ``verify`` run a network that has none, and what does it refuse to run?"""

from importlib import import_module

import pytest

from rfcalc.errors import RfcalcError, fail
from rfcalc.interior import walk
from rfcalc.network import without_global
from rfcalc.spec import read_text
from rfcalc.verification.run import verify

POOLED = """
layers:
  - {kernel: 3, name: near}
  - {global_pool: {}, name: pool}
  - {op: add, from: [near, pool]}
  - {kernel: 5, name: last}
"""


def net(text):
    return read_text(text, "net")


def test_a_size_that_is_chosen_is_one_that_layers_behind_the_named_one_take():
    found = verify(net("layers: [{kernel: 3, name: c}, {crop: {before: 40}}]"), layer="c")
    assert found.ok
    assert found.input == (41, 41)
    both = (
        "layers: [{kernel: 3, name: c}, {maxpool: {kernel: 2}, name: half}, {upsample: {scale: 2}, "
    )
    odd = verify(net(both + "name: u}, {op: add, from: [u, c]}]"), layer="c")
    assert [n % 2 for n in odd.input] == [0, 0]


def test_a_field_beyond_the_limits_is_compared_at_the_bound(monkeypatch):
    monkeypatch.setattr(walk, "WORK_LIMIT", 2)
    branches = "[{kernel: 3, dilation: 2}], [{kernel: 5, dilation: 3}]"
    found = verify(net(f"dims: 1\nlayers: [{{parallel: {{branches: [{branches}]}}}}]"), positions=3)
    assert found.ok
    assert found.input == (8192,)
    middle = {c.layer: (c.cells, c.kind) for c in found.checks if c.position == (4096,)}
    # -2, 0, 2 and -6, -3, 0, 3, 6.
    assert middle == {
        "conv1": (3, "interior"),
        "conv2": (5, "interior"),
        "concat1": (7, "interior"),
    }


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("layers: [{crop: {before: 500}}]", {}),
        ("layers: [{kernel: 3, name: c}, {crop: {before: 500}}]", {"layer": "c"}),
        ("dims: 1\nlayers: [{repeat: {times: 51, layers: [{upsample: {scale: 1024}}]}}]", {}),
    ],
)
def test_a_network_that_no_small_size_fits_is_refused(text, options):
    with pytest.raises(RfcalcError, match="RF403 no input size was found") as caught:
        verify(net(text), **options)
    assert caught.value.diagnostics[0].help == "give one: `input=(H, W)`"


def test_what_is_left_without_global_layers_is_confirmed_at_its_own_size():
    found = verify(without_global(net(f"input: [12, 10]{POOLED}")))
    assert found.ok
    assert found.assumed == ("the global context of 'pool' is ignored",)
    assert {c.cells for c in found.checks if (c.layer, c.position) == ("last", (6, 5))} == {49}
    assert "pool" not in {check.layer for check in found.checks}


@pytest.mark.parametrize("options", [{}, {"input": (9, 9)}])
def test_what_is_left_without_global_layers_has_no_other_size(options):
    text = POOLED if not options else f"input: [12, 10]{POOLED}"
    with pytest.raises(RfcalcError, match="RF403 'pool' reads nothing"):
        verify(without_global(net(text)), **options)


def test_a_fault_of_a_mask_that_is_no_limit_is_raised(monkeypatch):
    def broken(*_):
        raise fail("RF404", "it sees everything")

    monkeypatch.setattr(import_module("rfcalc.verification.run"), "mask", broken)
    with pytest.raises(RfcalcError, match="RF404 it sees everything"):
        verify(net("input: [5, 5]\nlayers: [{kernel: 3}]"))
