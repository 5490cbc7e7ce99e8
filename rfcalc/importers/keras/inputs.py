"""Which shape has each input of a Keras model?"""

from collections.abc import Sequence
from typing import Any, cast

from rfcalc.errors import fail
from rfcalc.importers import inputs
from rfcalc.importers.keras.model import Model, wrong

__all__ = ["shapes_of", "trials", "usual"]


def usual(rank: int) -> str:
    """Return batch, space, channels, as Keras has them where a model does not say otherwise.

    >>> usual(4), usual(2)
    ('NHWC', 'NC')
    """
    space = inputs.letters_of(max(0, rank - 2))
    return ("N" + space + "C")[:rank]


def trials(model: Model, given: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """Return shapes of the inputs at which their layouts are found.

    Raises
    ------
    RfcalcError
        RF512: there are more shapes than inputs, or an input has none.
    """
    names = [ref.layer for ref in model.sources]
    inputs.counted(given, names)
    found: list[tuple[int, ...]] = []
    for number, name in enumerate(names):
        written, one = _written(model, name), inputs.nth(given, number)
        if written is None and len(one) < 2:
            raise inputs.shapeless(name, "1, 224, 224, 3")
        sizes = written or one
        found.append(inputs.trial(sizes, one, usual(len(sizes))))
    return found


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
    found: list[tuple[int, ...]] = []
    replaced = False
    for number, (name, layout) in enumerate(zip(names, letters, strict=True)):
        shape = _written(model, name)
        one = inputs.nth(given, number)
        if shape is None:
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
