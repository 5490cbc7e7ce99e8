"""Which shape has each input of a Keras model, and which of its dimensions are space?"""

import re
from collections import deque
from collections.abc import Sequence
from typing import Any, cast

from rfcalc.errors import fail
from rfcalc.importers import inputs
from rfcalc.importers.keras.model import Layer, Model, key_of, wrong

__all__ = ["layouts", "shapes_of"]

_RANKED = re.compile(r"\D([123])D(?:Transpose)?$")
_FLAT = frozenset({"Embedding", "ReversibleEmbedding"})


def layouts(model: Model, given: Sequence[Sequence[int]] = ()) -> list[str]:
    """Return one letter per dimension of each input: batch ``N``, channels ``C``, else space.

    What the nearest layer with a window takes them for: ``Conv2D`` with ``channels_first`` reads
    ``NCHW``. Without one, all between batch and channels is space. An input that is written
    without a shape has as many dimensions as are ``given``.
    """
    readers: dict[str, list[str]] = {}
    for layer in model.layers.values():
        for call in layer.calls:
            for ref in call.refs:
                readers.setdefault(ref.layer, []).append(layer.name)
    found: list[str] = []
    for number, ref in enumerate(model.sources):
        rank = len(_written(model, ref.layer) or inputs.nth(given, number))
        found.append(_layout(rank, *_nearest(model, readers, ref.layer)))
    return inputs.with_rows(found)


def _layout(rank: int, window: int | None, first: bool, flat: bool) -> str:
    if rank <= 1:
        return "N"[:rank]
    if flat or window == rank - 1:
        return "N" + inputs.letters_of(rank - 1)
    if window is None:
        return "N" + inputs.letters_of(rank - 2) + "C"
    at = max(1, rank - 1 - window) if first else rank - 1
    space = inputs.letters_of(rank - 2)
    return "N" + space[: at - 1] + "C" + space[at - 1 :]


def _nearest(
    model: Model, readers: dict[str, list[str]], start: str
) -> tuple[int | None, bool, bool]:
    """Return the rank of the nearest window behind an input, and how it lies."""
    queue, seen = deque([start]), {start}
    while queue:
        for name in readers.get(queue.popleft(), ()):
            if name in seen:
                continue
            seen.add(name)
            queue.append(name)
            found = _window(model.layers[name])
            if found is not None:
                return found
    return None, False, False


def _window(layer: Layer, depth: int = 0) -> tuple[int, bool, bool] | None:
    if layer.model is not None:
        found = (_window(inner) for inner in layer.model.layers.values())
        return next((one for one in found if one is not None), None)
    if layer.key in _FLAT:
        return 1, False, True
    inner = layer.config.get("layer")
    if isinstance(inner, dict) and depth < 8:
        data = cast("dict[str, Any]", inner)
        config: Any = data.get("config")
        held = cast("dict[str, Any]", config) if isinstance(config, dict) else {}
        return _window(Layer("", key_of(data), held), depth + 1)
    match = _RANKED.search(layer.key)
    given = [layer.config, *(call.kwargs for call in layer.calls)]
    first = any(held.get("data_format") == "channels_first" for held in given)
    if match is not None and not layer.key.startswith(("ops.", "Spatial")):
        return int(match[1]), first, False
    if first:
        # Without a rank in its name, it has that of the tensor it reads, where that is written.
        shape = next((ref.shape for call in layer.calls for ref in call.refs), None)
        return (2 if shape is None else len(shape) - 2), True, False
    return None


def shapes_of(
    model: Model, given: Sequence[Sequence[int]], letters: Sequence[str]
) -> tuple[list[tuple[int, ...]], bool]:
    """Return the shape of each input, and whether written sizes were replaced.

    Parameters
    ----------
    given : one per input, in order: a whole shape, or the spatial sizes alone.

    Raises
    ------
    RfcalcError
        RF512: a size is neither written nor given, or does not fit what is written.
    """
    names = [ref.layer for ref in model.sources]
    inputs.counted(given, names)
    found: list[tuple[int, ...]] = []
    replaced = False
    for number, (name, layout) in enumerate(zip(names, letters, strict=True)):
        shape = _written(model, name)
        one = inputs.nth(given, number)
        if shape is None:
            if len(one) < 2:
                raise inputs.shapeless(name, "1,224,224,3")
            found.append(one)
            continue
        full = _filled(name, shape, one, inputs.space_of(layout))
        replaced |= any(n not in (None, m) for n, m in zip(shape[1:], full[1:], strict=True))
        found.append(full)
    for name, shape in zip(names, found, strict=True):
        inputs.bounded(name, shape)
    return found, replaced


def _filled(
    name: str, shape: tuple[int | None, ...], given: tuple[int, ...], space: list[int]
) -> tuple[int, ...]:
    """Return a written shape with the given sizes in it, its channels as they are written."""
    shown = inputs.shown(shape)
    if len(given) == len(shape):
        for d, (was, now) in enumerate(zip(shape, given, strict=True)):
            if was not in (None, now) and d not in space and d > 0:
                fact = f"the input '{name}' has {was} channels, and {now} are given"
                raise fail("RF512", fact, f"its shape is {shown}")
    batch = 1 if shape[0] is None else shape[0]
    one = inputs.Written(name, shown, (batch, *shape[1:]), space)
    full = inputs.filled(one, given)
    known = [n for n in full if n is not None]
    if len(known) < len(full):
        raise inputs.incomplete(one, full, channels=inputs.SIDE, alone=True)
    return tuple(known)


def _written(model: Model, name: str) -> tuple[int | None, ...] | None:
    """Return the shape that an input layer is written with, ``None`` when there is none."""
    layer = model.layers.get(name)
    if layer is None:
        raise wrong(model.name, f"there is no input layer '{name}'")
    given: Any = layer.config.get("batch_shape") or layer.config.get("batch_input_shape")
    if given is None and layer.key == "InputLayer":
        alone: Any = layer.config.get("shape")
        given = [None, *alone] if isinstance(alone, list) else None
    if given is None:
        return None
    if not isinstance(given, list):
        raise wrong(name, f"its shape is {given!r:.60}")
    shape = cast("list[Any]", given)
    if not shape or any(n is not None and type(n) is not int for n in shape):
        raise wrong(name, f"its shape is {given!r:.60}")
    return tuple(shape)
