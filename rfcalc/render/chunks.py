"""How is the comparison of a stream in chunks with the whole shown?"""

from rfcalc.documents import Data
from rfcalc.errors import many
from rfcalc.render.document import Lines
from rfcalc.tiling.chunks import Chunked

__all__ = ["proof_data", "proof_lines"]

_SHOWN = 8
"""Most steps that are listed."""


def proof_lines(proof: Chunked) -> Lines:
    """Return in words what was run, and where chunks and the whole differ."""
    ran = (
        f"run by {proof.backend}: {proof.steps:,} of {many(proof.of, 'step')} of "
        f"{many(proof.frame, 'sample')}, {many(proof.cells, 'output')}; largest difference "
        f"{proof.most:.3g} of the largest value"
    )
    lines = [("", ran)]
    if proof.within:
        names = ", ".join(f"'{name}'" for name in proof.within)
        lines.append(("warning", f"compared were values inside the model: {names}"))
    if proof.late:
        lines.append(("", f"{many(proof.late, 'output')} waited for padding at the front"))
    if proof.ok:
        lines.append(("good", "chunk by chunk the outputs are those of the whole"))
    for one in proof.differences[:_SHOWN]:
        where = f"'{one.layer}' after {many(one.samples, 'sample')}"
        lines.append(
            ("bad", f"{where}: {many(one.cells, 'output')} differ, by up to {one.most:.3g}")
        )
    if len(proof.differences) > _SHOWN:
        lines.append(("bad", f"and {many(len(proof.differences) - _SHOWN, 'more step')}"))
    return Lines("chunks against the whole", tuple(lines))


def proof_data(proof: Chunked | None) -> dict[str, Data] | None:
    """Return the comparison as data, ``None`` where there was none."""
    if proof is None:
        return None
    return {
        "ok": proof.ok,
        "backend": proof.backend,
        "frame": proof.frame,
        "steps": proof.steps,
        "of": proof.of,
        "outputs": proof.cells,
        "late": proof.late,
        "largest_difference": proof.most,
        "tolerance": proof.tolerance,
        "within": list(proof.within),
        "differences": [
            {"layer": d.layer, "samples": d.samples, "outputs": d.cells, "most": d.most}
            for d in proof.differences
        ],
    }
