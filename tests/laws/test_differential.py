"""Do all judges agree on random networks, and would it be seen if they did not?"""

import re
import subprocess
import sys
from collections import Counter
from random import Random

import pytest
from hypothesis.errors import StopTest
from hypothesis.internal.conjecture.data import ConjectureData

from rfcalc.layers import LAYERS
from rfcalc.layers.base import Layer
from rfcalc.layers.resample import Upsample
from rfcalc.layers.window import Conv, ConvTranspose
from rfcalc.loading import load
from rfcalc.report import analyze
from rfcalc.taps import window
from tests.laws.__main__ import main
from tests.laws.drawing import drawn
from tests.laws.judges import JUDGES, compared, questions
from tests.laws.shrinking import smallest
from tests.layers import layers
from tests.masks.test_random_networks import NETWORKS

pytestmark = pytest.mark.slow


def test_every_judge_agrees_with_the_analysis(capsys, tmp_path):
    count = max(150, NETWORKS // 2)
    words = ["--networks", str(count), "--seed", "7", "--quiet", "--out", str(tmp_path / "no")]
    assert main(words) == 0
    told = capsys.readouterr().out
    for judge in JUDGES:
        answers = int(re.search(rf"{judge} +([0-9,]+) answers", told)[1].replace(",", ""))
        assert answers >= count  # more than one question per network, few abstentions
    assert not (tmp_path / "no").exists()


def test_a_seed_is_always_the_same_network():
    for seed in range(8):
        assert drawn(seed) == drawn(seed)
    assert len({str(drawn(seed)) for seed in range(8)}) > 4


def test_every_parameter_of_every_op_is_drawn():
    """What is drawn with one value alone is held by no judge."""
    alone = {}
    random = Random(0)
    for op, kind in LAYERS.items():
        drawn_values = {name: set() for name in kind.__struct_fields__}
        for number in range(200):
            size = [(9,), (8, 6), (4, 5, 3)][number % 3]
            layer = _one(layers(op, size), random)
            for name, held in drawn_values.items():
                held.add(repr(getattr(layer, name)))
            if all(len(held) > 1 for held in drawn_values.values()):
                break
        alone |= {(op, name): held for name, held in drawn_values.items() if len(held) < 2}
    # It follows the input.
    assert alone == {(op, "in_channels"): {"None"} for op in ("conv", "conv_transpose")}


def _one(strategy, random):
    while True:
        try:
            return ConjectureData(random=random).draw(strategy)
        except StopTest:
            continue


def test_strips_recurrences_and_reductions_over_one_axis_are_drawn():
    wanted, met = ("strips", "running", "one axis"), Counter()
    for seed in range(400):
        for node in drawn(seed).nodes:
            layer = node.layer
            over = getattr(layer, "over", ())
            met["strips"] += node.name.startswith("strips")
            met["running"] += layer.op == "sequence" and layer.side != "both"
            met["one axis"] += layer.op == "global_pool" and set(over) == {True, False}
        if min(met[what] for what in wanted) >= 5:
            return
    pytest.fail(f"too few are drawn: {met}")


def dilated(self, n, axis):
    """The taps of a convolution that takes a dilation of 3 for one of 2."""
    rate = self.spacing(axis)
    before = self.pads(n, axis)[0]
    return window(self.kernel[axis], self.step(axis), 2 if rate == 3 else rate, before)


def early(self, n, axis):
    """The taps of a transposed convolution that forgets its padding."""
    return REAL["conv_transpose"](type(self)(**{**given(self), "padding": "valid"}), n, axis)


def rounded(self, n, axis):
    """The taps of a resampling that takes every mode for the nearest cell."""
    changed = {**given(self), "mode": "nearest", "align_corners": False, "antialias": False}
    return REAL["upsample"](type(self)(**changed), n, axis)


def given(layer: Layer):
    return {name: getattr(layer, name) for name in layer.__struct_fields__}


REAL = {"conv_transpose": ConvTranspose.taps, "upsample": Upsample.taps}
BROKEN = [(Conv, dilated, "conv"), (ConvTranspose, early, "conv_transpose")]
BROKEN += [(Upsample, rounded, "upsample")]


@pytest.mark.usefixtures("uncached")
@pytest.mark.parametrize(("kind", "wrong", "op"), BROKEN, ids=["conv", "transposed", "upsample"])
@pytest.mark.parametrize("judge", JUDGES)
def test_a_wrong_analysis_is_found_made_small_and_written(
    kind, wrong, op, judge, tmp_path, monkeypatch, capsys
):
    path = tmp_path / "found.yaml"
    with monkeypatch.context() as patch:
        patch.setattr(kind, "taps", wrong)
        words = ["--networks", "3000", "--quiet", "--judges", judge, "--out", str(path)]
        assert main(words) == 1
        broken = load(path)
        assert any(compared(broken, questions(broken, random), [judge])[1] for random in several())
    told = capsys.readouterr().out
    assert path.read_text() in told
    assert f"{judge} " in told
    small = load(path)
    assert [node.layer.op for node in small.nodes] == ["input", op]
    assert small.dims == 1
    assert analyze(small).network.name == small.name
    assert all(compared(small, questions(small, one), list(JUDGES))[1] is None for one in several())


def several():
    return [Random(seed) for seed in range(12)]


def test_a_crash_of_the_analysis_is_a_disagreement(tmp_path, monkeypatch, capsys):
    def crash(*rest, **more):
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("tests.laws.judges.mask", crash)
    path = tmp_path / "crash.yaml"
    assert main(["--networks", "5", "--quiet", "--judges", "brute", "--out", str(path)]) == 1
    assert "ZeroDivisionError: by nothing" in capsys.readouterr().out
    assert len(load(path).nodes) <= 2


def test_shrinking_ends_at_what_matters():
    """Any network with a strided convolution fails: what is left is one of stride 2."""
    for seed in range(200):
        network = drawn(seed)

        def fails(other):
            return any(
                n.layer.op == "conv" and max(n.layer.stride or (1,)) > 1 for n in other.nodes
            )

        if not fails(network):
            continue
        found, _ = smallest(network, lambda other: fails(other) or None)
        assert [node.layer.op for node in found.nodes] == ["input", "conv"]
        assert (found.dims, found.input) == (1, (1,))
        assert (found.nodes[1].layer.stride, found.nodes[1].layer.kernel) == ((2,), (1,))
        return
    raise AssertionError("no network has a stride")


def test_several_processes_share_the_seeds():
    words = [sys.executable, "-m", "tests.laws", "--networks", "120", "--jobs", "2"]
    words += ["--judges", "backend,brute"]
    found = subprocess.run(words, capture_output=True, text=True, timeout=300, check=True)
    assert "2 jobs" in found.stdout
    assert "120 networks of" in found.stderr
