"""Which gate of ``rfcalc.check`` can a network miss? RG2xx."""

from rfcalc.codes.code import Code

__all__ = ["GATES"]

GATES: dict[str, Code] = {
    "RG201": Code(
        "gate min-rf missed",
        "The layer's receptive field is smaller than `rfcalc.check(min_rf=...)` asks for, on the "
        "phase where it is smallest.",
        "Add layers, strides or dilations, or lower the gate; `rfcalc.design` finds schedules.",
    ),
    "RG202": Code(
        "gate max-rf missed",
        "The layer's receptive field is larger than `max_rf=` allows, or the whole input.",
        "Use fewer or smaller steps. `ignore_global=True` ignores layers that read everything.",
    ),
    "RG203": Code(
        "gate min-density missed",
        "The layer reads a smaller share of its receptive-field box than `min_density=` asks for.",
        "Lower the dilations; `rfcalc.fix` looks for the least change.",
    ),
    "RG204": Code(
        "gate no-holes missed",
        "A cell inside the layer's receptive-field box is not read by it.",
        "Repair the dilations with `rfcalc.fix`. Where only corners are missing, ask for "
        "`min_density=` or `no_gridding=True` in its place.",
    ),
    "RG205": Code(
        "gate no-gridding missed",
        "A dilated stage samples its own input map with holes, inside or at its rim only, even "
        "where the input pixels are covered through the strides before it. Lattice runs fail "
        "nothing.",
        "Let one layer of the stage have dilation 1; `rfcalc.fix` looks for the least change.",
    ),
    "RG206": Code(
        "gate no-checkerboard missed",
        "A transposed convolution gives its output phases unequal numbers of taps, or none.",
        "Choose a kernel that is a multiple of the stride, or upsample and convolve.",
    ),
    "RG207": Code(
        "gate no-unseen missed",
        "Some cells of the source are read by no output at all.",
        "Let no kernel be narrower than its stride.",
    ),
    "RG208": Code(
        "gate hdc missed",
        "A dilated stage that is a chain breaks a published HDC rule, the common factor read as "
        "the gcd of a group, or has holes. Of stages with parallel branches the rules do not "
        "speak: one of them has holes.",
        "`rfcalc.hdc_check` shows each rule with its value; `no_gridding=True` asks for the exact "
        "condition alone.",
    ),
    "RG209": Code(
        "gate max-jump missed",
        "Neighbouring outputs are farther apart in the source than `max_jump=` allows.",
        "Drop a stride, or dilate in its place.",
    ),
    "RG210": Code(
        "gate causal missed",
        "An output reads samples that come after those that it stands for, on the axis of time "
        "that `axis=` names, else on any axis.",
        "Pad at the front alone, cut transposed convolutions off at the end alone; "
        "`rfcalc.stream` names every layer that looks ahead.",
    ),
    "RG211": Code(
        "gate max-latency missed",
        "More samples than `max_latency=` have to arrive after one until the output that stands "
        "for it can be computed, or the output waits for the end of the stream.",
        "Let layers look ahead less, or use smaller strides; `rfcalc.stream` tells their shares.",
    ),
    "RG212": Code(
        "gate max-look-ahead missed",
        "An output reads further ahead than `max_look_ahead=` allows.",
        "Pad more at the front and less at the end; `rfcalc.stream` tells the shares of layers.",
    ),
    "RG213": Code(
        "gate max-look-back missed",
        "An output reads further back than `max_look_back=` allows, or without end, as through a "
        "recurrence.",
        "Use fewer layers, smaller kernels or smaller dilations.",
    ),
}
"""The codes of the hundred, in order."""
