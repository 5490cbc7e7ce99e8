"""Which files hold a model in a form that is not read, and which way works instead?"""

import os
from pathlib import Path

__all__ = ["FILES", "FOREIGN", "told_of"]

_EXPORT = "export the model to .onnx, or name its code as package.module:factory"
_SOURCE = "read what it was converted from: its .onnx, .tflite or .keras file"
_PICKLED = (
    "a pickle is code, and is never run: name the model as package.module:factory, or save it "
    "with torch.export.save as .pt2"
)
_SCRIPT = (
    "trace it anew with torch.export.export and torch.export.save as .pt2, or load it in a "
    "function of your own and name that: package.module:function"
)
_SAVED = (
    "convert it: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx, or with "
    "tf.lite.TFLiteConverter to .tflite"
)
_GRAPH = "convert it: python -m tf2onnx.convert --graphdef FILE --output model.onnx"
_NETRON = "its layers may be written as a network file: rfcalc schema"

FOREIGN: dict[str, tuple[str, str]] = {
    **dict.fromkeys((".pt", ".pth", ".ckpt", ".pkl"), ("a pickle", _PICKLED)),
    ".bin": ("weights, pickled or of OpenVINO or ncnn", _PICKLED),
    ".torchscript": ("TorchScript", _SCRIPT),
    ".safetensors": ("weights without a model", "name the model's code: package.module:factory"),
    ".gguf": ("weights without a model", "name the model's code: package.module:factory"),
    ".pb": ("a graph of TensorFlow", _GRAPH),
    ".ort": ("an ONNX model in the format of ONNX Runtime", "read the .onnx that it was made from"),
    ".xml": ("a model of OpenVINO, or something else in XML", _SOURCE),
    ".param": ("a model of ncnn", _SOURCE),
    ".mlmodel": ("a model of Core ML", _SOURCE),
    ".mlpackage": ("a model of Core ML", _SOURCE),
    ".mlmodelc": ("a model of Core ML, compiled", _SOURCE),
    **dict.fromkeys((".engine", ".plan", ".trt"), ("compiled by TensorRT", _SOURCE)),
    ".prototxt": ("a network of Caffe", _NETRON),
    ".caffemodel": ("weights of Caffe", _NETRON),
    ".pdmodel": ("a model of Paddle", "export it: paddle2onnx --model_dir FOLDER"),
    ".weights": ("weights of Darknet", _NETRON),
    ".mnn": ("a model of MNN", _SOURCE),
}
"""By suffix, what a file holds and the way that works."""

FILES = frozenset(FOREIGN) - {".engine", ".param", ".plan", ".weights"}
"""Suffixes that no attribute of a Python module is called by."""

ENTRIES_LIMIT = 10_000
"""Most entries of an archive that are looked at."""


def told_of(path: str | Path) -> tuple[str, str] | None:
    """Return what a file or folder holds and the way that works, ``None`` for anything else.

    >>> told_of("model.engine")
    ('compiled by TensorRT', 'read what it was converted from: its .onnx, .tflite or .keras file')
    """
    suffix = Path(path).suffix.lower()
    if os.path.isdir(path):
        if os.path.exists(os.path.join(path, "saved_model.pb")):
            return "a SavedModel of TensorFlow", _SAVED
        return FOREIGN[suffix] if suffix in (".mlpackage", ".mlmodelc") else None
    if Path(path).name == "saved_model.pb":
        return "a SavedModel of TensorFlow", _SAVED
    if suffix in (".pt", ".pth") and _scripted(path):
        return FOREIGN[".torchscript"]
    return FOREIGN.get(suffix)


def _scripted(path: str | Path) -> bool:
    """Whether an archive of PyTorch holds code, as TorchScript does."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            return any("/code/" in name for name in archive.namelist()[:ENTRIES_LIMIT])
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return False
