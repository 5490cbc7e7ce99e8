"""How is a scan summed up? How many of each status, and what the others were refused for."""

from collections import Counter
from collections.abc import Sequence

from rfcalc import __version__
from rfcalc.codes import CODES
from rfcalc.documents import Data
from rfcalc.errors import many
from rfcalc.render.document import Column, Document, Lines, Table
from rfcalc.scanning import STATUSES, Line

__all__ = ["scan_document"]

MOST = 20
"""Most causes that are shown."""
WIDE = 60
"""Most characters of an example's message; its path takes half as many."""
LOST = {
    "timeout": "no answer in time",
    "memory": "more memory than allowed",
    "crashed": "the process of the model died",
}


def scan_document(
    lines: Sequence[Line], others: int, before: int, seconds: float, output: str
) -> Document:
    """Return the summary.

    Parameters
    ----------
    others : files that are no networks.
    before : how many of the lines an earlier scan has written.
    seconds : what the rest took, by the clock.
    output : the file that holds the lines.
    """
    counts = Counter(line.status for line in lines)
    gridded = Counter(line.status for line in lines if line.gridded)
    total = len(lines)
    statuses = tuple(
        (status, f"{counts[status]:,}", f"{counts[status] / total:.1%}", f"{gridded[status]:,}")
        for status in STATUSES
        if counts[status]
    )
    columns = (
        Column("status", "left"),
        Column("networks", keep=99),
        Column("share", keep=98),
        Column("gridded", keep=97),
    )
    parts: list[Table | Lines] = [Table("", columns, statuses)]
    causes = _causes(lines)
    if causes:
        heads = (
            Column("no answer", "left"),
            Column("networks", keep=99),
            Column("because", "left", 98),
            Column("as in", "left", 97),
            Column("which says", "left", 96),
        )
        parts.append(Table("", heads, causes[:MOST]))
    said = [f"{many(total, 'line')} in {output}"]
    if before:
        said.append(f"{before:,} of them from before")
    if total > before:
        said.append(f"{total - before:,} in {seconds:.1f} s")
    if others:
        said.append(f"{many(others, 'file')} left out as no network")
    if len(causes) > MOST:
        said.append(f"{len(causes) - MOST:,} more causes")
    parts.append(Lines("", (("", "; ".join(said)),)))
    data: dict[str, Data] = {
        "rfcalc": __version__,
        "output": output,
        "lines": total,
        "before": before,
        "others": others,
        "seconds": round(seconds, 3),
        "statuses": {status: counts[status] for status in STATUSES},
        "codes": dict(Counter(line.code for line in lines if line.code).most_common()),
    }
    return Document(tuple(parts), data)


def _causes(lines: Sequence[Line]) -> tuple[tuple[str, ...], ...]:
    """Return the causes of no answer, the most frequent first, each with its first example."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        if line.status not in ("exact", "unbounded", "assumed"):
            found.setdefault(line.code or line.status, []).append(line)
    ranked = sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return tuple(
        (
            cause,
            f"{len(told):,}",
            CODES[cause].title if cause in CODES else LOST.get(cause, ""),
            _end(told[0].path.split(" --")[0]),
            _start(told[0].message or ""),
        )
        for cause, told in ranked
    )


def _start(text: str) -> str:
    return text if len(text) <= WIDE else f"{text[: WIDE - 3]} .."


def _end(text: str) -> str:
    return text if len(text) <= WIDE // 2 else f".. {text[3 - WIDE // 2 :]}"
