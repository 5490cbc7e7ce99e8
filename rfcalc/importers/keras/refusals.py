"""Which Keras layers are refused, and why?"""

from rfcalc.importers.keras.operators import refused

refused(
    "it holds Python code, which is never run",
    *("Lambda", "ops.Map", "ops.Scan", "ops.AssociativeScan", "ops.VectorizedMap"),
    *("ops.WhileLoop", "ops.ForiLoop"),
)
refused("it holds a TensorFlow SavedModel, not layers", "TFSMLayer")
refused("it holds a JAX function, which is never run", "JaxLayer")
refused("it holds a Flax module, which is never run", "FlaxLayer")
refused("it holds a PyTorch module, pickled; read that module itself", "TorchModuleWrapper")
refused("a bare layer says nothing of what it does", "Layer")
refused("it reads text", "StringLookup", "TextVectorization")
refused("it looks values up in a vocabulary", "IntegerLookup")
refused("it hashes values", "Hashing", "HashedCrossing")
refused("it reads tables", "FeatureSpace")
refused("it reads boxes, not cells", "MaxNumBoundingBoxes")
refused("it is a chain of preprocessing layers for data sets", "Pipeline")
refused(
    "at inference it resizes in some releases of Keras and does nothing in others",
    "RandomCrop",
)
refused("spectra of frames are not followed", "STFTSpectrogram", "MelSpectrogram")
refused("histograms of tiles are not followed", "ContrastLimitedAdaptiveHistogramEqualization")
refused("a cell is read as part of RNN", "LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells")
refused("it holds a TensorFlow graph; save the model with Keras 3", "TensorFlowOpLayer")
refused("which branch is taken depends on the values", "ops.Cond", "ops.Switch")
refused(
    "which cells it reads depends on the values",
    *("ops.AffineTransform", "ops.PerspectiveTransform", "ops.ElasticTransform"),
    *("ops.MapCoordinates", "ops.ScaleAndTranslate"),
)
refused("which cells it writes depends on the values", "ops.Scatter", "ops.ScatterUpdate")
refused("its size depends on the values", "ops.Nonzero", "ops.Unique")
