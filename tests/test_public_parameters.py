"""Law: a value of a type that a parameter does not take is told by the parameter's name."""

import inspect
from fractions import Fraction

import numpy as np
import pytest

import rfcalc

NET = "k3,k3d2"
CALLS = {
    "analyze": (NET,),
    "chain": (NET,),
    "check": (NET,),
    "compare": (NET, "k3"),
    "convert": (NET,),
    "cost": (NET,),
    "design": (),
    "erf": (NET,),
    "explain": (),
    "export": (NET,),
    "fit": (NET, [3]),
    "fix": ("k3,k3d2,k3d9",),
    "from_keras": ("model.keras",),
    "from_onnx": ("model.onnx",),
    "graph": (NET,),
    "growth": (NET,),
    "hdc_check": ([1, 2, 5],),
    "heatmap": (NET,),
    "load": (NET,),
    "mask": (NET,),
    "page": (NET,),
    "paths": (NET,),
    "scan": ("examples/hdc-1-2-9.yaml",),
    "sizes": (NET,),
    "stream": (rfcalc.chain(NET, dims=1),),
    "tile": (NET,),
    "verify": (NET,),
    "where": (NET,),
    "zoo": (),
}
"""What each function takes at the least."""


def parameters():
    """Every parameter that has a name of its own, by function."""
    for name in CALLS:
        for one in inspect.signature(getattr(rfcalc, name)).parameters.values():
            if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
                yield name, one.name


def test_every_public_function_is_tried():
    functions = {name for name in rfcalc.__all__ if inspect.isfunction(getattr(rfcalc, name))}
    assert {*CALLS} == functions - {"from_torch"}


@pytest.mark.parametrize(("name", "parameter"), list(parameters()))
def test_a_wrong_type_names_the_parameter(name: str, parameter: str):
    """An object of a type that nothing takes, in place of one argument."""
    function = getattr(rfcalc, name)
    bound = inspect.signature(function).bind(*CALLS[name])
    asked = {**bound.arguments}
    several = [asked.pop(key) for key in ("nets",) if key in asked]
    asked[parameter] = object()
    with pytest.raises((TypeError, rfcalc.RfcalcError)) as caught:
        function(*(one for each in several for one in each), **asked)
    assert parameter in str(caught.value), str(caught.value)


def test_a_module_is_read_at_a_shape_and_told_from_what_is_none():
    torch = pytest.importorskip("torch")
    model = torch.nn.Conv2d(3, 4, 3, dilation=2)
    read = rfcalc.from_torch(model, (1, 3, 9, 8))
    assert read == rfcalc.from_torch(model, torch.zeros(1, 3, 9, 8))
    with pytest.raises(TypeError, match="model is of type str"):
        rfcalc.from_torch("resnet50", (1, 3, 9, 9))
    assert rfcalc.mask(model, input=(1, 3, 9, 8)) == rfcalc.mask(read)
    assert rfcalc.tile(model, input=(1, 3, 9, 8)).plan.grids.size == (9, 8)


NETS = [name for name in CALLS if name not in ("chain", "design", "explain", "hdc_check", "zoo")]


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("wrong", [3, None, b"k3", 2.5, {3, 4}, np.zeros((2, 2))], ids=repr)
def test_what_stands_for_no_network_is_told(name: str, wrong: object):
    with pytest.raises((TypeError, rfcalc.RfcalcError)) as caught:
        getattr(rfcalc, name)(wrong, *CALLS[name][1:])
    assert not isinstance(caught.value, rfcalc.RfcalcError) or caught.value.diagnostics[0].message


@pytest.mark.parametrize("name", ["mask", "paths", "export", "where", "heatmap"])
@pytest.mark.parametrize("at", [(1, 2, 3), (), (99, 99), (-1, 0), "3", 1.5, (1, "2"), True])
def test_a_wrong_position_is_told(name: str, at: object):
    with pytest.raises((TypeError, rfcalc.RfcalcError)):
        getattr(rfcalc, name)(NET, at=at, input=(9, 9))


@pytest.mark.parametrize("name", ["mask", "paths", "export", "where", "analyze", "tile", "sizes"])
def test_an_unknown_layer_is_told_with_those_that_there_are(name: str):
    with pytest.raises(rfcalc.RfcalcError, match="conv"):
        getattr(rfcalc, name)(NET, layer="conv9")


@pytest.mark.parametrize("name", ["mask", "paths", "export", "where"])
def test_numbers_of_numpy_are_numbers(name: str):
    function = getattr(rfcalc, name)
    at = np.array([3, 4])
    assert function(NET, at=at, input=(9, 9)) == function(NET, at=(3, 4), input=(9, 9))
    assert function(NET, at=tuple(at), input=tuple(np.array([9, 9]))) == function(
        NET, at=(3, 4), input=(9, 9)
    )
    assert function(NET, at=at[0], input=(9, 9)) == function(NET, at=3, input=(9, 9))


ODD = [
    *("", "nope", "\x00", b"x", -1, 0, 10**30, 1.5, True, 1 + 2j, range(3), {1, 2}, {"a": 1}),
    *(float("nan"), float("inf"), Fraction(1, 3), np.int64(3), lambda: 1, int, iter([1])),
    *(None, [], (), [[]], [1, [2]], [None], ("a", "b"), (1, 2, 3, 4, 5)),
    *(np.array([1.5]), np.zeros((2, 2)), np.array("x")),
]
"""Values that may be of a type that is taken, and mean nothing, or too much."""
WRITTEN = {"out", "resume", "place", "progress"}
"""What would be written to, or called, by any name."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "parameter"), [pair for pair in parameters() if pair[1] not in WRITTEN]
)
def test_an_odd_value_is_answered_or_refused_in_words(name: str, parameter: str):
    """A type that is not taken names the parameter; a value is a diagnostic. Nothing else."""
    function = getattr(rfcalc, name)
    for value in ODD:
        asked = {**inspect.signature(function).bind(*CALLS[name]).arguments}
        several = asked.pop("nets", ())
        said = refusal(function, several, {**asked, parameter: value})
        assert said is None or parameter in said or "takes" in said, f"{value!r}: {said}"


def refusal(function, several, asked) -> str | None:
    """Return what a type is refused with, ``None`` for an answer or a diagnostic."""
    try:
        function(*several, **asked)
    except TypeError as fault:
        return str(fault)
    except rfcalc.RfcalcError:
        return None
    return None
