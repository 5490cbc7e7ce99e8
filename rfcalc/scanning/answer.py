"""What does one item's line say, worked out in this process?"""

import os
import time

import msgspec

from rfcalc.errors import LimitExceeded, NeedsSize, RfcalcError, unanswered
from rfcalc.interior import told
from rfcalc.loading import load
from rfcalc.network import without_global
from rfcalc.report import Report, analyze
from rfcalc.scanning.line import Item, Line, Status, readable
from rfcalc.scanning.said import costs, findings, local, outputs, plain, stages

__all__ = ["answer"]

LONGEST = 1000


def answer(item: Item, ignore_global: bool = False) -> Line:
    """Return the line of an item; whatever its own code raises ends here."""
    begun = time.perf_counter()
    try:
        if os.path.isdir(item.folder):
            os.chdir(item.folder)
        network = load(item.net, input=item.input, kwargs=item.kwargs, submodule=item.submodule)
        report = analyze(without_global(network) if ignore_global else network)
        line = _told(item, report, *costs(network))
    except RfcalcError as fault:
        first = fault.diagnostics[0]
        place = f"line {first.at.line}: " if first.at is not None else ""
        line = _lost(item, "refused", f"{place}{first.message}", first.code)
    except (LimitExceeded, NeedsSize) as fault:
        line = _lost(item, "refused", str(fault), unanswered(fault).code)
    except MemoryError:
        line = _lost(item, "memory", "there was not enough memory")
    except BaseException as fault:
        # A model's code may end the interpreter or raise anything at all.
        line = _lost(item, "crashed", f"{type(fault).__name__}: {fault}")
    return _timed(line, time.perf_counter() - begun)


def _told(item: Item, report: Report, parameters: int | None, macs: int | None) -> Line:
    row = report.output
    status: Status = "exact"
    message = None
    if report.assumed:
        status, message = "assumed", "; ".join(report.assumed)
    elif not row.bounded:
        status, message = "unbounded", told(row.unbounded)
    return Line(
        path=item.path,
        status=status,
        message=None if message is None else _short(message),
        rf=row.rf,
        jump=tuple(plain(jump) for jump in row.jump),
        nodes=len(report.network.nodes),
        parameters=parameters,
        macs=macs,
        gridded=report.gridded,
        layout=report.network.layouts or None,
        input=report.network.input,
        local=local(report),
        outputs=outputs(report),
        stages=stages(report),
        findings=findings(report),
        counts={
            "outputs": len(report.answers),
            "stages": len(report.stages),
            "runs": sum(len(stage.runs) for stage in report.stages),
            "findings": len(report.findings),
        },
    )


def _lost(item: Item, status: Status, message: str, code: str | None = None) -> Line:
    return Line(path=item.path, status=status, code=code, message=_short(message))


def _timed(line: Line, seconds: float) -> Line:
    return msgspec.structs.replace(line, seconds=round(seconds, 4))


def _short(text: str) -> str:
    """Return a message in one line that every reader of JSON takes."""
    line = readable(" ".join(text.split()))
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} .."
