"""What can be wrong with the sizes and grids of a network? RF3xx."""

from rfcalc.codes.code import Code

__all__ = ["SIZES"]

SIZES: dict[str, Code] = {
    "RF301": Code(
        "a layer does not fit its input",
        "At the given input size a layer's kernel, crop or padding does not fit.",
        "Enlarge the input, or shrink the layer.",
    ),
    "RF302": Code(
        "branches meet with different sizes",
        "The inputs of a merge have different spatial sizes.",
        "Crop or pad one of them, or choose an input size at which they agree.",
    ),
    "RF303": Code(
        "branches meet with different jumps",
        "The inputs of a merge step over the source at different rates, so that no shift makes "
        "their cells coincide.",
        "Give the branches the same product of strides.",
    ),
    "RF304": Code(
        "the size is needed",
        "What a layer reads depends on the size of its input, which is not known.",
        "Add `input: [H, W]` to the file, or give `input=(H, W)`.",
    ),
    "RF305": Code(
        "a mask beyond the limits",
        "A mask with holes, its phases or its boxes would take more memory than allowed, or a size "
        "or jump is a number of more digits than one can mean.",
        "Ask with a later `source=` or for an earlier `layer=`.",
    ),
    "RF310": Code(
        "channels that do not fit",
        "A layer receives another number of channels than it names, or one that its groups do not "
        "divide, or the inputs of a sum have different numbers.",
        "Correct in_channels, out_channels or groups; masks do not depend on them.",
    ),
}
"""The codes of the hundred, in order."""
