"""How is a network on a stream shown? What each layer looks at, keeps and computes."""

from fractions import Fraction
from typing import Any

from rfcalc import __version__
from rfcalc.errors import many
from rfcalc.render.document import Column, Document, Lines, Table, granted
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


def stream_document(name: str, stream: Stream, rate: Fraction | None) -> Document:
    """Return the document of a stream; ``rate`` is in samples per second."""
    out = stream.output
    rows = tuple(
        (
            stage.name,
            stage.op,
            str(stage.jump),
            str(stage.rf),
            str(stage.look_back),
            str(stage.look_ahead),
            str(stage.latency),
            " + ".join(map(str, stage.buffer)) or "-",
            ", ".join(map(str, stage.cells[:8])) + (" .." if len(stage.cells) > 8 else ""),
        )
        for stage in stream.stages
    )
    title = (
        f"{name}: {many(stream.frame, 'sample')} a step   numbers in samples, buffer in input cells"
    )
    lines = [
        ("", f"field: {_time(out.rf, rate)}"),
        ("", f"look-back: {_time(out.look_back, rate)}"),
        ("", f"look-ahead: {_time(out.look_ahead, rate)}"),
        ("", f"latency: {_time(out.latency, rate)}, with frames {_time(stream.latency, rate)}"),
        (
            "",
            f"kept between steps: {many(stream.buffer, 'cell')}; "
            f"computed per step: {_mean(stream)}",
        ),
    ]
    if out.look_ahead == 0:
        lines.append(("good", "causal: no output waits for a later sample than its own"))
    if stream.cycle > 1:
        lines.append(
            (
                "warning",
                f"steps repeat after {stream.cycle}: frames in multiples of {stream.alignment} "
                "samples make all steps alike",
            )
        )
    parts: list[Table | Lines] = [Table(title, _COLUMNS, rows), Lines("", tuple(lines))]
    parts += granted(stream.assumed)
    return Document(tuple(parts), _data(stream, rate))


def _mean(stream: Stream) -> str:
    mean = stream.cells
    return f"{mean.numerator:,}" if mean.denominator == 1 else f"{float(mean):,.1f} on average"


def _time(samples: int, rate: Fraction | None) -> str:
    """Return samples, and seconds where the rate is known."""
    if rate is None:
        return many(samples, "sample")
    return f"{many(samples, 'sample')} ({_seconds(samples, rate):.6g} s)"


def _seconds(samples: int, rate: Fraction) -> float:
    return float(samples / rate)


def _data(stream: Stream, rate: Fraction | None) -> dict[str, Any]:
    """Return the data of a stream; seconds are null without a rate."""
    out = stream.output
    seconds = None
    if rate is not None:
        seconds = {
            "field": _seconds(out.rf, rate),
            "look_back": _seconds(out.look_back, rate),
            "look_ahead": _seconds(out.look_ahead, rate),
            "latency": _seconds(out.latency, rate),
            "latency_with_frames": _seconds(stream.latency, rate),
        }
    return {
        "rfcalc": __version__,
        "frame": stream.frame,
        "alignment": stream.alignment,
        "cycle": stream.cycle,
        "field": out.rf,
        "look_back": out.look_back,
        "look_ahead": out.look_ahead,
        "latency": out.latency,
        "latency_with_frames": stream.latency,
        "rate": None if rate is None else float(rate),
        "seconds": seconds,
        "buffer": stream.buffer,
        "cells_per_step": float(stream.cells),
        "layers": [_stage(stage) for stage in stream.stages],
        "exact": stream.exact,
        "assumed": stream.assumed,
    }


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "op": stage.op,
        "jump": stage.jump,
        "rf": stage.rf,
        "look_back": stage.look_back,
        "look_ahead": stage.look_ahead,
        "latency": stage.latency,
        "buffer": stage.buffer,
        "cells_per_step": stage.cells,
    }
