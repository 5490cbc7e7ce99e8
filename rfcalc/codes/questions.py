"""What can be wrong with a question and its options? RF4xx."""

from rfcalc.codes.code import Code

__all__ = ["QUESTIONS"]

QUESTIONS: dict[str, Code] = {
    "RF401": Code("unknown layer", "No layer has that name.", "`rfcalc.analyze` lists the names."),
    "RF402": Code(
        "position outside the output",
        "`at=` or `phase=` lies beyond the layer's output or its phases.",
        "Stay within the range in the help line.",
    ),
    "RF403": Code(
        "the question needs the input size",
        "Borders exist only at a known size.",
        "Add `input: [H, W]` to the file, or give `input=(H, W)`.",
    ),
    "RF404": Code(
        "the layer sees the whole input",
        "Global pooling, attention, dense layers and gates depend on every cell, so an interior "
        "mask has no end.",
        "Ask at one position with `at=` and `input=`, for an earlier `layer=`, or with "
        "`ignore_global=True`.",
    ),
    "RF405": Code(
        "no path from the source",
        "The layer does not depend on the source.",
        "Choose a `source=` above the layer.",
    ),
    "RF406": Code(
        "options that do not fit",
        "An option has a wrong value or number of values, or contradicts another.",
        "Follow the help line; the help of the command shows the forms.",
    ),
    "RF407": Code(
        "the output cannot be written",
        "The folder does not exist or may not be written to. Nothing was written.",
        "Create the folder, or choose another path.",
    ),
    "RF408": Code(
        "unknown kind of output file",
        "The suffix of the output file names no format that the command writes, or another than "
        "`format=`.",
        "Use one of the suffixes in the help line, or omit `format=`.",
    ),
    "RF409": Code(
        "too large to write out",
        "The array or picture would have more cells than the limit.",
        "Ask for an earlier `layer=` or a later `source=`.",
    ),
    "RF410": Code(
        "a schedule cannot be parsed",
        "A schedule is a list of positive integers, one dilation per layer.",
        "Write 1,2,5; kernels and strides are one value, or one per layer.",
    ),
    "RF411": Code(
        "nothing that can be repaired",
        "The network has no dilated layer, so that no stage has holes.",
        "Ask for one pair of maps with `source=` and `layer=`, or for a field with `rf=`.",
    ),
    "RF412": Code(
        "time is up",
        "The command ran for longer than `timeout=` allows. It was ended as by Ctrl-C: "
        "what it would have written is as it was before.",
        "Allow more seconds, or ask about a smaller network, one layer or fewer positions.",
    ),
    "RF413": Code(
        "nothing to scan",
        "The folder or the list of `rfcalc.scan` names no network and no model.",
        "Name the folder that holds them, or write a list of package.module:factory lines.",
    ),
    "RF414": Code(
        "the cluster is out of reach",
        "The scheduler of `rfcalc.scan(dask=...)` or of `rfcalc.tiling.run` does not answer, has "
        "no workers, or its workers have no rfcalc.",
        "Check the address, and that rfcalc is installed where the workers run. Lines that are "
        "written stay: the same command goes on from there.",
    ),
    "RF415": Code(
        "unknown stage",
        "No dilated stage has that number. Stages are numbered from 1 in the order in which "
        "`rfcalc.analyze` lists them.",
        "`rfcalc.analyze` lists the stages of a network.",
    ),
    "RF420": Code(
        "nothing to draw",
        "The output reads no cell of the source, so a picture would be empty.",
        "Choose another `phase=` or `layer=`.",
    ),
    "RF421": Code(
        "unknown colour map",
        "matplotlib has no colour map of that name.",
        "Use a perceptually uniform one: viridis, cividis, plasma, inferno, magma.",
    ),
    "RF422": Code(
        "a figure out of range",
        "`dpi=` or `size=` asks for a figure too small to read or too large to hold.",
        "Stay within the range in the help line.",
    ),
    "RF423": Code(
        "the image cannot be read",
        "The file under `overlay=` or `image=` is missing, broken or no picture.",
        "Give a PNG or JPEG that other programs open.",
    ),
    "RF424": Code(
        "the image does not fit the input or the field",
        "Under `image=` a picture is of another size than the input; under `overlay=` the "
        "receptive field is larger than the picture.",
        "Omit `input=`, use a larger picture, or ask for an earlier `layer=`.",
    ),
    "RF425": Code(
        "Graphviz is missing or failed",
        "A graph is drawn as SVG, PNG or PDF by Graphviz's program `dot`.",
        "Install graphviz, or write the graph as text: .dot or .mmd.",
    ),
    "RF430": Code(
        "the configuration cannot be read",
        "`[tool.rfcalc]` in pyproject.toml is not valid TOML, has an unknown key or a value of "
        "the wrong kind.",
        "Use the options of `rfcalc.check` without their dashes: min-rf = 224.",
    ),
    "RF440": Code(
        "too large to be run",
        "A layer has more cells than the NumPy backend runs to verify a mask.",
        "Verify at a smaller `input=`: the layers are the same.",
    ),
    "RF441": Code(
        "nothing to compare in the module",
        "The layer is a step that rfcalc put in between, or no output of the module depends on an "
        "input through derivatives, so that no gradient can be held against its mask.",
        "Name a module around it with `layer=`; the NumPy backend compares every layer.",
    ),
    "RF450": Code(
        "no cell reads its whole field",
        "The input is smaller than the field, or borders on the way cut what every cell of the "
        "layer reads.",
        "Give a larger `input=`, or measure one cell as the border cuts it: `at=(I, J)`.",
    ),
    "RF451": Code(
        "a gradient that is no number",
        "The gradient of the output by the input holds NaN or infinity at a sample.",
        "Look at the sample and at the weights; a square root or a logarithm of 0 gives infinity.",
    ),
    "RF452": Code(
        "no gradient",
        "The output does not depend on the input at any sample: weights are 0, an activation is "
        "saturated or the model's code detaches what it reads.",
        "Check the weights, and give inputs as the model was trained on: `images=`, `mean=`, "
        "`std=`.",
    ),
    "RF453": Code(
        "a gradient outside the exact mask",
        "The model depends on a cell that lies outside the mask that rfcalc computed.",
        "This is an error of rfcalc, or of something that was assumed: report it with the model.",
    ),
    "RF454": Code(
        "weights of another model",
        "The file of weights cannot be read as tensors by name, or their names and shapes are not "
        "those of the model.",
        "Make the model with the arguments that it was trained with (`kwargs=`), and save its "
        "weights alone: torch.save(model.state_dict(), FILE), or safetensors.",
    ),
    "RF455": Code(
        "an image that cannot be used",
        "The folder has no images, or one cannot be read, is smaller than the input or has other "
        "channels.",
        "Enlarge images with `resize=`, or give arrays of the input's shape as .npy files.",
    ),
    "RF456": Code(
        "the state of another measurement",
        "The file of `resume=` was written for other weights, inputs, layers or cells.",
        "Run the command as before, or name another file.",
    ),
    "RF460": Code(
        "a tile smaller than its halo",
        "Tiles smaller than what they read beyond themselves throw away more than they keep.",
        "Choose a tile of at least the size in the help line.",
    ),
    "RF461": Code(
        "no tile fits",
        "No tile has windows within `max_pixels=`, or none keeps the network's grids in step.",
        "Allow larger windows, or take the windows of the plan.",
    ),
    "RF462": Code(
        "a size that the network cannot take",
        "A layer is too large for its input, branches would meet with different sizes, or a "
        "program was exported for other sizes.",
        "Pad or crop to one of the sizes in the help line; `rfcalc.sizes` says the rule.",
    ),
    "RF463": Code(
        "a layer that cannot be tiled",
        "A layer goes by the size of its input (pooling or resampling to a size, aligned corners, "
        "an index from the end), so a tile would not give what the whole gives.",
        "Ask for an earlier `layer=`, or build the layer with a fixed ratio.",
    ),
    "RF464": Code(
        "no stream along this axis",
        "A stream runs along one axis, of a network that repeats itself after few samples.",
        "Name the axis of time with `axis=`, or ask for an earlier `layer=`.",
    ),
    "RF465": Code(
        "no network file",
        "A network holds something that no network file says, such as more layers than one may "
        "have.",
        "Analyse the model itself, or a part of it with `submodule=`.",
    ),
    "RF466": Code(
        "an array that does not fit the plan",
        "An array that is tiled, the array that its result is written to, or what the function "
        "returns on a window has another size than the plan says.",
        "Make the plan from the network that is run, at the size of the array.",
    ),
    "RF470": Code(
        "labels that cannot be read",
        "What is named as labels is no COCO file, no YOLO labels and no table, holds no object or "
        "is too large; or a box has sides that cannot be.",
        "Name a COCO file (.json), YOLO labels (.txt or their folder) or a table (.csv, .tsv), or "
        "write the sides as numbers.",
    ),
    "RF471": Code(
        "the size of an image is needed",
        "Sides that are shares of the image, and a resize that goes by the image, need its size.",
        "Give the size of all images, `image=(H, W)`, or a table or COCO file that tells it.",
    ),
}
"""The codes of the hundred, in order."""
