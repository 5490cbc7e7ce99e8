"""How is a verification shown? One row per layer, and every refutation with its place."""

from typing import Any

from rfcalc.render.document import Column, Document, Lines, Table
from rfcalc.verification.result import Check, Refutation, Verification

__all__ = ["verification_document"]

_COLUMNS = (
    Column("layer", "left", 100),
    Column("outputs compared", "left", 70),
    Column("cells", keep=60),
    Column("impulses", keep=80),
    Column("path counts", "left", 95),
    Column("mask", "left", 96),
    Column("response", "left", 94),
)


def verification_document(found: Verification) -> Document:
    """Return the document of a verification."""
    layers: dict[str, list[Check]] = {}
    for check in found.checks:
        layers.setdefault(check.layer, []).append(check)
    size = "x".join(map(str, found.input))
    title = f"{found.network} against the NumPy backend   input {size}, source '{found.source}'"
    rows = tuple(_row(name, checks) for name, checks in layers.items())
    parts: list[Table | Lines] = [Table(title, _COLUMNS, rows)]
    notes = [("warning", f"assumed: {text}") for text in found.assumed]
    notes += [("warning", f"'{name}' was skipped: {reason}") for name, reason in found.skipped]
    notes += [("bad", _refuted(refutation)) for refutation in found.refutations]
    outputs = f"{len(found.checks)} outputs of {len(layers)} layers"
    if found.ok:
        notes.append(("good", f"verified: {outputs} agree, every path count and every impulse"))
    else:
        notes.append(("bad", f"refuted: {len(found.refutations)} disagreements in {outputs}"))
    parts.append(Lines("", tuple(notes)))
    return Document(tuple(parts), _data(found))


def _row(name: str, checks: list[Check]) -> tuple[str, ...]:
    kinds: dict[str, int] = {}
    for check in checks:
        kinds[check.kind] = kinds.get(check.kind, 0) + 1
    cells = sorted({check.cells for check in checks})
    impulses = sum(check.inside + check.holes + check.outside for check in checks)
    return (
        name,
        ", ".join(f"{number} {kind}" for kind, number in kinds.items()),
        str(cells[0]) if len(cells) == 1 else f"{cells[0]} to {cells[-1]}",
        str(impulses),
        _word(all(check.paths for check in checks)),
        _word(all(check.mask for check in checks)),
        _word(all(check.impulses for check in checks)),
    )


def _word(ok: bool) -> str:
    return "agree" if ok else "REFUTED"


def _refuted(refutation: Refutation) -> str:
    where = ",".join(map(str, refutation.position))
    shown = "; ".join(
        f"at {','.join(map(str, d.cell))} rfcalc says {d.expected}, the run {d.found}"
        for d in refutation.differences[:3]
    )
    more = f": {shown}" if shown else ""
    return f"'{refutation.layer}' at {where}: {refutation.what} differs in {refutation.cells}{more}"


def _data(found: Verification) -> dict[str, Any]:
    return {
        "network": found.network,
        "source": found.source,
        "input": list(found.input),
        "ok": found.ok,
        "checks": [
            {
                "layer": check.layer,
                "kind": check.kind,
                "position": list(check.position),
                "cells": check.cells,
                "paths": check.paths,
                "mask": check.mask,
                "impulses": check.impulses,
                "inside": check.inside,
                "holes": check.holes,
                "outside": check.outside,
                "flooded": check.flooded,
            }
            for check in found.checks
        ],
        "refutations": [
            {
                "layer": one.layer,
                "position": list(one.position),
                "what": one.what,
                "cells": one.cells,
                "differences": [
                    {"cell": list(d.cell), "expected": d.expected, "found": d.found}
                    for d in one.differences
                ],
            }
            for one in found.refutations
        ],
        "skipped": [{"layer": name, "reason": reason} for name, reason in found.skipped],
        "exact": found.exact,
        "assumed": list(found.assumed),
    }
