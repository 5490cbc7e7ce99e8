"""What does each diagnostic and finding mean, and how is it cured?"""

from typing import NamedTuple

__all__ = ["CODES", "Code"]


class Code(NamedTuple):
    """The meaning of a code, and its cure."""

    title: str
    meaning: str
    cure: str


CODES: dict[str, Code] = {
    "RF101": Code(
        "the text does not parse",
        "The network file is not valid YAML or JSON, or it uses tags of its own.",
        "Check quotes, brackets and indents at the place shown; write plain values only.",
    ),
    "RF102": Code(
        "unknown parameter or key",
        "A layer, a block or the file has a key that is not part of the grammar.",
        "Correct the spelling; `rfcalc schema` lists what each op takes.",
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
        "an expression does not read",
        "A value is not an integer expression of the parameters in scope.",
        "Use integers, names from `vars` or `params`, and + - * // ( ) only.",
    ),
    "RF111": Code(
        "unknown variable",
        "`--set` names a variable that the file does not define.",
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
        "a chain does not read",
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
        "List them with `rfcalc zoo`.",
    ),
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
        "Add `input: [H, W]` to the file, or give --input H,W.",
    ),
    "RF305": Code(
        "a mask beyond the limits",
        "A mask with holes, its phases or its boxes would take more memory than allowed.",
        "Ask with a later --source or for an earlier --layer.",
    ),
    "RF310": Code(
        "channels that do not fit",
        "When a network is run, a layer receives another number of channels than it names, or "
        "one that its groups do not divide.",
        "Correct in_channels, out_channels or groups; masks do not depend on them.",
    ),
    "RF401": Code("unknown layer", "No layer has that name.", "`rfcalc analyze` lists the names."),
    "RF402": Code(
        "position outside the output",
        "--at or --phase lies beyond the layer's output or its phases.",
        "Stay within the range in the help line.",
    ),
    "RF403": Code(
        "the question needs the input size",
        "Borders exist only at a known size.",
        "Add `input: [H, W]` to the file, or give --input H,W.",
    ),
    "RF404": Code(
        "the layer sees the whole input",
        "Global pooling, attention, dense layers and gates depend on every cell, so an interior "
        "mask has no end.",
        "Ask at one position with --at and --input, for an earlier --layer, or with "
        "--ignore-global.",
    ),
    "RF405": Code(
        "no path from the source",
        "The layer does not depend on the source.",
        "Choose a --source above the layer.",
    ),
    "RF406": Code(
        "options that do not fit",
        "An option has a wrong value or number of values, or contradicts another.",
        "Follow the help line; `rfcalc COMMAND --help` shows the forms.",
    ),
    "RF407": Code(
        "the output cannot be written",
        "The folder does not exist or may not be written to. Nothing was written.",
        "Create the folder, or choose another path.",
    ),
    "RF408": Code(
        "unknown kind of output file",
        "The suffix of the output file names no format.",
        "Use one of the suffixes in the help line.",
    ),
    "RF409": Code(
        "too large to write out",
        "The array or picture would have more cells than the limit.",
        "Ask for an earlier --layer or a later --source.",
    ),
    "RF410": Code(
        "a schedule does not read",
        "A schedule is a list of positive integers, one dilation per layer.",
        "Write 1,2,5; kernels and strides are one value, or one per layer.",
    ),
    "RF411": Code(
        "nothing that can be repaired",
        "The network has no dilated layer, or its dilations are not integers written in the file.",
        "Write the dilations as integers, as `vars` or as parameters of blocks.",
    ),
    "RF412": Code(
        "time is up",
        "The command ran for longer than `rfcalc --timeout` allows. It was ended as by Ctrl-C: "
        "what it would have written is as it was before.",
        "Allow more seconds, or ask about a smaller network, one layer or fewer positions.",
    ),
    "RF413": Code(
        "nothing to scan",
        "The folder or the list of `rfcalc scan` names no network and no model.",
        "Name the folder that holds them, or write a list of package.module:factory lines.",
    ),
    "RF414": Code(
        "the cluster is out of reach",
        "The scheduler of `rfcalc scan --dask` does not answer, has no workers, or its workers "
        "have no rfcalc.",
        "Check the address, and that rfcalc is installed where the workers run. Lines that are "
        "written stay: the same command goes on from there.",
    ),
    "RF420": Code(
        "nothing to draw",
        "The output reads no cell of the source, so a picture would be empty.",
        "Choose another --phase or --layer.",
    ),
    "RF421": Code(
        "unknown colour map",
        "matplotlib has no colour map of that name.",
        "Use a perceptually uniform one: viridis, cividis, plasma, inferno, magma.",
    ),
    "RF422": Code(
        "a figure out of range",
        "--dpi or --size asks for a figure too small to read or too large to hold.",
        "Stay within the range in the help line.",
    ),
    "RF423": Code(
        "the image cannot be read",
        "The file under --overlay or --image is missing, broken or no picture.",
        "Give a PNG or JPEG that other programs open.",
    ),
    "RF424": Code(
        "the image is smaller than the field",
        "The receptive field does not fit on the picture it is to be drawn on.",
        "Use a larger picture, or ask for an earlier --layer.",
    ),
    "RF425": Code(
        "Graphviz is missing or failed",
        "A graph is drawn as SVG, PNG or PDF by Graphviz's program `dot`.",
        "Install graphviz, or write the graph as text: .dot or .mmd.",
    ),
    "RF430": Code(
        "the configuration does not read",
        "`[tool.rfcalc]` in pyproject.toml is not valid TOML, has an unknown key or a value of "
        "the wrong kind.",
        "Use the options of `rfcalc check` without their dashes: min-rf = 224.",
    ),
    "RF440": Code(
        "too large to be run",
        "A layer has more cells than the NumPy backend runs to verify a mask.",
        "Verify at a smaller --input: the layers are the same.",
    ),
    "RF441": Code(
        "nothing to compare in the module",
        "The layer is a step that rfcalc put in between, or no output of the module depends on an "
        "input through derivatives, so that no gradient can be held against its mask.",
        "Name a module around it with --layer; the NumPy backend compares every layer.",
    ),
    "RF460": Code(
        "a tile smaller than its halo",
        "Tiles smaller than what they read beyond themselves throw away more than they keep.",
        "Choose a tile of at least the size in the help line.",
    ),
    "RF461": Code(
        "no tile fits",
        "No tile has windows within --max-pixels, or none keeps the network's grids in step.",
        "Allow larger windows, or take the windows of the plan.",
    ),
    "RF462": Code(
        "a size that the network cannot take",
        "A layer is too large for its input, or branches would meet with different sizes.",
        "Pad or crop to one of the sizes in the help line; `rfcalc sizes` says the rule.",
    ),
    "RF463": Code(
        "a layer that cannot be tiled",
        "A layer goes by the size of its input (pooling or resampling to a size, aligned corners, "
        "an index from the end), so a tile would not give what the whole gives.",
        "Ask for an earlier --layer, or build the layer with a fixed ratio.",
    ),
    "RF464": Code(
        "no stream along this axis",
        "A stream runs along one axis, in frames that meet the strides in few ways.",
        "Name the axis of time with --axis, and choose a frame of a multiple of the alignment.",
    ),
    "RF465": Code(
        "no network file",
        "A network holds something that no network file says, such as more layers than one may "
        "have.",
        "Analyse the model itself, or a part of it with --submodule.",
    ),
    "RF501": Code(
        "operator not handled",
        "The model uses an operator that rfcalc does not know, or whose result depends on the "
        "values themselves. It is never taken for element-wise by itself.",
        "Ask for the part before it with --submodule, or say that it is element-wise with "
        "--assume-pointwise OP; the result is then marked as not exact. `rfcalc ops torch` lists "
        "what is handled.",
    ),
    "RF502": Code(
        "axes that cannot be followed",
        "A view cuts an axis askew, a window runs over a part of an axis, or cells are combined "
        "with others in a way that is no relation of one axis with itself.",
        "Ask for the part before the named node with --submodule.",
    ),
    "RF504": Code(
        "a model file that cannot be read",
        "The file is missing, cut short, or not of the format its name says.",
        "Save it again: `torch.export.save`, or Keras' `model.save('model.keras')`.",
    ),
    "RF505": Code(
        "a package is missing",
        "Reading this kind of model needs a package that is not installed.",
        "Install it with the line that is shown.",
    ),
    "RF506": Code(
        "the target names no module",
        "`package.module:factory` cannot be imported, or gives no `torch.nn.Module`.",
        "Name a class, a function that returns a module, or a module.",
    ),
    "RF507": Code(
        "the model itself raised",
        "Code of the model, not of rfcalc, ended in an exception, at the place shown.",
        "Check the shapes given with --input, and the keywords.",
    ),
    "RF508": Code(
        "torch.export refused the model",
        "PyTorch could not trace the model, most often because its control flow depends on values.",
        "Name a part of it: --submodule backbone.",
    ),
    "RF509": Code(
        "no output depends on an input",
        "Nothing that the model puts out was computed from what it is given.",
        "Check which inputs and outputs are asked for.",
    ),
    "RF510": Code(
        "no such submodule",
        "The model has no submodule of that path, or does not call it.",
        "Use a path of PyTorch's `model.named_modules()`, or the name of a Keras layer.",
    ),
    "RF511": Code(
        "an assumption about an operator that is not there",
        "--assume-pointwise names an operator that the model does not use.",
        "Correct the name; the error that asked for it names the operator.",
    ),
    "RF512": Code(
        "no example input, or an impossible one",
        "A PyTorch model is read at example inputs of given shapes; a Keras model has sizes that "
        "are left open, or others than those given.",
        "Give one shape per input, batch and channels included: --input 1,3,224,224.",
    ),
    "RG101": Code(
        "gridding in a dilated stage",
        "A dilated stage samples its own input map with holes. A step is larger than the field "
        "that the smaller steps build (theorem T1).",
        "Lower the step that the message names, or add a layer with dilation 1; "
        "`rfcalc fix` finds the least change.",
    ),
    "RG102": Code(
        "sublattices",
        "All distances in a stage share a factor, so it falls into networks that share no cell; "
        "neighbouring outputs disagree (theorem T4).",
        "Give one layer a dilation without the factor, best 1.",
    ),
    "RG103": Code(
        "neighbours share nothing",
        "Two neighbouring outputs of a stage read no common cell, although no factor forces it.",
        "Begin the stage with a dilation of 1.",
    ),
    "RG104": Code(
        "alternating path counts",
        "A stage without holes reads some cells over many more paths than their neighbours: a "
        "quarter of its path counts or more alternate with a period of 2 or 3 cells, which a "
        "random network shows in its effective field (theorem T10).",
        "Add a layer of dilation 1, or choose steps nearer to 1, K, K*K, ..; "
        "`rfcalc design --prefer even`.",
    ),
    "RG105": Code(
        "the output has holes",
        "Input pixels inside the output's field are never read by it.",
        "Repair the stages that the report names.",
    ),
    "RG106": Code(
        "unseen input",
        "Some input cells are read by no output at all (theorem T8).",
        "Let no kernel be narrower than its stride.",
    ),
    "RG107": Code(
        "field larger than the input",
        "The field of the output exceeds the input on an axis, so every output reads padding.",
        "Common in classifiers, and mostly harmless: the effective field is smaller. Where it "
        "matters use a larger input, or fewer and smaller steps.",
    ),
    "RG108": Code(
        "misaligned branches",
        "Branches meet whose fields have different centres, so features are added that look at "
        "different places (Araujo et al. 2019). A warning from one cell of the merged map on. "
        "Causal branches, which end at the output's own cell, are not told of.",
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
        "with it, reads some cells more often than others.",
        "Usually harmless; a kernel of 2 or 4 with stride 2 avoids it.",
    ),
    "RG112": Code(
        "unbounded field",
        "A layer reads its whole input, so everything after it sees the whole network input.",
        "`--ignore-global` shows the field of the rest.",
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
    "RG201": Code(
        "gate min-rf missed",
        "The layer's receptive field is smaller than `rfcalc check --min-rf` asks for, on the "
        "phase where it is smallest.",
        "Add layers, strides or dilations, or lower the gate; `rfcalc design` finds schedules.",
    ),
    "RG202": Code(
        "gate max-rf missed",
        "The layer's receptive field is larger than --max-rf allows, or the whole input.",
        "Use fewer or smaller steps. --ignore-global leaves layers that read everything aside.",
    ),
    "RG203": Code(
        "gate min-density missed",
        "The layer reads a smaller share of its receptive-field box than --min-density asks for.",
        "Lower the dilations; `rfcalc fix` finds the least change.",
    ),
    "RG204": Code(
        "gate no-holes missed",
        "A cell inside the layer's receptive-field box is not read by it.",
        "Repair the dilations with `rfcalc fix`. Where only corners are missing, ask for "
        "--min-density or --no-gridding in its place.",
    ),
    "RG205": Code(
        "gate no-gridding missed",
        "A dilated stage samples its own input map with holes, even where the input pixels are "
        "covered through the strides before it.",
        "Let one layer of the stage have dilation 1; `rfcalc fix` finds the least change.",
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
        "A dilated stage that is a chain breaks a published HDC rule, or has holes. Stages with "
        "parallel branches are not judged: the rules do not speak of them.",
        "`rfcalc hdc-check` shows each rule with its value; --no-gridding asks for the exact "
        "condition alone.",
    ),
    "RG209": Code(
        "gate max-jump missed",
        "Neighbouring outputs are farther apart in the source than --max-jump allows.",
        "Drop a stride, or dilate in its place.",
    ),
}
"""Every code, in order."""
