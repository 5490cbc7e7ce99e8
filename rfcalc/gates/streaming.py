"""Which outputs miss a limit on a stream? By what they read before and after, and their wait."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import floor
from typing import Literal

from rfcalc.durations import in_time, seconds_of
from rfcalc.errors import RfcalcError, fail, many
from rfcalc.gates.judges import Fault, Limit, Question, label
from rfcalc.network import Node
from rfcalc.tiling.streams import Stream, stream

__all__ = ["causal", "check_rate", "max_latency", "max_look_ahead", "max_look_back"]

_UNKNOWN = ("RF305", "RF463", "RF464")
"""Codes by which a stream is declined."""
_SHOWN = 4
"""Most layers that look ahead in a failure."""
What = Literal["look_back", "look_ahead", "latency"]


def check_rate(limits: Mapping[str, Limit], rate: Fraction | None, file: str = "") -> None:
    """Refuse a limit that is a time where no rate turns it into samples.

    Parameters
    ----------
    file : the configuration that sets the limits, empty where a caller gives them.

    Raises
    ------
    RfcalcError
        RF406: a time without a rate.

    >>> check_rate({"max-latency": "20ms", "causal": True}, Fraction(16000))
    """
    times = [(name, limit) for name, limit in limits.items() if isinstance(limit, str)]
    if times and rate is None:
        name, limit = times[0]
        who = f"'{name}' of {file}" if file else f"`{name.replace('-', '_')}=`"
        fact = f"{who} is '{limit}', a time, and no rate is given"
        more = ", or set rate = '16k' beside it" if file else ""
        raise fail("RF406", fact, f"give the samples per second, as in `rate='16k'`{more}")


def causal(asked: Question, _limit: Limit) -> Iterator[Fault]:
    """Judge whether an output reads samples after those that it stands for."""
    for axis, found in _streams(asked):
        if isinstance(found, str):
            yield (
                asked.node,
                f"{label(asked)}{_on(asked, axis)}: {found}",
                "name an earlier `layer=`",
            )
        elif found.output.look_ahead != 0:
            ahead = _samples(found.output.look_ahead, asked.rate)
            fact = f"{label(asked)} reads {ahead} ahead{_on(asked, axis)}{_who(found)}"
            yield _responsible_layer(asked, found), fact, "pad at the front alone: padding: causal"
            return


def max_latency(asked: Question, limit: Limit) -> Iterator[Fault]:
    """Judge the samples that have to arrive after one until its output can be computed."""
    cure = "let layers look ahead less: `rfcalc.stream` names them"
    yield from _most(asked, limit, "latency", "the latency of", cure)


def max_look_ahead(asked: Question, limit: Limit) -> Iterator[Fault]:
    """Judge the samples that are read after those that an output stands for."""
    cure = "pad at the front alone, or use smaller dilations where the field looks ahead"
    yield from _most(asked, limit, "look_ahead", "the look-ahead of", cure)


def max_look_back(asked: Question, limit: Limit) -> Iterator[Fault]:
    """Judge the samples that are read before those that an output stands for."""
    cure = "use fewer layers, smaller kernels or smaller dilations"
    yield from _most(asked, limit, "look_back", "the look-back of", cure)


def _most(asked: Question, limit: Limit, what: What, words: str, cure: str) -> Iterator[Fault]:
    for axis, found in _streams(asked):
        where = f"{label(asked)}{_on(asked, axis)}"
        if isinstance(found, str):
            yield asked.node, f"{words} {where} is not known: {found}", "name an earlier `layer=`"
            return
        samples: int | None = getattr(found.output, what)
        most, shown = _limit(limit, asked.rate)
        if samples is None or samples > most:
            by = found.output.unbounded
            through = f", through '{by.by}'" if samples is None and by is not None else ""
            who = "" if what == "look_back" or through else _who(found)
            told = _samples(samples, asked.rate)
            fact = f"{words} {where} is {told}{through}, above {shown}{who}"
            yield _responsible_layer(asked, found) if who else asked.node, fact, cure
            return


def _limit(limit: Limit, rate: Fraction | None) -> tuple[int, str]:
    """Return the samples that a limit allows, the whole ones within a time, and what is shown."""
    if isinstance(limit, str):
        seconds = seconds_of(limit)
        assert seconds is not None
        assert rate is not None
        samples = floor(seconds * rate)
        return samples, f"{limit} ({many(samples, 'sample')})"
    assert isinstance(limit, int)
    return limit, f"{limit:,}"


def _streams(asked: Question) -> Iterator[tuple[int, Stream | str]]:
    """Yield per axis, or for the one of time, the stream, or why there is none.

    A gate tells the first axis on which it is missed.
    """
    axes = range(asked.network.dims) if asked.axis is None else (asked.axis,)
    nodes = asked.network.nodes
    for axis in axes:
        if axis not in asked.streams:
            try:
                asked.streams[axis] = stream(
                    asked.network,
                    nodes[asked.target].name,
                    nodes[asked.source].name,
                    axis=axis,
                    ignore_global=asked.apart,
                )
            except RfcalcError as fault:
                if fault.diagnostics[0].code not in _UNKNOWN:
                    raise
                asked.streams[axis] = fault.diagnostics[0].message
        yield axis, asked.streams[axis]


def _responsible_layer(asked: Question, found: Stream) -> Node:
    """Return the layer with the largest share of the look-ahead, the output where there is none."""
    shares = found.looks_ahead
    if not shares:
        return asked.node
    name, _ = max(shares, key=lambda one: float("inf") if one[1] is None else one[1])
    return asked.network.nodes[asked.network.index(name, asked.target)]


def _who(found: Stream) -> str:
    """Return the layers that look ahead, the largest shares first."""
    ranked = sorted(found.looks_ahead, key=lambda one: float("-inf") if one[1] is None else -one[1])
    told = [f"'{name}'" if n is None else f"'{name}' by {n:,}" for name, n in ranked[:_SHOWN]]
    more = f" and {len(ranked) - _SHOWN} more" if len(ranked) > _SHOWN else ""
    return f": {', '.join(told)}{more}" if told else ""


def _samples(samples: int | None, rate: Fraction | None) -> str:
    return "without end" if samples is None else in_time(samples, rate)


def _on(asked: Question, axis: int) -> str:
    return f" on axis {axis}" if asked.network.dims > 1 else ""
