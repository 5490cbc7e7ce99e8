"""How is a network on a stream shown? What each layer looks at, keeps and computes."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import Literal

from rfcalc import __version__
from rfcalc.documents import Data
from rfcalc.durations import in_time
from rfcalc.errors import many
from rfcalc.render.chunks import proof_data, proof_lines
from rfcalc.render.document import Column, Document, Layers, Lines, Table, granted
from rfcalc.render.fields import unbounded_data
from rfcalc.tiling.chunks import Chunked
from rfcalc.tiling.streams import Stage, Stream

__all__ = ["stream_document"]

_COLUMNS = (
    Column("layer", "left", 100),
    Column("op", "left", 50),
    Column("jump", keep=70),
    Column("rf", keep=80),
    Column("look-back", keep=95),
    Column("look-ahead", keep=95),
    Column("latency", keep=90),
    Column("buffer", keep=92),
    Column("cells/step", keep=85),
)


_SHOWN = 8
"""Most layers that look ahead in the lines for people."""


def stream_document(
    name: str, stream: Stream, rate: Fraction | None, proof: Chunked | None = None
) -> Document:
    """Return the document of a stream; ``rate`` is in samples per second.

    ``proof`` : what the comparison of chunks with the whole found, if there was one.
    """
    out = stream.output
    rows = tuple(
        (
            stage.name,
            stage.op,
            str(stage.jump),
            _short(stage.rf, "all"),
            _short(stage.look_back, "all"),
            _short(stage.look_ahead, "all"),
            _short(stage.latency, "-"),
            " + ".join(_short(cells, "all") for cells in stage.buffer) or "-",
            ", ".join(map(str, stage.cells[:8])) + (" .." if len(stage.cells) > 8 else ""),
        )
        for stage in stream.stages
    )
    title = (
        f"{name}: {many(stream.frame, 'sample')} a step   numbers in samples, buffer in input cells"
    )
    kept = "all that came before" if stream.buffer is None else many(stream.buffer, "cell")
    late = "none, the output waits for the end of the stream"
    if out.latency is not None and stream.latency is not None:
        late = f"{in_time(out.latency, rate)}, with frames {in_time(stream.latency, rate)}"
    held = "" if not stream.bytes else f" ({many(stream.bytes, 'byte')} in float32)"
    lines = [
        ("", f"field: {_worst(stream, 'rf', rate)}"),
        ("", f"look-back: {_worst(stream, 'look_back', rate)}"),
        ("", f"look-ahead: {_worst(stream, 'look_ahead', rate)}"),
        ("", f"latency: {late}{_of(stream, out)}"),
        ("", f"kept between steps: {kept}{held}; computed per step: {_mean(stream)}"),
    ]
    if stream.looks_ahead:
        most = list(stream.looks_ahead)
        if len(most) > _SHOWN:
            most.sort(key=lambda one: float("-inf") if one[1] is None else -one[1])
        told = [_share(name, samples, rate) for name, samples in most]
        more = f", and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
        lines.insert(3, ("", f"who looks ahead: {', '.join(told[:_SHOWN])}{more}"))
    lines += [("", f"trimmed: {text}") for stage in stream.stages if (text := _trim_text(stage))]
    if len(stream.inputs) > 1:
        for one in stream.inputs:
            sides = f"look-back {_short(one.look_back, 'all')}"
            lines.append(
                ("", f"of '{one.name}': {sides}, look-ahead {_short(one.look_ahead, 'all')}")
            )
    if stream.worst("look_ahead").look_ahead == 0:
        lines.append(("good", "causal: no output waits for a later sample than its own"))
    if stream.cycle > 1:
        lines.append(
            (
                "warning",
                f"steps repeat after {stream.cycle}: frames in multiples of {stream.alignment} "
                f"samples make all steps alike, as {_fitting(stream, rate)}",
            )
        )
    layers = Layers(
        tuple(stage.name for stage in stream.stages), partial(_joined, stream.stages, rows)
    )
    parts: list[Table | Lines] = [Table(title, _COLUMNS, rows, layers), Lines("", tuple(lines))]
    if proof is not None:
        parts.append(proof_lines(proof))
    parts += granted(stream.assumed)
    return Document(tuple(parts), {**_data(stream, rate), "verified": proof_data(proof)})


def _joined(
    stages: Sequence[Stage], rows: Sequence[tuple[str, ...]], joined: Sequence[int]
) -> tuple[str, ...]:
    """Return the cells of several rows in one: what is kept and computed by all of them."""
    kept = [cells for row in joined for cells in stages[row].buffer]
    steps = [stages[row].cells for row in joined]
    regular = all(len(cells) == 1 for cells in steps)
    return (
        *rows[joined[-1]][:-2],
        "all" if None in kept else str(sum(cells or 0 for cells in kept)),
        str(sum(cells[0] for cells in steps)) if regular else "-",
    )


def _fitting(stream: Stream, rate: Fraction | None) -> str:
    return " or ".join(in_time(samples, rate) for samples in dict.fromkeys(stream.fitting))


def _share(name: str, samples: int | None, rate: Fraction | None) -> str:
    """Return a layer with its share of the look-ahead."""
    if samples is None:
        return f"'{name}' without end"
    return f"'{name}' {in_time(samples, rate) if rate is not None else samples}"


def _trim_text(stage: Stage) -> str:
    """Return where the overlap of a transposed convolution is cut off, if it has one."""
    if stage.trim is None or not any(stage.trim):
        return ""
    before, after = stage.trim
    late = "" if before > 0 else ": causal"
    return f"'{stage.name}' {before} at the front, {after} at the end{late}"


def _mean(stream: Stream) -> str:
    mean = stream.cells
    return f"{mean.numerator:,}" if mean.denominator == 1 else f"{float(mean):,.1f} on average"


def _short(number: int | None, none: str) -> str:
    return none if number is None else str(number)


def _worst(
    stream: Stream, what: Literal["rf", "look_back", "look_ahead"], rate: Fraction | None
) -> str:
    """Return the largest number of all outputs in words, and whose it is."""
    stage = stream.worst(what)
    samples: int | None = getattr(stage, what)
    if samples is not None:
        return f"{in_time(samples, rate)}{_of(stream, stage)}"
    by = "" if stage.unbounded is None else f", through '{stage.unbounded.by}'"
    return f"without end{by}{_of(stream, stage)}"


def _of(stream: Stream, stage: Stage) -> str:
    return f" ('{stage.name}')" if len(stream.targets) > 1 else ""


def _seconds(samples: int | None, rate: Fraction) -> float | None:
    return None if samples is None else float(samples / rate)


def _data(stream: Stream, rate: Fraction | None) -> dict[str, Data]:
    """Return the data of a stream; seconds are null without a rate."""
    out, back = stream.output, stream.worst("look_back")
    ahead, wide = stream.worst("look_ahead"), stream.worst("rf")
    seconds = None
    if rate is not None:
        seconds = {
            "field": _seconds(wide.rf, rate),
            "look_back": _seconds(back.look_back, rate),
            "look_ahead": _seconds(ahead.look_ahead, rate),
            "latency": _seconds(out.latency, rate),
            "latency_with_frames": _seconds(stream.latency, rate),
        }
    causes = [stage.unbounded for stage in (ahead, back, wide, out) if stage.unbounded]
    return {
        "rfcalc": __version__,
        "frame": stream.frame,
        "alignment": stream.alignment,
        "cycle": stream.cycle,
        "field": wide.rf,
        "look_back": back.look_back,
        "look_ahead": ahead.look_ahead,
        "latency": out.latency,
        "latency_with_frames": stream.latency,
        "unbounded": unbounded_data(causes[:1]),
        "inputs": [
            {"name": one.name, "look_back": one.look_back, "look_ahead": one.look_ahead}
            for one in stream.inputs
        ],
        "by": {
            "field": wide.name,
            "look_back": back.name,
            "look_ahead": ahead.name,
            "latency": out.name,
        },
        "rate": None if rate is None else float(rate),
        "seconds": seconds,
        "looks_ahead": [{"layer": name, "cells": samples} for name, samples in stream.looks_ahead],
        "fitting": stream.fitting,
        "buffer": stream.buffer,
        "bytes": stream.bytes,
        "cells_per_step": float(stream.cells),
        "layers": [_stage(stage) for stage in stream.stages],
        "layout": stream.layouts or None,
        "exact": stream.exact,
        "assumed": stream.assumed,
    }


def _stage(stage: Stage) -> dict[str, Data]:
    return {
        "layer": stage.name,
        "op": stage.op,
        "jump": stage.jump,
        "rf": stage.rf,
        "look_back": stage.look_back,
        "look_ahead": stage.look_ahead,
        "latency": stage.latency,
        "buffer": [
            {"cells": cells, "bytes": held}
            for cells, held in zip(stage.buffer, stage.bytes, strict=True)
        ],
        "trim": stage.trim,
        "cells_per_step": stage.cells,
    }
