"""What does a call of a Keras layer receive? Outputs of other calls, numbers, slices."""

from typing import Any, cast

from rfcalc.importers.keras.model import DEPTH_LIMIT, Array, Call, Ref, wrong

__all__ = ["call_of", "leaves"]


def call_of(node: Any, where: str) -> Call:
    """Return a call as Keras 3 writes it, or as Keras 2 did."""
    if isinstance(node, dict) and isinstance(node.get("args"), list | tuple):  # pyright: ignore[reportUnknownMemberType]
        node = cast("dict[str, Any]", node)
        kwargs = _revived(node.get("kwargs") or {}, where)
        if isinstance(kwargs, dict):
            args = tuple(_revived(item, where) for item in node["args"])
            # What the model is called with goes before what was written: at inference, False.
            kwargs.pop("training", None)  # pyright: ignore[reportUnknownMemberType]
            return Call(args, cast("dict[str, Any]", kwargs))
    if isinstance(node, list) and node:
        # Keras 2: [[layer, node, tensor, keywords], ..], or one of them alone.
        rows = cast("list[Any]", node if isinstance(node[0], list) else [node])
        if all(isinstance(row, list) for row in rows):
            last: Any = rows[-1]
            given: Any = (last[3] if len(last) > 3 else None) or {}
            if isinstance(given, dict):
                kwargs = {k: _keyword(v) for k, v in cast("dict[str, Any]", given).items()}
                found = [_operand(row, where) for row in rows]
                return Call((found[0] if len(found) == 1 else found,), kwargs)
    raise wrong(where, "one of its 'inbound_nodes' is in no form that Keras writes")


def _operand(row: list[Any], where: str) -> Any:
    """Return what one row of a Keras 2 call stands for: an output of a layer, or a constant.

    Source: ``Node.serialize`` of Keras 2.4 to 2.15.
    """
    if row[:2] == ["_CONSTANT_VALUE", -1] and len(row) > 2:
        return Array(row[2]) if isinstance(row[2], list) else row[2]
    return _ref(row[:3], where)


def _keyword(value: Any) -> Any:
    """Return a keyword of a Keras 2 call, where a tensor stands as ``[layer, node, tensor]``."""
    if isinstance(value, list):
        items = cast("list[Any]", value)
        if len(items) == 3 and isinstance(items[0], str) and all(type(i) is int for i in items[1:]):
            return Ref(items[0], items[1], items[2])
        return [_keyword(item) for item in items]
    return value


def _revived(value: Any, where: str, depth: int = 0) -> Any:
    """Return an argument as Keras 3 writes it, with ``Ref``, slices and constants in place."""
    if depth > DEPTH_LIMIT:
        raise wrong(where, f"its arguments are nested deeper than {DEPTH_LIMIT} levels")
    if isinstance(value, list):
        return [_revived(item, where, depth + 1) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    held = cast("dict[str, Any]", value)
    kind, config = held.get("class_name"), held.get("config")
    if not isinstance(kind, str):
        return {key: _revived(item, where, depth + 1) for key, item in held.items()}
    inner = cast("dict[str, Any]", config) if isinstance(config, dict) else {}
    if kind == "__keras_tensor__":
        return _ref(inner.get("keras_history"), where, _shape(inner.get("shape")))
    if kind == "__slice__":
        parts = [inner.get(part) for part in ("start", "stop", "step")]
        return slice(*(_revived(part, where, depth + 1) for part in parts))
    if kind == "__ellipsis__":
        return Ellipsis
    if kind in ("__numpy__", "__tensor__"):
        return Array(inner.get("value"))
    return held


def _shape(given: Any) -> tuple[int | None, ...] | None:
    """Return a recorded shape, ``None`` where it is not one: it is a check, and nothing else."""
    if not isinstance(given, list):
        return None
    sizes = cast("list[Any]", given)
    fine = all(n is None or type(n) is int for n in sizes)
    return tuple(sizes) if fine and sizes else None


def _ref(row: Any, where: str, shape: tuple[int | None, ...] | None = None) -> Ref:
    if isinstance(row, list):
        items = cast("list[Any]", row)
        if len(items) == 3 and isinstance(items[0], str):
            node, tensor = items[1], items[2]
            if type(node) is int and type(tensor) is int and node >= 0 and tensor >= 0:
                return Ref(items[0], node, tensor, shape)
    raise wrong(where, f"{row!r:.80} names no output of a layer")


def leaves(value: Any, where: str) -> Any:
    """Return a structure of inputs or outputs, ``[layer, node, tensor]`` being a leaf."""
    if isinstance(value, list):
        items = cast("list[Any]", value)
        if items and isinstance(items[0], str):
            return _ref(items, where)
        return [leaves(item, where) for item in items]
    if isinstance(value, dict):
        held = cast("dict[str, Any]", value)
        return {key: leaves(item, where) for key, item in held.items()}
    raise wrong(where, f"{value!r:.80} names no output of a layer")
