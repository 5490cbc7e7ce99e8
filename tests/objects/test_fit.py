"""Does each head cover what its field holds? Against brute force, and every way read anew."""

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rfcalc
from rfcalc.errors import RfcalcError

LAYERS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=5
)
SIDES = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=20)


def chain(layers):
    return ",".join(f"k{k}s{s}d{d}" for k, s, d in layers)


def reads(layers, index):
    """Return the input cells that an output of a chain reads, one by one."""
    cells = {index}
    for k, s, d in reversed(layers):
        cells = {s * cell + d * t for cell in cells for t in range(k)}
    return cells


@settings(max_examples=60, deadline=None)
@given(LAYERS, SIDES)
def test_a_head_covers_the_objects_that_its_cells_span(layers, sides):
    cells = reads(layers, 0)
    extent = max(cells) - min(cells) + 1
    (head,) = rfcalc.fit(chain(layers), sides).heads
    assert head.field == head.least == (extent, extent)
    held = [h for h in sides if max(h) <= extent]
    assert head.covered == head.covered_least == Fraction(len(held), len(sides))


def spread(layers):
    """Return the energy of a chain on one axis: every tap an equal share, added path by path."""
    found = {0: Fraction(1)}
    for k, s, d in reversed(layers):
        after = {}
        for cell, share in found.items():
            for t in range(k):
                at = s * cell + d * t
                after[at] = after.get(at, 0) + share / k
        found = after
    line = np.zeros(max(found) + 1)
    for cell, share in found.items():
        line[cell] = float(share)
    return line


def square(energies):
    """Return the side of the smallest centred square that holds 95 % of the root, by trying."""
    effect = np.sqrt(energies)
    for side in range(1, max(effect.shape) + 1):
        held = effect
        for axis, n in enumerate(effect.shape):
            away = np.abs(np.arange(n) - (n - 1) / 2)
            held = np.compress(away <= (side - 1) / 2, held, axis=axis)
        if held.sum() >= 0.95 * effect.sum() * (1 - 1e-12):
            return side
    raise AssertionError


@settings(max_examples=40, deadline=None)
@given(LAYERS)
def test_the_effective_field_is_the_square_of_most_of_the_root_of_the_energy(layers):
    line = spread(layers)
    want = square(np.outer(line, line))
    (head,) = rfcalc.fit(chain(layers), [1]).heads
    assert head.effective == (want, want)


