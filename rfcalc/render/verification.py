"""How is a verification shown? One row per layer, and every refutation with its place."""

from rfcalc import __version__
from rfcalc.documents import Data
from rfcalc.errors import many
from rfcalc.render.document import Column, Document, Layers, Lines, Table
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


_GRADIENTS = (
    Column("layer", "left", 100),
    Column("outputs compared", "left", 70),
    Column("cells", keep=60),
    Column("mask equals gradient", "left", 96),
    Column("holds as it stands", "left", 95),
)
_SUMMED = {
    "numpy": "every path count and every impulse",
    "torch": "gradients on the mask where exchanged, inside it as the model stands",
}


def verification_document(found: Verification) -> Document:
    """Return the document of a verification."""
    layers: dict[str, list[Check]] = {}
    for check in found.checks:
        layers.setdefault(check.layer, []).append(check)
    size = "x".join(map(str, found.input))
    own = found.backend == "torch"
    against = "its own gradient in PyTorch" if own else "the NumPy backend"
    title = f"{found.network} against {against}   input {size}, source '{found.source}'"
    make = _gradient_row if own else _row
    rows = tuple(make(name, checks) for name, checks in layers.items())
    told = Layers(tuple(layers), lambda joined: rows[joined[-1]])
    parts: list[Table | Lines] = [Table(title, _GRADIENTS if own else _COLUMNS, rows, told)]
    notes = [("dim", text) for text in found.notes]
    notes += [("warning", f"assumed: {text}") for text in found.assumed]
    notes += [("warning", f"'{name}' was skipped: {reason}") for name, reason in found.skipped]
    notes += [("bad", _refuted(refutation)) for refutation in found.refutations]
    outputs = f"{many(len(found.checks), 'output')} of {many(len(layers), 'layer')}"
    if found.ok:
        but = f" but for {len(found.skipped)} skipped" if found.skipped else ""
        style = "warning" if found.skipped else "good"
        notes.append((style, f"verified{but}: {outputs} agree, {_SUMMED[found.backend]}"))
    else:
        wrong = many(len(found.refutations), "disagreement")
        notes.append(("bad", f"refuted: {wrong} in {outputs}"))
    parts.append(Lines("", tuple(notes)))
    return Document(tuple(parts), _data(found))


def _row(name: str, checks: list[Check]) -> tuple[str, ...]:
    impulses = sum(check.inside + check.holes + check.outside for check in checks)
    return (
        name,
        *_outputs(checks),
        str(impulses),
        _word([check.paths for check in checks]),
        _word([check.mask for check in checks]),
        _word([check.impulses for check in checks]),
    )


def _gradient_row(name: str, checks: list[Check]) -> tuple[str, ...]:
    return (
        name,
        *_outputs(checks),
        _word([check.mask for check in checks]),
        _word([check.contained for check in checks]),
    )


def _outputs(checks: list[Check]) -> tuple[str, str]:
    """Return which outputs of a layer were compared, and the cells of their masks."""
    kinds: dict[str, int] = {}
    for check in checks:
        kinds[check.kind] = kinds.get(check.kind, 0) + 1
    cells = sorted({check.cells for check in checks if check.kind != "every"})
    words = [f"{number} {kind}" for kind, number in kinds.items() if kind != "every"]
    return (
        ", ".join([*words, *(["all in sums"] if "every" in kinds else [])]),
        str(cells[0]) if len(cells) == 1 else f"{cells[0]} to {cells[-1]}",
    )


def _word(agreed: list[bool | None]) -> str:
    if False in agreed:
        return "REFUTED"
    return "-" if set(agreed) == {None} else "in part" if None in agreed else "agree"


def _refuted(refutation: Refutation) -> str:
    where = ",".join(map(str, refutation.position))
    shown = "; ".join(
        f"at {','.join(map(str, d.cell))} rfcalc says {d.expected}, the run {d.found}"
        for d in refutation.differences[:3]
    )
    more = f": {shown}" if shown else ""
    behind = f" from '{refutation.source}'" if refutation.source else ""
    fact = f"{refutation.what} differs in {refutation.cells}{more}"
    return f"'{refutation.layer}' at {where}{behind}: {fact}"


def _data(found: Verification) -> dict[str, Data]:
    return {
        "rfcalc": __version__,
        "network": found.network,
        "source": found.source,
        "input": list(found.input),
        "layout": list(found.layouts) or None,
        "backend": found.backend,
        "ok": found.ok,
        "checks": [
            {
                "layer": check.layer,
                "source": check.source or found.source,
                "kind": check.kind,
                "position": list(check.position),
                "cells": check.cells,
                "paths": check.paths,
                "mask": check.mask,
                "impulses": check.impulses,
                "contained": check.contained,
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
                "source": one.source or found.source,
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
        "notes": list(found.notes),
        "assumed": list(found.assumed),
    }
