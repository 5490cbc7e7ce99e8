"""What configuration stands beside the weights of an HDF5 file? Read by a process of its own."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from rfcalc.errors import fail
from rfcalc.importers.archive import JSON_LIMIT

__all__ = ["hdf5_config"]

SECONDS = 20.0
"""Longest that reading may take. libhdf5 loops for ever in some damaged files."""
_HEAD = len(b"damaged\n")
_CODE = """
import sys
import h5py
def answer(kind, data):
    sys.stdout.buffer.write(kind + b"\\n" + data)
try:
    with h5py.File(sys.argv[1], "r") as file:
        held = file.attrs.get("model_config")
except (OSError, ValueError, RuntimeError, KeyError, TypeError, MemoryError) as fault:
    answer(b"damaged", str(fault)[:80].encode("utf-8", "replace"))
else:
    if isinstance(held, str):
        held = held.encode("utf-8", "surrogatepass")
    if isinstance(held, bytes):
        answer(b"content", held[: int(sys.argv[2]) + 1])
    else:
        answer(b"weights", b"")
"""
"""A damaged file also ends some versions of libhdf5, and then that process alone."""


def hdf5_config(where: Path, help: str) -> bytes:
    """Return the configuration of a model that Keras saved as HDF5; weights are never read.

    Source: ``keras.legacy.saving.save_model_to_hdf5``.

    Raises
    ------
    RfcalcError
        RF504: it holds weights alone, is cut short, damaged or too large; RF505: h5py is missing.
    """
    if find_spec("h5py") is None:
        fact = "reading a model from HDF5 needs the package h5py"
        raise fail("RF505", fact, 'pip install "rfcalc[hdf5]"')
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _CODE, str(where), str(JSON_LIMIT)],
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        fact = f"{where} is damaged: reading it does not end within {SECONDS:g} s"
        raise fail("RF504", fact, help) from None
    kind, text = done.stdout[: _HEAD - 1], done.stdout[_HEAD:]
    if kind == b"weights":
        raise fail("RF504", f"{where} holds weights and no model", help)
    if kind != b"content":
        reason = text.decode(errors="replace") or f"reading it ended with status {done.returncode}"
        raise fail("RF504", f"{where} is cut short or damaged ({reason})", help)
    if len(text) > JSON_LIMIT:
        fact = f"the configuration in {where} is larger than {JSON_LIMIT:,} bytes"
        raise fail("RF504", fact, help)
    return text