def test_branches_that_meet_are_rooted_after_they_are_added(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("layers: [residual: [{kernel: 5}, {kernel: 5, dilation: 3}]]\n")
    line = np.convolve(np.ones(5) / 5, np.bincount(np.arange(0, 13, 3)) / 5)
    energies = np.outer(line, line)
    energies[8, 8] += 1
    (head,) = rfcalc.fit(path, [1]).heads
    assert head.field == (17, 17)
    assert head.effective == (square(energies),) * 2


@settings(max_examples=25, deadline=None)
@given(LAYERS, SIDES, st.integers(1, 100))
def test_every_way_covers_the_share_when_it_is_read_anew(layers, sides, percent):
    share = Fraction(percent, 100)
    found = rfcalc.fit(chain(layers), sides, share=share)
    assert found.reached == (found.heads[0].covered >= share or bool(found.ways))
    need = found.needed
    longest = sorted(max(h) for h in sides)
    assert sum(side <= need for side in longest) >= share * len(sides)
    assert sum(side < need for side in longest) < share * len(sides)
    order = [(way.change, way.multiply_adds) for way in found.ways]
    assert order == sorted(order)
    for way in found.ways:
        after = list(layers)
        for one in way.layers:
            number, place = int(one.layer[4:]) - 1, "ksd".index(one.parameter[0])
            before = (layers[number][0], layers[number][1], layers[number][2])
            assert one.before == (before[place],) * 2
            changed = list(after[number])
            changed[place] = one.after[0]
            after[number] = tuple(changed)
        cells = reads(after, 0)
        extent = max(cells) - min(cells) + 1
        assert way.heads[0].field == (extent, extent)
        assert sum(side <= extent for side in longest) >= share * len(sides)


def test_heads_are_told_one_by_one_and_any_of_them_together(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(
        "layers: [{kernel: 3, name: a}, {kernel: 3, stride: 2, name: b},"
        " {kernel: 3, from: a, name: near}, {kernel: 5, from: b, name: far}]\n"
    )
    found = rfcalc.fit(path, [4, 5, 8, 13, 14])
    assert {head.layer: head.field for head in found.heads} == {"near": (5, 5), "far": (13, 13)}
    assert [head.covered for head in found.heads] == [Fraction(2, 5), Fraction(4, 5)]
    assert found.covered_by_any == Fraction(4, 5)
    alone = rfcalc.fit(path, [4, 5, 8, 13, 14], layer="near", share=0.8)
    assert [head.layer for head in alone.heads] == ["near"]
    assert alone.ways
    for way in alone.ways:
        assert [head.layer for head in way.heads] == ["near"]
        assert not {one.layer for one in way.layers} & {"b", "far"}
    assert json.loads(json.dumps(alone.to_dict()))["too_small"] == [
        {"layer": "near", "source": "input"}
    ]


def test_phases_are_told_apart():
    (head,) = rfcalc.fit("zoo:unet", [188, 189, 204, 205]).heads
    assert (head.field, head.least) == ((204, 204), (188, 188))
    assert (head.covered, head.covered_least) == (Fraction(3, 4), Fraction(1, 4))


def test_a_head_that_reads_the_whole_input_covers_everything():
    (head,) = rfcalc.fit("zoo:efficientnet-b0", [10**6]).heads
    assert (head.field, head.covered, head.effective) == ((None, None), 1, None)
    assert head.reason
    (local,) = rfcalc.fit("zoo:efficientnet-b0", [10**6], ignore_global=True).heads
    assert (local.field, local.covered) == ((851, 851), 0)


def test_axes_are_held_against_their_own_sides():
    (head,) = rfcalc.fit("k9x3", [(9, 3), (3, 9), (9, 9)]).heads
    assert (head.field, head.covered) == ((9, 3), Fraction(1, 3))


def test_a_share_that_cannot_be_and_an_inner_source_are_refused():
    for share in (0, -1, 1.5, 95):
        with pytest.raises(RfcalcError, match="RF406"):
            rfcalc.fit("k3", [3], share=share)
    with pytest.raises(RfcalcError, match="RF406"):
        rfcalc.fit("k3,k3", [3], source="conv1")
    with pytest.raises(RfcalcError, match="RF401"):
        rfcalc.fit("k3,k3", [3], layer="c9")


def test_the_command_ends_in_1_where_no_change_reaches_the_share(capsys, monkeypatch, tmp_path):
    from rfcalc.cli import main

    monkeypatch.chdir(tmp_path)

    def run(*words):
        monkeypatch.setattr("sys.argv", ["rfcalc", "fit", *words])
        with pytest.raises(SystemExit) as caught:
            main()
        return caught.value.code or 0, *capsys.readouterr()

    assert run("k3,k3", "--sizes", "4,9")[0] == 0
    status, out, _ = run("k3,k3", "--sizes", "4,9", "--share", "100%", "-f", "json")
    assert status == 0
    assert json.loads(out)["changes"]
    assert json.loads(out)["sizes"] == [4, 9]
    status, out, _ = run("k3,k3", "--sizes", "4,90000", "--share", "100%", "-f", "json")
    assert (status, json.loads(out)["changes"]) == (1, [])
    assert json.loads(out)["reason"]
    for words in (["--share", "0"], ["--share", "x"], ["--sizes", "none.csv"], ["--resize", "9"]):
        status, out, err = run("k3,k3", "--sizes", "4", *words)
        assert (status, out) == (2, "")
        assert err.startswith("RF4")
    (tmp_path / "net.yaml").write_text("dims: 1\nvars: {k: 3}\nlayers: [{kernel: k}]\n")
    status, out, _ = run("net.yaml", "--sizes", "5", "--set", "k=5", "--share", "1", "-f", "json")
    assert (status, json.loads(out)["heads"][0]["covered"]) == (0, 1.0)
