"""The effects of all phases together are those of each alone: the square roots of its energy."""

from itertools import product

import numpy as np
import pytest

from rfcalc.energies import energy, lines_of_phases
from rfcalc.loading import load
from rfcalc.spec import read_text

DEEP = """
layers:
  - {kernel: 3, name: a}
  - residual: [{kernel: 3}, {kernel: 3, dilation: 2}]
  - {maxpool: {kernel: 2}, name: p}
  - {kernel: 5, stride: 2, name: b}
  - residual: [{kernel: 3}, {kernel: 3}]
  - {conv: {kernel: 3}, name: bend}
  - {kernel: [3, 5], stride: 2, name: c}
  - {kernel: 3, dilation: 2, name: d}
  - {upsample: {scale: 2, mode: bilinear}, name: u}
  - {add: {from: [u, bend]}, name: s}
  - {upsample: {scale: 4, mode: nearest}, name: v}
  - {concat: {from: [v, a]}, name: t}
  - {kernel: 3, name: out}
"""
VOLUME = """
dims: 3
layers:
  - {kernel: 3, name: a}
  - {kernel: 2, stride: 2, name: p}
  - {kernel: 2, stride: 2, name: b}
  - {kernel: 3, name: c}
  - {upsample: {scale: 2}, name: u}
  - {add: {from: [u, p]}, name: s}
  - {upsample: {scale: 2}, name: v}
  - {add: {from: [v, a]}, name: t}
"""


def held(network, layer, phases):
    """Compare lines with the energies cell by cell, each phase alone."""
    source = network.nodes[0].name
    found, assumed = lines_of_phases(network, layer, source, phases)
    for lines, phase in zip(found, phases, strict=True):
        one = energy(network, layer, source, phase=phase)
        assert assumed == one.assumed
        effects = np.sqrt(one.array())
        for axis, line in enumerate(lines.effects):
            wanted = np.zeros(len(line))
            first = one.start[axis] - lines.start[axis]
            others = tuple(a for a in range(effects.ndim) if a != axis)
            wanted[first : first + effects.shape[axis]] = effects.sum(axis=others)
            factor = line.sum() / wanted.sum()
            np.testing.assert_allclose(line, wanted * factor, rtol=1e-12)
    return found


@pytest.mark.parametrize("text", [DEEP, VOLUME], ids=["deep", "volume"])
def test_phases_together_are_those_alone(text):
    network = read_text(text, "net.yaml")
    size = 8 if network.dims == 2 else 4
    phases = list(product(range(size), repeat=network.dims))[:: 5 if network.dims == 2 else 7]
    held(network, network.nodes[-1].name, phases)


def test_a_shipped_network_with_phases_taken_together():
    phases = [(n, n) for n in range(0, 16, 3)]
    held(load("zoo:unet-same"), "score", phases)


def test_few_rows_at_a_time_give_the_same(monkeypatch):
    network = read_text(DEEP, "net.yaml")
    phases = [(n, 7 - n) for n in range(8)]
    monkeypatch.setattr("rfcalc.energies.moved.CELLS", 1)
    monkeypatch.setattr("rfcalc.energies.moved.HELD", 1)
    monkeypatch.setattr("rfcalc.energies.moved.PRODUCTS", 7)
    held(network, "out", phases)


def test_a_chain_is_never_written_out(monkeypatch):
    text = "layers: [{kernel: 3, stride: 2}, {upsample: {scale: 8}}, {kernel: 3, name: out}]"
    monkeypatch.setattr("rfcalc.energies.sums.Sum.array", None)
    network = read_text(text, "net.yaml")
    phases = [(n, n) for n in range(8)]
    found, _ = lines_of_phases(network, "out", "input", phases)
    assert [line.ndim for one in found for line in one.effects] == [1] * 16
