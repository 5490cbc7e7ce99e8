"""Which limits are there? One row each, its value taken from the code; the docs show this table."""

from importlib import import_module
from inspect import signature
from typing import Any, NamedTuple

__all__ = ["EFFORTS", "INTERNAL", "ROWS", "Row", "markdown"]


class Row(NamedTuple):
    """One limit: of what, its place in the code, its unit, the code of its refusal, its flag."""

    what: str
    place: str
    unit: str
    code: str
    factor: int = 1
    flag: str = ""

    @property
    def value(self) -> Any:
        """The limit as the code has it; ``None`` where there is none that the user has not set."""
        if not self.place:
            return None
        module, _, name = self.place.partition(":")
        if module.startswith("rfcalc.cli."):
            return signature(import_module(module).command).parameters[name].default
        if module == "parameter":
            from rfcalc.layers import LAYERS
            from rfcalc.spec.parameters import parameters

            op, _, parameter = name.partition(".")
            return parameters(LAYERS[op])[parameter].high
        return getattr(import_module(module), name) * self.factor


ROWS = (
    Row("network file", "rfcalc.spec.text:SIZE_LIMIT", "characters", "RF113"),
    Row("network file on disk", "rfcalc.spec.text:SIZE_LIMIT", "bytes", "RF113", 4),
    Row("values of a network file; aliases, repetitions and blocks count each time",
        "rfcalc.spec.text:VISIT_LIMIT", "values", "RF113"),
    Row("layers of a network file or a chain, unfolded", "rfcalc.spec.drafting:NODE_LIMIT",
        "layers, the input among them", "RF113"),
    Row("`times` of one `repeat`", "rfcalc.spec.drafting:NODE_LIMIT", "turns", "RF105"),
    Row("nesting of a network file", "rfcalc.spec.text:DEPTH_LIMIT", "levels", "RF113"),
    Row("nesting of blocks in blocks", "rfcalc.spec.constructs:CALL_LIMIT", "uses", "RF116"),
    Row("name of a layer, with those of its blocks", "rfcalc.spec.drafting:NAME_LIMIT",
        "characters", "RF113"),
    Row("variables and parameters that one layer may use", "rfcalc.spec.drafting:VALUE_LIMIT",
        "names", "RF113"),
    Row("an expression", "rfcalc.spec.expressions:LENGTH_LIMIT", "characters", "RF110"),
    Row("value of an expression", "rfcalc.spec.expressions:VALUE_LIMIT", "either way", "RF110"),
    Row("lines that begin with `%`", "rfcalc.spec.text:DIRECTIVE_LIMIT", "lines", "RF113"),
    Row("faults reported of one network", "rfcalc.errors:FAULT_LIMIT", "faults", "RF113"),
    Row("kernel", "parameter:conv.kernel", "elements per axis", "RF105"),
    Row("stride", "parameter:conv.stride", "cells", "RF105"),
    Row("dilation", "parameter:conv.dilation", "cells", "RF105"),
    Row("padding", "parameter:conv.padding", "cells on a side", "RF105"),
    Row("input", "rfcalc.arguments:INPUT_LIMIT", "cells per axis", "RF105"),
    Row("a size or a jump, as a number", "rfcalc.network.place:RANGE_LIMIT", "bits", "RF305"),
    Row("phases of an upsampled output", "rfcalc.taps:PERIOD_LIMIT", "phases", "RF305"),
    Row("bits of a mask with holes; equally spaced cells need none",
        "rfcalc.slots:BITS_LIMIT", "cells on one axis", "RF305"),
    Row("cells of masks with holes, all phases of an output", "rfcalc.taps:STORE_LIMIT",
        "cells on one axis", "RF305"),
    Row("an array: a mask, a picture's data", "rfcalc.masks.pixels:PIXEL_LIMIT", "cells",
        "RF409"),
    Row("path counts, words of all cells", "rfcalc.path_counts.pulling:WORDS_LIMIT", "32 bits",
        "RF409"),
    Row("sums of lines, path counts along one axis of a layer",
        "rfcalc.path_counts.pulling:SUMS_LIMIT", "sums", "RF409"),
    Row("expected effective field, once it is no product of lines",
        "rfcalc.energies.axes:CELLS_LIMIT", "cells", "RF409"),
    Row("sums of lines, expected effective field along one axis of a layer",
        "rfcalc.energies.axes:SUMS_LIMIT", "sums", "RF409"),
    Row("field that `erf` measures", "rfcalc.gradients.places:FRAME_LIMIT", "cells", "RF409"),
    Row("entries that `erf` changes one by one in an ONNX model",
        "rfcalc.gradients.occlusion:ENTRIES_LIMIT", "entries", "RF409"),
    Row("an array that is written as text", "rfcalc.arrays:TEXT_LIMIT", "cells", "RF409"),
    Row("a layer that `verify` runs", "rfcalc.verification.fitting:CELLS_LIMIT", "cells", "RF440"),
    Row("all layers that `verify` runs", "rfcalc.verification.fitting:TOTAL_LIMIT", "cells",
        "RF440"),
    Row("a layer that `tile --verify` runs", "rfcalc.tiling.proof:CELLS_LIMIT", "cells", "RF409"),
    Row("`--frame` of a stream", "rfcalc.tiling.streams:FRAME_LIMIT", "samples", "RF406"),
    Row("picture given to `--overlay`", "rfcalc.plots.overlay:LIMIT", "pixels", "RF423"),
    Row("tiles of a plan", "rfcalc.tiling.plan:TILE_LIMIT", "tiles", "RF409"),
    Row("schedule given to `hdc-check`", "rfcalc.hdc.verdict:LAYER_LIMIT", "layers", "RF410"),
    Row("graph in a `.pt2` or `.keras` archive, unpacked", "rfcalc.importers.archive:JSON_LIMIT",
        "bytes", "RF504"),
    Row("values of such a graph", "rfcalc.importers.archive:VALUES_LIMIT",
        "brackets, braces and commas", "RF504"),
    Row("table of contents of such an archive", "rfcalc.importers.archive:DIRECTORY_LIMIT",
        "bytes", "RF504"),
    Row("label file, or all of a folder, each counted as 512 bytes at the least",
        "rfcalc.objects.files:LABELS_LIMIT", "bytes", "RF470"),
    Row("line of a label file", "rfcalc.objects.files:LINE_LIMIT", "characters", "RF470"),
    Row("sizes that are typed", "rfcalc.objects.reading:TYPED_LIMIT", "sizes", "RF406"),
    Row("time of a command", "", "seconds", "RF412", flag="--timeout"),
    Row("time of one network of `scan`", "rfcalc.cli.scan:timeout", "seconds", "timeout",
        flag="--timeout"),
    Row("memory of one network of `scan`", "rfcalc.scanning.line:MEMORY", "MB", "memory",
        flag="--memory"),
    Row("window of a tile", "rfcalc.cli.tile:max_pixels", "cells", "RF461", flag="--max-pixels"),
)  # fmt: skip

