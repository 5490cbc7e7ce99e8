"""Which Keras layers are refused, and why?"""

from rfcalc.importers.keras.operators import LAYERS, Handled

__all__ = ["REFUSED"]

REFUSED = {
    "Lambda": "it holds Python code, which is never run",
    "TFSMLayer": "it holds a TensorFlow SavedModel, not layers",
    "JaxLayer": "it holds a JAX function, which is never run",
    "FlaxLayer": "it holds a Flax module, which is never run",
    "TorchModuleWrapper": "it holds a PyTorch module, pickled; read that module itself",
    "Layer": "a bare layer says nothing of what it does",
    "StringLookup": "it reads text",
    "IntegerLookup": "it looks values up in a vocabulary",
    "TextVectorization": "it reads text",
    "Hashing": "it hashes values",
    "HashedCrossing": "it hashes values",
    "FeatureSpace": "it reads tables",
    "MaxNumBoundingBoxes": "it reads boxes, not cells",
    "Pipeline": "it is a chain of preprocessing layers for data sets",
    "RandomCrop": "at inference it resizes in some releases of Keras and does nothing in others",
    "STFTSpectrogram": "spectra of frames are not followed",
    "MelSpectrogram": "spectra of frames are not followed",
    "ContrastLimitedAdaptiveHistogramEqualization": "histograms of tiles are not followed",
    "LSTMCell": "a cell is read as part of RNN",
    "GRUCell": "a cell is read as part of RNN",
    "SimpleRNNCell": "a cell is read as part of RNN",
    "StackedRNNCells": "a cell is read as part of RNN",
    "TensorFlowOpLayer": "it holds a TensorFlow graph; save the model with Keras 3",
    "ops.Map": "it holds Python code, which is never run",
    "ops.Scan": "it holds Python code, which is never run",
    "ops.AssociativeScan": "it holds Python code, which is never run",
    "ops.VectorizedMap": "it holds Python code, which is never run",
    "ops.WhileLoop": "it holds Python code, which is never run",
    "ops.ForiLoop": "it holds Python code, which is never run",
    "ops.Cond": "which branch is taken depends on the values",
    "ops.Switch": "which branch is taken depends on the values",
    "ops.AffineTransform": "which cells it reads depends on the values",
    "ops.PerspectiveTransform": "which cells it reads depends on the values",
    "ops.ElasticTransform": "which cells it reads depends on the values",
    "ops.MapCoordinates": "which cells it reads depends on the values",
    "ops.ScaleAndTranslate": "which cells it reads depends on the values",
    "ops.TakeAlongAxis": "which cells it reads depends on the values",
    "ops.Scatter": "which cells it writes depends on the values",
    "ops.ScatterUpdate": "which cells it writes depends on the values",
    "ops.Nonzero": "its size depends on the values",
    "ops.Unique": "its size depends on the values",
}
"""Layers that are not read, and why."""

LAYERS.update({name: Handled(name, "refused", None, {}, why) for name, why in REFUSED.items()})
