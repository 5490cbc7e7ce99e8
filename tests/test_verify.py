"""Does ``verify`` agree with what is right, and refute what is wrong, at the right place?"""

from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.errors import RfcalcError, fail
from rfcalc.layers.whole import SqueezeExcite
from rfcalc.layers.window import Conv, ConvTranspose, MaxPool
from rfcalc.loading import load
from rfcalc.spec import read_text
from rfcalc.taps import window
from rfcalc.verification import probes
from rfcalc.verification.result import Difference
from rfcalc.verification.run import verify
from tests.networks import networks

SMALL = """
input: [24, 24]
layers:
  - {kernel: 3, padding_mode: reflect, name: c1}
  - {kernel: 3, dilation: 3, name: c2}
  - {maxpool: {kernel: 3, stride: 2}, name: pool}
  - {squeeze_excite: {}, name: gate}
  - {conv_transpose: {kernel: 4, stride: 2, padding: 1}, name: up}
  - {op: add, from: [up, c1], name: sum}
"""


def small():
    return read_text(SMALL, "small.yaml")


def test_a_right_network_is_confirmed_at_every_layer_and_kind_of_position():
    found = verify(small())
    assert found.ok
    assert found.exact
    assert found.refutations == found.skipped == found.assumed == ()
    assert [c.layer for c in found.checks[::5]] == ["c1", "c2", "pool", "gate", "up", "sum"]
    assert all(check.ok for check in found.checks)
    kinds = {(check.layer, check.kind) for check in found.checks}
    assert {("c2", kind) for kind in ("interior", "border", "corner")} <= kinds
    c2 = next(check for check in found.checks if check.layer == "c2")
    assert (c2.kind, c2.position, c2.cells) == ("interior", (12, 12), 81)
    assert c2.flooded == 24 * 24 - 81
    assert sum(check.inside + check.outside + check.flooded for check in found.checks) > 1000


def test_impulses_are_put_into_holes():
    found = verify(load("k3d2,k3d4", input=(40, 40)), layer="conv2")
    assert {check.layer for check in found.checks} == {"conv2"}
    assert all(check.holes == 1 for check in found.checks)


@settings(max_examples=25)
@given(networks(), st.integers(0, 2**16))
def test_random_networks_are_confirmed(network, seed):
    for source in range(len(network.nodes) - 1):
        try:
            found = verify(network, source=network.nodes[source].name, seed=seed, positions=4)
        except RfcalcError as fault:
            codes = [d.code for d in fault.diagnostics]
            if codes != ["RF405"]:
                raise
            continue
        assert found.ok, found.refutations
        assert not found.skipped
        break


def test_an_output_that_reads_nothing_is_confirmed_to_have_no_path():
    text = """
input: [2, 2]
layers:
  - {conv_transpose: {kernel: 1, stride: 2}, name: sparse}
  - {upsample: {scale: [1, 2], mode: linear}, name: smooth}
"""
    found = verify(read_text(text, "n"), positions=30)
    assert found.ok
    assert {0, 1} <= {check.cells for check in found.checks if check.layer == "smooth"}


def no_dilation(layer, n, axis):
    return window(layer.kernel[axis], layer.step(axis), 1, layer.pads(n, axis)[0])


@pytest.mark.usefixtures("uncached")
def test_a_relation_that_ignores_dilation_is_refuted_where_it_first_matters(monkeypatch):
    monkeypatch.setattr(Conv, "taps", no_dilation)
    found = verify(small())
    assert not found.ok
    assert found.refutations[0].layer == "c2"
    assert all(check.ok for check in found.checks if check.layer == "c1")
    assert not any(check.ok for check in found.checks if check.layer == "c2")
    found = verify(small(), layer="c2", source="c1")
    middle = [r for r in found.refutations if r.position == (12, 12)]
    assert {"paths", "mask", "inside", "flood"} <= {r.what for r in middle}
    # Padding 3 and taps 1 apart: rows 9, 10, 11 are claimed, rows 9, 12, 15 are read.
    paths = next(r for r in middle if r.what == "paths")
    assert paths.cells == 2 * (9 - 1)
    assert paths.differences == (
        *(Difference((9, 10), 1, 0), Difference((9, 11), 1, 0)),
        *(Difference((9, 12), 0, 1), Difference((9, 15), 0, 1)),
        Difference((10, 9), 1, 0),
    )


