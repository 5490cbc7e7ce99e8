"""Which ONNX operators are refused, and why?"""

from rfcalc.importers.axes import constant
from rfcalc.importers.onnx.operators import Op, Result, operator, refused

__all__: list[str] = []

refused(
    "which cells it reads depends on values",
    *("GridSample", "RoiAlign", "MaxRoiPool", "DeformConv", "com.microsoft.GridSample"),
    *("com.microsoft.CropAndResize", "com.microsoft.DeformConv"),
)
refused(
    "how many cells it gives, and which, depends on values",
    *("NonMaxSuppression", "NonZero", "Unique", "com.microsoft.Unique"),
)
refused(
    "it is control flow, which depends on values; only an If on a constant is followed",
    *("If", "Loop", "Scan", "SequenceMap"),
)
refused(
    "it works on text, not on maps",
    *("StringConcat", "StringNormalizer", "StringSplit", "RegexFullMatch", "TfIdfVectorizer"),
)
refused("it decodes a picture from its bytes, which have no cells", "ImageDecoder")
refused("it draws from a distribution that its input gives", "Multinomial")
refused("it computes filters of a spectrum, not of a map", "MelWeightMatrix")


@operator("ConstantOfShape", "EyeLike", "Range", kind="constant")
def _filled(op: Op) -> Result:
    """Constants in a shape, or counted up."""
    if op.kind == "EyeLike":
        return constant(op.value().shape)
    if op.kind == "ConstantOfShape":
        return constant(op.integers(0, "shape") or [])
    start, stop, step = (op.array(i) for i in range(3))
    if start is None or stop is None or step is None:
        raise op.lost("its bounds depend on values")
    values = [float(a.reshape(-1)[0]) for a in (start, stop, step)]  # pyright: ignore[reportArgumentType]
    return constant([max(0, -int(-(values[1] - values[0]) // values[2]))])


@operator("HannWindow", "HammingWindow", "BlackmanWindow", kind="constant")
def _window(op: Op) -> Result:
    """A constant window of so many samples."""
    return constant(op.integers(0, "size") or [])


@operator("Constant", kind="constant")
def _constant(op: Op) -> Result:
    """Numbers that are written in the file."""
    tensor = op.attr("value", op.attr("sparse_value"))
    if tensor is not None:
        return constant(tensor.dims)
    listed = next((v for key, v in op.step.attrs.items() if key.endswith("s")), None)
    return constant((len(listed),) if isinstance(listed, list) else ())  # pyright: ignore[reportUnknownArgumentType]
