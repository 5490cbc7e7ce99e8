"""What configuration does a Keras file hold? JSON, alone, in an archive or in HDF5."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import msgspec

from rfcalc.errors import fail
from rfcalc.importers.archive import JSON_LIMIT, decoded, read_entry
from rfcalc.importers.keras.hdf5 import hdf5_config

__all__ = ["config_in"]

_HELP = "save it with model.save('model.keras'), or write model.to_json() to a file"


def config_in(path: str | Path) -> dict[str, Any]:
    """Return the configuration of a model saved by Keras; weights are never opened.

    Source: ``keras.saving.save_model``, ``keras.Model.to_json``.

    Raises
    ------
    RfcalcError
        RF504: the file cannot be read, is cut short, too large, or holds no model.
    """
    where = Path(path)
    try:
        with where.open("rb") as file:
            head = file.read(8)
        if head.startswith(b"\x89HDF\r\n\x1a\n"):
            text = hdf5_config(where, _HELP)
        elif head.startswith(b"PK") or where.suffix.lower() == ".keras":
            text = read_entry(where, _config, "config.json", _HELP)
        elif where.stat().st_size > JSON_LIMIT:
            fact = f"the configuration in {where} is larger than {JSON_LIMIT:,} bytes"
            raise fail("RF504", fact, _HELP)
        else:
            text = where.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except FileNotFoundError:
        raise fail("RF504", f"there is no file {path}", "check the path") from None
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise fail("RF504", f"{path} cannot be read: {reason}", "check the path") from None
    return _decoded(text, where)


def _config(names: Sequence[str]) -> str | None:
    return "config.json" if "config.json" in names else None


def _topology(held: dict[str, Any], where: Path) -> dict[str, Any]:
    """Return the configuration in a ``model.json`` of TensorFlow.js, any other as it is."""
    inner = held.get("modelTopology")
    if not isinstance(inner, dict):
        return held
    inner = cast("dict[str, Any]", inner)
    if held.get("format") == "graph-model" or "node" in inner:
        fact = f"{where} holds a TensorFlow.js graph model, in which layers are no more"
        help = "convert the model as a layers model, or read what it was converted from"
        raise fail("RF504", fact, help)
    found = inner.get("model_config", inner)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _decoded(text: bytes, where: Path) -> dict[str, Any]:
    try:
        found: Any = decoded(text, where, _HELP)
        if isinstance(found, str):
            # json.dump(model.to_json(), file) writes the text as a text.
            found = decoded(found.encode(), where, _HELP)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as fault:
        fact = f"the configuration in {where} is not JSON, or is cut short: {fault}"
        raise fail("RF504", fact, _HELP) from None
    held = _topology(cast("dict[str, Any]", found), where) if isinstance(found, dict) else {}
    if not isinstance(held.get("class_name"), str) or "config" not in held:
        fact = f"{where} holds no Keras model: it has no 'class_name' and 'config'"
        raise fail("RF504", fact, _HELP)
    return held
