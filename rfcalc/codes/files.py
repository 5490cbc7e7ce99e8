"""What can be wrong with the text of a network file? RF1xx."""

from rfcalc.codes.code import Code

__all__ = ["FILES"]

FILES: dict[str, Code] = {
    "RF101": Code(
        "the text does not parse",
        "The network file is not valid YAML or JSON, or it uses tags of its own.",
        "Check quotes, brackets and indents at the place shown; write plain values only.",
    ),
    "RF102": Code(
        "unknown parameter or key",
        "A layer, a block or the file has a key that is not part of the grammar.",
        "Correct the spelling; `rfcalc.schema` lists what each op takes.",
    ),
    "RF103": Code(
        "unknown op",
        "A layer names an op, a construct or a block that does not exist. An unknown op is never "
        "taken for an element-wise one.",
        "Correct the spelling, or define the block under `blocks:`.",
    ),
    "RF104": Code(
        "wrong kind of value",
        "A parameter has text, a fraction, a list or a mapping where it takes something else.",
        "Write what the help line says; integers may be expressions of the file's `vars`.",
    ),
    "RF105": Code(
        "value out of range",
        "A number is zero, negative or absurdly large for its parameter.",
        "Stay within the range that the help line gives.",
    ),
    "RF106": Code(
        "wrong number of axes",
        "A list has another length than the network has spatial axes.",
        "Give one value for all axes, or one per axis. For one axis a padding pair is "
        "`[[before, after]]`.",
    ),
    "RF107": Code("a key stands twice", "A mapping gives the same key twice.", "Keep one."),
    "RF108": Code(
        "something required is missing",
        "A layer, a construct, a block or the file lacks a key that it needs.",
        "Add the key that the message names.",
    ),
    "RF109": Code(
        "wrong shape of entry",
        "A list stands where a mapping should, or the other way round.",
        "Compare with the examples in `examples/`.",
    ),
    "RF110": Code(
        "an expression cannot be parsed",
        "A value is not an integer expression of the parameters in scope.",
        "Use integers, names from `vars` or `params`, and + - * // ( ) only.",
    ),
    "RF111": Code(
        "unknown variable",
        "`set=` names a variable that the file does not define.",
        "Define it under `vars:`, or correct the spelling.",
    ),
    "RF112": Code(
        "the network cannot be read",
        "The argument names no file that can be opened and read as text.",
        "Check the path and the permissions.",
    ),
    "RF113": Code(
        "a limit of the reader",
        "The file is too large, nests too deeply, or unfolds into too many layers.",
        "Shorten repetitions and aliases; docs list the limits.",
    ),
    "RF114": Code("nothing to read", "The file or its list of layers is empty.", "Add layers."),
    "RF115": Code(
        "a chain cannot be parsed",
        "A chain typed in place has a part that is not a layer.",
        "Write k<kernel> and then any of s, d, p, as in k3,k3d2,k3x5d1x2.",
    ),
    "RF116": Code(
        "blocks use each other in a circle",
        "A block leads back to itself.",
        "Unroll the recursion with `repeat`.",
    ),
    "RF117": Code(
        "unknown zoo network",
        "`zoo:NAME` names no network that ships with rfcalc.",
        "List them with `rfcalc.zoo`.",
    ),
}
"""The codes of the hundred, in order."""
