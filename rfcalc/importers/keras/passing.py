"""Which Keras layers pass every value on at inference?"""

from rfcalc.importers.keras.activations import elementwise
from rfcalc.importers.keras.operators import Op, Result, keras_layer


@keras_layer(
    *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout"),
    *("GaussianDropout", "GaussianNoise", "ActivityRegularization", "Identity", "Masking"),
    *("ops.Identity", "ops.StopGradient", "ops.Cast", "ops.SaturateCast", "ops.Copy"),
    *("ops.ConvertToTensor", "ops.Array", "ops.Real", "ops.Conj", "ops.Conjugate"),
    kind="no-op",
)  # fmt: skip
def _nothing(op: Op) -> Result:
    """The value as it is, at inference."""
    return op.x


@keras_layer(
    *("RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast"),
    *("RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur"),
    *("RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization"),
    *("RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear", "RandomZoom"),
    *("RandomTranslation", "RandomHeight", "RandomWidth", "RandAugment", "AugMix", "CutMix"),
    *("MixUp", "Solarization", "Equalization"),
    kind="no-op",
)
def _augmented(op: Op) -> Result:
    """An augmentation, which does nothing at inference."""
    if op.kwargs.get("training"):
        raise op.lost("it is called with training=True, and which cells it then reads is random")
    return op.x


@keras_layer("Rescaling", kind="element-wise")
def _rescaled(op: Op) -> Result:
    """A multiple of each value, shifted."""
    return elementwise(op, op.x)
