"""What can be found in a network that is valid? RG1xx."""

from rfcalc.codes.code import Code

__all__ = ["FINDINGS"]

FINDINGS: dict[str, Code] = {
    "RG101": Code(
        "gridding in a dilated stage",
        "A dilated stage samples its own input map with holes. A step is larger than the field "
        "that the smaller steps build (theorem T1). Holes inside are an error; where a solid core "
        "of more than half the field leaves them to the rim (theorem T5) they are a warning.",
        "Lower the step that the message names, or add a layer with dilation 1; "
        "`rfcalc.fix` looks for the least change.",
    ),
    "RG102": Code(
        "sublattices",
        "The cells that a whole stage reads lie on a lattice, so it falls into networks that share "
        "no cell; neighbouring outputs disagree (theorem T4).",
        "Give one layer a dilation without the common factor, such as 1.",
    ),
    "RG103": Code(
        "neighbours share nothing",
        "Two neighbouring outputs of a stage read no common cell, although no factor forces it.",
        "Begin the stage with a dilation of 1.",
    ),
    "RG104": Code(
        "alternating energy",
        "A stage without holes reads some cells much more strongly than their neighbours: a "
        "quarter or more of its expected energy alternates with a period of 2 or 3 cells, which a "
        "random network shows in its effective field (theorem T10).",
        "Add a layer of dilation 1, or choose steps nearer to 1, K, K*K, ..; "
        "`rfcalc.design(prefer='even')`.",
    ),
    "RG105": Code(
        "the output has holes",
        "Input pixels inside the output's field are never read by it.",
        "Repair the stages that the report names: `rfcalc.fix` looks for the least change. Where "
        "it names none, most often a stride is wider than its kernel.",
    ),
    "RG106": Code(
        "unseen input",
        "Some input cells are read by no output at all (theorem T8).",
        "Let no kernel be narrower than its stride.",
    ),
    "RG107": Code(
        "field larger than the input",
        "The field of the output exceeds the input on an axis, so no output has all of it inside: "
        "what lies beyond is padding, or is cut or moved inside, as by attention that shifts its "
        "window at the border.",
        "Common in classifiers, and mostly harmless: the effective field is smaller. Where it "
        "matters use a larger input, or fewer and smaller steps.",
    ),
    "RG108": Code(
        "misaligned branches",
        "Branches meet whose fields have different centres, so features are added that look at "
        "different places (Araujo et al. 2019). A warning from one cell of the merged map on. "
        "Causal branches, which end at the output's own cell, are not reported.",
        "Pad the branches alike.",
    ),
    "RG109": Code(
        "checkerboard",
        "A transposed convolution whose kernel is no multiple of its stride gives its output "
        "phases unequal numbers of taps (Odena et al. 2016).",
        "Choose such a kernel, or resize and convolve.",
    ),
    "RG110": Code(
        "dead phases",
        "Some outputs of a transposed convolution read nothing: its kernel is narrower than its "
        "stride, or its dilation and stride share a factor.",
        "Choose a kernel as wide as the stride, and a dilation without that factor.",
    ),
    "RG111": Code(
        "uneven use of the input",
        "A strided kernel that is no multiple of the stride, or whose dilation shares a factor "
        "with it, reads some cells more often than others. Reported with `measures=True` alone.",
        "Usually harmless; a kernel of 2 or 4 with stride 2 avoids it.",
    ),
    "RG112": Code(
        "unbounded field",
        "A layer reads its whole input, so everything after it sees the whole network input.",
        "`ignore_global=True` shows the field of the rest.",
    ),
    "RG113": Code(
        "padding dominates",
        "Most outputs of a dilated layer have taps in the padding: it acts like a smaller kernel "
        "(Chen et al. 2017 on rates near the map's size).",
        "Lower the rate, or run the layer on a larger map.",
    ),
    "RG114": Code(
        "the field is no box",
        "Branches of unlike shape, as 1x7 beside 7x1, leave the corners of the field unread. No "
        "line through the field has a gap, so this is no gridding.",
        "Nothing needs to be done; the density tells how much of the box is read.",
    ),
    "RG115": Code(
        "lattice run",
        "Within a dilated stage a row of layers keeps to a lattice: neighbouring cells of its end "
        "are computed from disjoint cells of its beginning. DeepLab's rates 2 2 2 4 4 behind "
        "undilated blocks are such a row, and so is 3 9 within the perfect schedule 1 3 9. The "
        "stage as a whole may have no holes: RG101 says so where it has.",
        "Nothing has to be done. Layers of dilation 1 behind the row mix its sublattices once "
        "more, as in dilated residual networks (Yu et al. 2017).",
    ),
}
"""The codes of the hundred, in order."""
