"""Is every parameter that an op accepts obeyed, beside every choice of the others?"""

import itertools
import typing

import msgspec
import pytest

from rfcalc.errors import ImpossibleSize, LimitExceeded, NeedsSize, RfcalcError
from rfcalc.layers import LAYERS
from tests.rules import RULES

SIZES = (14, 11)
CHANNELS = 4
VALUES = {
    "kernel": [(2, 2), (5, 5)],
    "stride": [(1, 1), (3, 3)],
    "dilation": [(1, 1), (2, 2), (3, 3)],
    "padding": [None, "valid", "same", "same_lower", "causal", ((2, 2), (2, 2))],
    "output_padding": [(0, 0), (1, 1)],
    "over": [(True, True), (True, False), (False, True)],
    "output": [(2, 2), (5, 5)],
    "scale": [(0.5, 0.5), (3.0, 3.0)],
    "size_to": [(5, 5), (30, 30)],
    "factor": [(1, 1), (2, 2)],
    "before": [(0, 0), (1, 1)],
    "after": [(0, 0), (1, 1)],
    "start": [(0, 0), (2, 2)],
    "stop": [(7, 7), (None, None)],
    "step": [(1, 1), (3, 3)],
    "shift": [(0, 0), (1, 1), (2, 2)],
    "window": [(3, 3), (5, 5)],
    "groups": [1, 2],
    "in_channels": [CHANNELS, CHANNELS + 1],
    "out_channels": [4, 8],
    "negative_slope": [0.0, 0.5],
    "alpha": [0.1, 1.0],
    "eps": [0.0, 1.0],
    "p": [0.1, 0.5],
}
NOTHING = {
    ("dropout", "p"): "it passes all on at inference",
}
"""Parameters without an effect, and why that is right."""
PAIRS = [
    (op, field.name)
    for op, kind in LAYERS.items()
    for field in msgspec.structs.fields(kind)
    if (op, field.name) not in NOTHING
]


def choices(field):
    """The values of a switch; none for a parameter that is no switch."""
    if field.type is bool:
        return [False, True]
    return (
        list(typing.get_args(field.type)) if typing.get_origin(field.type) is typing.Literal else []
    )


def bounds(field):
    """Numbers that a parameter takes: 1, 2, and the ends of what it may be."""
    (meta,) = typing.get_args(field.type)[1:]
    ends = {meta.ge, meta.le} - {None}
    assert ends or meta.gt is not None, f"say in VALUES what '{field.name}' is tried with"
    return sorted({1, 2, *ends})


def observed(kind, given):
    """All that can be seen of a layer: sizes, cells read, numbers made; a word where refused."""
    import numpy as np

    from rfcalc.numpy_backend import forward
    from rfcalc.numpy_backend.weights import weights_of

    try:
        layer = kind(**given)
    except (TypeError, ValueError):
        return "refused"
    draw = np.random.default_rng(0)
    x = draw.normal(size=(1, CHANNELS, *SIZES))
    try:
        sizes = tuple(layer.size(n, axis) for axis, n in enumerate(SIZES))
        reads = [str(layer.taps(n, axis)) for axis, n in enumerate(SIZES)]
        weights = weights_of(layer, CHANNELS, SIZES, lambda shape: draw.normal(size=shape))
        inputs = [x, x + 1] if layer.merges else [x]
        made = np.round(forward(layer, inputs, weights), 9)
    except (RfcalcError, ImpossibleSize, NeedsSize, LimitExceeded) as fault:
        return type(fault).__name__
    return sizes, tuple(reads), made.tobytes()


@pytest.mark.parametrize(("op", "name"), PAIRS)
def test_a_parameter_changes_something_or_is_refused_beside_every_switch(op, name):
    kind = LAYERS[op]
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    values = choices(fields[name]) or VALUES.get(name) or bounds(fields[name])
    switches = {other: choices(field) for other, field in fields.items() if other != name}
    switches = {other: values for other, values in switches.items() if values}
    for settings in itertools.product(*switches.values()):
        beside = RULES[op].beside | dict(zip(switches, settings, strict=True))
        if name == "size_to":
            beside.pop("scale")
        seen = [observed(kind, beside | {name: value}) for value in values]
        answered = {one for one in seen if one != "refused"}
        assert len(answered) > 1 or seen.count("refused") >= len(values) - 1, beside


def test_a_filter_as_wide_as_the_step_is_right_on_one_two_and_three_axes():
    """A shrinking to a quarter reads the 8 cells under a triangle, by whichever name."""
    for mode in ("linear", "bilinear", "trilinear"):
        layer = LAYERS["upsample"](scale=(0.25,), mode=mode, antialias=True)
        assert layer.taps(None, 0).read(3).extent == 8
    with pytest.raises(ValueError, match="'antialias' goes with"):
        LAYERS["upsample"](scale=(0.25,), mode="nearest", antialias=True)
