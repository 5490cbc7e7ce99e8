"""What can be wrong with how layers are joined? RF2xx."""

from rfcalc.codes.code import Code

__all__ = ["GRAPHS"]

GRAPHS: dict[str, Code] = {
    "RF201": Code(
        "two layers have one name",
        "Names are unique; a block's name stands for its output.",
        "Rename one of them.",
    ),
    "RF202": Code(
        "an input does not exist",
        "`from` names a layer that is not in the file.",
        "Correct the spelling, or name the layer.",
    ),
    "RF203": Code(
        "an input stands later",
        "`from` names a layer further down; layers read what stands above them.",
        "Move the layer up.",
    ),
    "RF204": Code(
        "a cycle",
        "Through `from`, a layer would depend on itself.",
        "Break the circle; unroll recurrent networks.",
    ),
    "RF205": Code(
        "wrong number of inputs",
        "`add`, `mul` and `concat` read two layers or more, every other op reads one.",
        "Name the inputs: `from: [a, b]`.",
    ),
}
"""The codes of the hundred, in order."""
