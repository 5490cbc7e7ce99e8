"""Do networks keep to limits? What ``rfcalc check`` answers, in Python."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from rfcalc.durations import rate_of
from rfcalc.errors import LimitExceeded, NeedsSize, RfcalcError, fail, unanswered
from rfcalc.gates import GATES, Gates
from rfcalc.gates import check as missed
from rfcalc.gates.settings import contradictions, limit
from rfcalc.library.several import given_of, networks_of
from rfcalc.loading import shapes_of
from rfcalc.loading.networks import NetworkLike, Sizes
from rfcalc.network import Network, without_global
from rfcalc.parameters import expect
from rfcalc.render.checks import Checked, Checks

__all__ = ["check", "judge_network", "read_limits"]


def check(
    *nets: "NetworkLike | Sequence[NetworkLike]",
    min_rf: Sequence[int] | int | None = None,
    max_rf: Sequence[int] | int | None = None,
    min_density: float | None = None,
    no_holes: bool = False,
    no_gridding: bool = False,
    no_checkerboard: bool = False,
    no_unseen: bool = False,
    hdc: bool = False,
    max_jump: Sequence[int] | int | None = None,
    causal: bool = False,
    max_latency: int | str | None = None,
    max_look_ahead: int | str | None = None,
    max_look_back: int | str | None = None,
    axis: int | None = None,
    rate: float | Fraction | str | None = None,
    layer: str | None = None,
    source: str | None = None,
    ignore_global: bool = False,
    input: "Sizes | None" = None,
) -> Checks:
    """Return which limits networks miss; the answer is true where they keep to all.

    Parameters
    ----------
    nets : networks, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``; or one sequence of them.
    min_rf, max_rf : least and largest field, input cells, one per axis or one for all.
    min_density : least share of the field's box that is read, above 0 and up to 1.
    no_holes : the layer reads its whole field.
    no_gridding : no dilated stage reads its own input with holes.
    no_checkerboard : no transposed convolution has unequal or dead phases.
    no_unseen : every input cell is read by an output.
    hdc : every dilated chain passes ``hdc_check``.
    max_jump : largest jump, input cells, one per axis or one for all.
    causal : no output reads samples after its own.
    max_latency, max_look_ahead, max_look_back : most samples that an output waits for, reads
        after its own, and reads before its own; or with a rate a time, ``"20ms"``.
    axis : the axis of time of these four, from 0; by default every axis.
    rate : samples per second, as ``16000`` or ``"16k"``; messages then tell times, too.
    layer : the layer that is judged, by default every output.
    source : the layer whose cells are counted, by default every input.
    ignore_global : ignore layers that read the whole input.
    input : input size, cells per axis, or the shape of a module's example input.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF406 no limit, one out of range or of other axes, two that no
        field satisfies; and what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> found = check("k3d2,k3d2", min_rf=9, no_gridding=True)
    >>> found.ok, [failure.gate for failure in found.failures]
    (False, ['no-gridding'])
    """
    given: dict[str, Any] = {
        "min_rf": min_rf,
        "max_rf": max_rf,
        "min_density": min_density,
        "no_holes": no_holes,
        "no_gridding": no_gridding,
        "no_checkerboard": no_checkerboard,
        "no_unseen": no_unseen,
        "hdc": hdc,
        "max_jump": max_jump,
        "causal": causal,
        "max_latency": max_latency,
        "max_look_ahead": max_look_ahead,
        "max_look_back": max_look_back,
    }
    expect(**given, axis=axis, rate=rate)
    expect(layer=layer, source=source, ignore_global=ignore_global)
    shapes_of(input)
    gates, hertz = _gates(given), rate_of(rate)
    named = given_of(nets)
    if not named:
        raise fail("RF406", "no network is given", "name one: check('k3,k3d2', no_gridding=True)")
    asked: dict[str, Any] = {"ignore_global": ignore_global, "axis": axis, "rate": hertz}
    judged = [
        judge_network(
            one if isinstance(one, str) else network.name, network, gates, source, layer, **asked
        )
        for one, network in zip(named, networks_of(nets, input), strict=True)
    ]
    return Checks(gates=gates, nets=tuple(judged), time="")


def judge_network(
    name: str,
    network: Network,
    gates: Gates,
    source: str | None,
    layer: str | None,
    *,
    ignore_global: bool,
    axis: int | None,
    rate: Fraction | None = None,
) -> Checked:
    """Return which gates a network misses.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer; what has no answer is reported as such.
    """
    try:
        asked: dict[str, Any] = {"ignore_global": ignore_global, "axis": axis, "rate": rate}
        found = missed(network, gates, source, layer, **asked)
    except (LimitExceeded, NeedsSize) as fault:
        raise RfcalcError([unanswered(fault)]) from None
    assumed = (without_global(network) if ignore_global else network).assumed
    return Checked(net=name, failures=found, assumed=assumed, gates=gates)


def _gates(given: Mapping[str, object]) -> Gates:
    """Return the gates that are on, in the order of the report.

    Raises
    ------
    RfcalcError
        RF406: none is, one is out of range, or two contradict each other.
    """
    every = read_limits({name: given[name.replace("-", "_")] for name in GATES})
    found = {name: value for name, value in every.items() if value is not False}
    if not found:
        names = ", ".join(f"`{name.replace('-', '_')}=`" for name in GATES)
        raise fail("RF406", "no gate is set", f"give one of {names}")
    for fact in contradictions(found):
        raise fail("RF406", fact, "lower `min_rf=` or raise `max_rf=`")
    return found


def read_limits(given: Mapping[str, object]) -> Gates:
    """Return the limit of each gate that is given by its name, ``False`` for one that is off.

    Raises
    ------
    RfcalcError
        RF406: one is out of range.
    """
    found: Gates = {}
    for name, value in given.items():
        if value is None:
            continue
        try:
            found[name] = limit(name, _plain(value))
        except ValueError as fault:
            shown = str(value).strip("[(,)]").replace(" ", "")
            key = name.replace("-", "_")
            raise fail("RF406", f"`{key}=` is out of range: {shown}", str(fault)) from None
    return found


def _plain(value: Any) -> Any:
    """Return a number or numbers of NumPy as those of Python."""
    return value.tolist() if hasattr(value, "tolist") else value
