"""Which nodes of an ONNX program belong to a submodule, and which are needed before it?"""

from rfcalc.importers import parts
from rfcalc.importers.onnx.program import Program, Step
from rfcalc.importers.parts import needed

__all__ = ["part"]


def part(program: Program, submodule: str) -> tuple[list[Step], parts.Part[Step]]:
    """Return the nodes inside a submodule, by the module path that the exporter wrote.

    Before them stand the nodes outside on which they depend, in order.

    Raises
    ------
    RfcalcError
        RF510: no node lies inside a submodule of that path.
    """
    pathless = "the file names no modules: ask for a `layer=`"
    found = parts.part(program.steps, program.outputs, submodule, "model", pathless)
    return needed(found.outside, found.inputs), found
