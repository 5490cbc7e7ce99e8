"""Does an implementation read the pixels that the zoo's file says it reads?"""

import re
from itertools import permutations
from typing import Any

import numpy as np

from rfcalc.architectures import zoo_text
from rfcalc.interior import growth
from rfcalc.masks import mask
from rfcalc.network import Network
from rfcalc.spec import read_text
from tests.published.implementations import Implementation
from tests.published.namesakes import Namesake
from tests.published.reach import made_in_torch, read_by, torch_maps
from tests.published.reach_keras import keras_maps, made_in_keras

WIDE = 1100
"""Pixels a side beyond which an image is a strip, once along each axis."""
STRIP = {2: 128, 3: 16}


def hold(one: Implementation) -> int:
    """Compare every named map of an implementation with the zoo's; return how many fields."""
    text = zoo_text(one.zoo)
    if one.cut:
        text = text[: text.index(one.cut)]
    if not one.gates:
        text = re.sub(r"- squeeze_excite\b", "- identity", text)
    keras = one.package == "keras"
    model = (made_in_keras if keras else made_in_torch)(one.build)
    compared = 0
    for size in [one.size] if one.size else _sizes(read_text(text, one.zoo)):
        network = read_text(text, one.zoo, size)
        maps_of = keras_maps if keras else torch_maps
        paths = list(one.pairs.values())
        images, maps = maps_of(model, size, paths, 3, one.gates, one.filters)
        for layer, path in one.pairs.items():
            compared += _hold(one, network, layer, images, maps[path])
    return compared


def field(one: Namesake) -> int:
    """Return the extent of a namesake's field along a strip, away from all borders."""
    keras = one.package == "keras"
    model = (made_in_keras if keras else made_in_torch)(one.build)
    size = (STRIP[2], 64 * (one.rf // 64 + 4))
    images, maps = (keras_maps if keras else torch_maps)(model, size, [one.path], 1)
    at = tuple(n // 2 for n in maps[one.path].shape[2:])
    low, high = _ends(*read_by(images, maps[one.path], [at]), axis=1)
    assert 0 < low <= high < size[1] - 1, "a border cuts the field"
    return high - low + 1


def _sizes(network: Network) -> list[tuple[int, ...]]:
    """Return images that hold the whole field of a central output, along one axis at least."""
    row = growth(network).rows[-1]
    side = int(32 * -(-(row.rf[0] + 4 * row.jump[0]) // 32))
    if side <= WIDE and network.dims == 2:
        return [(side, side)]
    return sorted(set(permutations([side] + [STRIP[network.dims]] * (network.dims - 1))))


def _hold(one: Implementation, network: Network, layer: str, images: Any, made: Any) -> int:
    """Compare one map at a corner, in the middle and beside it; return how many fields."""
    node = network.nodes[network.index(layer or None, network.output)]
    said = f"{one.name}: {layer or 'the output'}"
    size = tuple(made.shape[2:])
    assert size == node.size or not one.aligned, said
    middle = tuple(n // 2 for n in size)
    at = (tuple(0 for _ in middle), tuple(max(0, n - 1) for n in middle), middle)
    found = read_by(images, made, at)
    if one.aligned:
        for position, seen in zip(at, found, strict=True):
            expected = mask(network, node.name, network.nodes[0].name, position).array()
            np.testing.assert_array_equal(seen, expected, f"{said} at {position}")
    (row,) = (row for row in growth(network).rows if row.name == node.name)
    if row.unbounded is None and set(row.phases) == {1}:
        _read_off(row, *found[1:], middle, one.aligned, said)
    return len(at)


def _read_off(
    row: Any,
    before: np.ndarray,
    found: np.ndarray,
    at: tuple[int, ...],
    aligned: bool,
    said: str,
) -> None:
    """Compare extent, start, jump and cells, along every axis on which no border cuts a field."""
    inside = 0
    for axis, size in enumerate(found.shape):
        if row.rf[axis] + 4 * row.jump[axis] > size:
            continue
        (first, _), (low, high) = _ends(before, axis), _ends(found, axis)
        inside += 1
        assert high - low + 1 == row.rf[axis], said
        assert low - first == row.jump[axis], said
        if aligned:
            assert low == row.start[axis] + row.jump[axis] * at[axis], said
    if inside == found.ndim:
        assert found.sum() == row.cells, said


def _ends(found: np.ndarray, axis: int) -> tuple[int, int]:
    """Return the first and last index along an axis at which anything is read."""
    at = np.flatnonzero(found.any(axis=tuple(a for a in range(found.ndim) if a != axis)))
    return int(at[0]), int(at[-1])