@pytest.mark.usefixtures("uncached")
def test_a_wrong_border_is_refuted_at_borders_only(monkeypatch):
    monkeypatch.setattr(Conv, "border", "zeros")
    found = verify(load("k3", input=(9, 9)))
    assert found.ok
    found = verify(read_text("input: [9, 9]\nlayers: [{kernel: 3, padding_mode: circular}]", "n"))
    assert {check.kind for check in found.checks if not check.ok} == {"corner", "border"}
    assert {check.kind for check in found.checks if check.ok} == {"interior"}


def test_wrong_counts_are_refuted_where_the_mask_is_right(monkeypatch):
    monkeypatch.setattr(SqueezeExcite, "gate", False)
    found = verify(small(), layer="gate", source="pool")
    assert {refutation.what for refutation in found.refutations} == {"paths"}
    assert all(check.mask and check.impulses and not check.paths for check in found.checks)
    for refutation in found.refutations:
        assert refutation.differences == (Difference(refutation.position, 1, 2),)


@pytest.mark.usefixtures("uncached")
@pytest.mark.parametrize("shift", [-1, 1])
def test_a_phase_that_is_off_by_one_is_refuted(monkeypatch, shift):
    right = ConvTranspose.taps
    monkeypatch.setattr(
        ConvTranspose, "taps", lambda layer, n, axis: window(1, 1, 1, shift) @ right(layer, n, axis)
    )
    found = verify(small(), layer="up", source="gate")
    assert not found.ok
    assert {r.layer for r in found.refutations} == {"up"}


@pytest.mark.usefixtures("uncached")
def test_a_wider_window_is_refuted_by_an_impulse_that_nobody_notices(monkeypatch):
    right = MaxPool.taps
    monkeypatch.setattr(
        MaxPool, "taps", lambda layer, n, axis: right(layer, n, axis) | window(4, 2, 1, 1)
    )
    found = verify(small(), layer="pool", source="c2")
    assert "inside" in {refutation.what for refutation in found.refutations}


@pytest.mark.usefixtures("uncached")
def test_a_wrong_size_is_refuted_with_its_axis(monkeypatch):
    right = Conv.size
    monkeypatch.setattr(Conv, "size", lambda layer, n, axis: right(layer, n, axis) + axis)
    found = verify(load("k1,k3", input=(8, 8)))
    assert [(r.layer, r.what) for r in found.refutations] == [("conv1", "size"), ("conv2", "size")]
    assert found.refutations[0].differences == (Difference((1,), 9, 8),)
    assert found.checks == ()


def test_impulses_alone_refute_a_mask_that_misses_or_adds_a_cell():
    network = load("k3", input=(7, 7))
    generator = np.random.default_rng(0)
    right = np.zeros((7, 7), bool)
    right[2:5, 2:5] = True
    for cell, where in (((2, 2), "flood"), ((3, 3), "flood"), ((1, 1), "inside"), (None, None)):
        wrong = right.copy()
        if cell:
            wrong[cell] ^= True
        asked = [(1, (3, 3), probe, wrong) for probe in probes.probes(wrong, generator)]
        seen = probes.answers(network, asked, 0, generator)
        refuted = {p.where for (_, _, p, _), s in zip(asked, seen, strict=True) if s != p.noticed}
        assert (where in refuted) if where else not refuted


def test_probes_stand_where_they_say():
    mask = np.zeros((9, 9), bool)
    mask[2:7:2, 2:7:2] = True
    for seed in range(20):
        found = probes.probes(mask, np.random.default_rng(seed))
        assert [p.where for p in found] == ["inside"] * (len(found) - 3) + [
            "hole",
            "outside",
            "flood",
        ]
        for probe in found[:-1]:
            i, j = probe.place(mask.shape)
            box = 2 <= i <= 6 and 2 <= j <= 6
            assert mask[i, j] == (probe.where == "inside")
            assert box == (probe.where != "outside")
            assert 1 <= min(i, j) <= max(i, j) <= 7
    empty = np.zeros((2, 2), bool)
    assert [p.where for p in probes.probes(empty, np.random.default_rng(0))] == ["flood"]
    full = np.ones((2, 2), bool)
    assert {p.where for p in probes.probes(full, np.random.default_rng(0))} == {"inside"}