EFFORTS = (
    Row("total change of strides, for `fix --rf`", "rfcalc.repair.strides:STRIDE_CHANGE", "steps",
        "not tried"),
    Row("changed texts that are read for kernels, and as many for strides, for `fix --rf`",
        "rfcalc.repair.kernels:READ_LIMIT", "texts", "not tried"),
    Row("dilation that `fix --rf` writes; three times the largest there is where that is more",
        "rfcalc.repair.reaching:LEAST_BOUND", "cells", "not tried", flag="--max-dilation"),
)  # fmt: skip
"""What is looked for up to a bound that the answer then names."""

INTERNAL = {
    "rfcalc.conversion": "how far a shorter way of writing is looked for; the file is right anyway",
    "rfcalc.interior": "from where on an answer is computed in another way, or refused with RF305",
    "rfcalc.repair": "how far a cure is looked for",
    "rfcalc.schedules": "how many schedules are listed and ranked; the answer says when it stops",
    "rfcalc.comparison.places": "how many layers alike are brought into one order",
    "rfcalc.hdc.evenness": "how long path counts are told; the answer says where they are not",
    "rfcalc.hdc.factors": "how many pairs of a broken rule are named",
    "rfcalc.images": "as for the growth",
    "rfcalc.overlaps": "as for the growth",
    "rfcalc.region": "from how many boxes on they are held in another way",
    "rfcalc.gridding": "how many phases are drawn apart; how long lattice runs are looked for, as "
    "the stage then says",
    "rfcalc.energies.lags": "how many pairs of outputs are looked at; beyond it `assumed` says so",
    "rfcalc.path_counts.chains": "how wide a product of lines is counted as one number",
    "rfcalc.render": "how many values a page or a table writes out; it says when it stops",
    "rfcalc.plots.fitting": "largest side of a figure, to which cells are fitted",
    "rfcalc.cli.report": "pixels that a page draws on, RF423",
    "rfcalc.cli.patience": "seconds that a clock can count",
    "rfcalc.tiling.sizes": "how many input sizes are tried",
    "rfcalc.layers.resample": "finest ratio; resampling by a finer one has no tiles, RF463",
    "rfcalc.gates": "largest limit that can be set",
    "rfcalc.importers.inputs": "largest size of an input's dimension, RF512",
    "rfcalc.importers.copies": "copies of an axis that are laid side by side, RF502",
    "rfcalc.importers.onnx": "sizes of parts of an ONNX file without its weights, RF113 and RF504",
    "rfcalc.importers.mirroring": "slices and reversals that are looked through for a border",
    "rfcalc.importers.deforming": "furthest that an offset may be said to reach, RF406",
    "rfcalc.importers.kernels": "boxes of a kernel with zeros; beyond it `assumed` says so",
    "rfcalc.importers.picking": "runs of a table of indices, RF502",
    "rfcalc.importers.blocks": "places of a block that are followed as channels of their own",
    "rfcalc.importers.tflite": "tables and small constants of a TFLite file, RF113",
    "rfcalc.loading.foreign": "entries of an archive that are looked at for its kind",
    "rfcalc.importers.keras": "nesting and calls of a Keras model, RF305 and RF504",
    "rfcalc.importers.torch.keeping": "objects of a module whose content is put back",
    "rfcalc.importers.torch.looking": "numbers of a mask; beyond it `assumed` says so",
    "rfcalc.importers.torch.modules": "paths of modules that are distinguished",
    "rfcalc.importers.torch.recording": "up to which work a pass is made with real numbers",
    "rfcalc.importers.torch.tape": "as for the recording",
    "rfcalc.importers.torch.target": "cells of an example input, RF512",
    "rfcalc.verification": "codes of refusals after which the other layers go on; from which depth"
    " a layer is compared from what it reads",
    "rfcalc.spec.chain": "those of the parameters",
}
"""Limits that bound an effort or a part, by their room."""


def markdown() -> str:
    """Return the table of the docs."""
    lines = ["| of what | at most | unit | beyond it | flag |", "| --- | ---: | --- | --- | --- |"]
    for row in (*ROWS, *EFFORTS):
        value = row.value
        if value is None:
            shown = "any"
        else:
            shown = f"{value:,.0f}" if value < 1 << 40 else f"2^{value.bit_length() - 1}"
        flag = f"`{row.flag}`" if row.flag else "-"
        code = row.code if " " in row.code else f"`{row.code}`"
        lines.append(f"| {row.what} | {shown} | {row.unit} | {code} | {flag} |")
    return "\n".join(lines) + "\n"
