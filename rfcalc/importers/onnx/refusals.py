"""Which ONNX operators are refused, and why?"""

from rfcalc.importers.onnx.operators import refused

refused(
    "how many cells it gives, and which, depends on values",
    *("NonMaxSuppression", "NonZero", "Unique", "com.microsoft.Unique"),
)
refused(
    "it is control flow, which depends on values",
    *("Loop", "Scan", "SequenceMap"),
)
refused(
    "it works on text, not on maps",
    *("StringConcat", "StringNormalizer", "StringSplit", "RegexFullMatch", "TfIdfVectorizer"),
)
refused("it decodes a picture from its bytes, which have no cells", "ImageDecoder")
refused("it draws from a distribution that its input gives", "Multinomial")
refused("it computes filters of a spectrum, not of a map", "MelWeightMatrix")