def test_counts_beyond_int64_are_compared_exactly(monkeypatch):
    text = "dims: 1\ninput: [90]\nlayers:\n  - repeat: {times: 45, layers: [{kernel: 3}]}\n"
    assert verify(read_text(text, "deep"), layer="conv45", positions=1).ok
    module = import_module("rfcalc.verification.run")

    right = module.paths

    def off_by_one(*args):
        found = right(*args)
        assert found.counts.dtype == object
        found.counts[45] += 1
        return found

    monkeypatch.setattr(module, "paths", off_by_one)
    found = verify(read_text(text, "deep"), layer="conv45", positions=1)
    ((_, difference),) = [(r.what, *r.differences) for r in found.refutations]
    assert difference.expected == difference.found + 1 > 2**63


def test_without_an_input_size_one_is_chosen_that_has_an_interior():
    found = verify(load("k3,k3d2,k3d5"))
    assert found.input == (21, 21)
    assert any("21 x 21" in note for note in found.assumed)
    assert {c.layer for c in found.checks if c.kind == "interior"} == {"conv1", "conv2", "conv3"}
    assert found.exact, "the size is a choice of where to look, not a doubt about the answer"


def test_a_chosen_size_is_one_that_the_network_takes():
    text = """
layers:
  - {kernel: 3, padding: valid}
  - {maxpool: {kernel: 2}, name: half}
  - {maxpool: {kernel: 2}, name: quarter}
  - {upsample: {scale: 2}, name: back}
  - {op: concat, from: [back, half]}
"""
    found = verify(read_text(text, "u"))
    assert found.ok
    assert [(n - 2) % 4 for n in found.input] == [0, 0]


def test_a_field_too_large_to_surround_is_verified_at_the_bound_and_says_so():
    found = verify(load("k3d99,k3d99,k3d99", input=None), positions=2)
    assert found.ok
    assert max(found.input) <= 2 * 192
    assert any("no interior below" in note for note in found.assumed)


def test_a_given_size_goes_before_the_networks_own():
    found = verify(small(), input=(16, 12))
    assert found.ok
    assert found.input == (16, 12)


def test_progress_rises_to_the_number_of_all_comparisons():
    seen = []
    found = verify(small(), progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (len(found.checks),) * 2


def test_the_seed_decides_what_is_tried():
    assert verify(small(), seed=3) == verify(small(), seed=3)
    assert verify(small(), seed=3) != verify(small(), seed=4)


def test_a_mask_beyond_the_limits_is_skipped_and_the_rest_compared(monkeypatch):
    module = import_module("rfcalc.verification.run")

    right = module.mask

    def declining(network, layer, *rest):
        if layer == "up":
            raise fail("RF305", "too many boxes")
        return right(network, layer, *rest)

    monkeypatch.setattr(module, "mask", declining)
    found = verify(small())
    assert found.ok
    assert not found.exact
    assert found.skipped == (("up", "too many boxes"),)
    assert "sum" in {check.layer for check in found.checks}


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("RF401", lambda: verify(small(), layer="c9")),
        ("RF405", lambda: verify(small(), layer="c1", source="up")),
        ("RF405", lambda: verify(small(), source="sum")),
        ("RF406", lambda: verify(small(), positions=0)),
        ("RF406", lambda: verify(small(), input=(8,))),
        ("RF406", lambda: verify(small(), input=(0, 8))),
        ("RF440", lambda: verify(small(), input=(1 << 20, 1 << 20))),
        ("RF440", lambda: verify(load("k3", input=(1 << 12, 1 << 12)))),
        ("RF301", lambda: verify(load("k9p0"), input=(4, 4))),
        ("RF403", lambda: verify(read_text("layers: [{crop: {before: 500}}]", "n"))),
    ],
)
def test_what_cannot_be_verified_is_refused_with_its_code(code, call):
    with pytest.raises(RfcalcError) as caught:
        call()
    assert [d.code for d in caught.value.diagnostics] == [code]
