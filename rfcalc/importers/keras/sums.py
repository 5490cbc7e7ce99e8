"""Which Keras layers sum or normalise over dimensions, and what do they then read?"""

from rfcalc.importers import layout
from rfcalc.importers.axes import Value, constant
from rfcalc.importers.channels import linear
from rfcalc.importers.combining import combine
from rfcalc.importers.fixing import fix, fix_by_labels
from rfcalc.importers.graph import plain
from rfcalc.importers.keras.activations import activated, elementwise
from rfcalc.importers.keras.model import wrong
from rfcalc.importers.keras.operators import Op, Result, keras_layer
from rfcalc.importers.mixing import mix
from rfcalc.importers.products import letters
from rfcalc.layers.whole import GroupNorm, InstanceNorm, SpatialNorm


@keras_layer("Dense", kind="sum")
def _dense(op: Op) -> Result:
    """A dense layer over the last dimension: a 1x1 convolution, or, of a flat map, all of it."""
    return activated(op, linear(op.graph, op.x, op.number("units", most=1 << 22)))


@keras_layer("EinsumDense", kind="sum")
def _einsum_dense(op: Op) -> Result:
    """Sums over the letters that are missing in the result."""
    x = op.x
    terms, _, result = str(op["equation"]).replace(" ", "").partition("->")
    one, _, two = terms.partition(",")
    shape = op.listed("output_shape")
    # The output shape leaves the batch out; its sizes belong to the last letters.
    named = dict(zip(reversed(result.replace("...", "")), reversed(shape), strict=False))
    labels, sizes = letters(one, len(x.shape)), dict[object, int]()
    sizes.update(zip(labels, x.shape, strict=True))
    for letter, size in named.items():
        if letter not in sizes:
            if type(size) is not int or size < 1:
                raise wrong(op.graph.here, f"output_shape is {shape!r:.60}")
            sizes[letter] = size
    weight = constant(sizes.get(letter, 1) for letter in two.replace("...", ""))
    dots = len(x.shape) - len(one.replace("...", "")) if "..." in one else 0
    out = letters(result, len(result.replace("...", "")) + dots)
    row = (weight, list[object](two.replace("...", "")))
    fix_by_labels(op.graph, [(x, labels), row], {1})
    done = combine(op.graph, plain("identity"), [(x, labels), row], out)
    return activated(op, done)


@keras_layer("Embedding", kind="element-wise")
def _embedding(op: Op) -> Result:
    """A row of a learned table for each index."""
    x = layout.unsqueeze(op.graph, op.x, -1)
    return layout.expand(op.graph, x, [*x.shape[:-1], op.number("output_dim")])


@keras_layer("ReversibleEmbedding", kind="element-wise")
def _reversible(op: Op) -> Result:
    """A row of a learned table for each index, or, in reverse, a dense layer."""
    if op.kwargs.get("reverse"):
        return linear(op.graph, op.x, op.number("input_dim"))
    return _embedding(op)


@keras_layer(
    *("BatchNormalization", "SyncBatchNormalization", "Normalization"), kind="norm", axis=-1
)
def _stored(op: Op) -> Result:
    """Element-wise, by stored statistics; called with training=True, by those of the map."""
    if op.kwargs.get("training"):
        x = op.x
        kept = op.dims("axis", len(x.shape))
        dims = [d for d in range(len(x.shape)) if d not in kept]
        return mix(op.graph, x, dims, plain("batchnorm"), InstanceNorm)
    if op["axis"] is not None:
        fix(op.graph, op.x, op.dims("axis", len(op.x.shape)))
    return elementwise(op, op.x, "batchnorm")


@keras_layer("LayerNormalization", "RMSNormalization", "UnitNormalization", kind="norm", axis=-1)
def _layer_norm(op: Op) -> Result:
    """Normalised over dimensions, by default the channels: over space, the whole of it."""
    x = op.x
    dims = op.dims("axis", len(x.shape))
    if op.key != "UnitNormalization":  # which has no weights
        fix(op.graph, x, dims)
    return mix(op.graph, x, dims, plain("layernorm"), SpatialNorm)


@keras_layer(
    *("GroupNormalization", "Addons>GroupNormalization", "Addons>InstanceNormalization"),
    kind="norm",
    axis=-1,
    groups=32,
)
def _group_norm(op: Op) -> Result:
    """Normalised over groups of channels and all cells."""
    x = op.x
    axis = op.dims("axis", len(x.shape))[0]
    groups = -1 if "Instance" in op.key or op["groups"] == -1 else op.number("groups")
    return _over_groups(op, x, axis, groups in (-1, x.shape[axis]))


def _over_groups(op: Op, x: Value, axis: int, single: bool) -> Value:
    if single:
        dims = [d for d in range(1, len(x.shape)) if d != axis]
        return mix(op.graph, x, dims, plain("layernorm"), InstanceNorm)
    return mix(op.graph, x, range(1, len(x.shape)), plain("layernorm"), GroupNorm)


@keras_layer("AutoContrast", kind="norm")
def _contrast(op: Op) -> Result:
    """Stretched between the least and the largest value of the image."""
    x = op.x
    dims, _ = op.space(2, len(x.shape))
    return mix(op.graph, x, dims, plain("layernorm"), SpatialNorm)


@keras_layer("CategoryEncoding", kind="sum")
def _encoded(op: Op) -> Result:
    """Each index as a row of flags; several indices of one row become one."""
    x = op.x
    width = op.number("num_tokens")
    if op["output_mode"] == "one_hot":
        wide = x if x.shape[-1] == 1 and len(x.shape) > 1 else layout.unsqueeze(op.graph, x, -1)
        return layout.expand(op.graph, wide, [*wide.shape[:-1], width])
    return linear(op.graph, x, width)


@keras_layer("Discretization", kind="element-wise", output_mode="int")
def _discretized(op: Op) -> Result:
    """The number of the bin of each value."""
    if op["output_mode"] != "int":
        raise op.lost("only output_mode 'int' is followed")
    return elementwise(op, op.x)


@keras_layer("applications.LayerScale", kind="element-wise")
def _layer_scale(op: Op) -> Result:
    """Each channel times a learned number."""
    return elementwise(op, op.x)
