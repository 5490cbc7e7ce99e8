"""What does an ONNX file say besides its weights? Its message, large payloads left out."""

import os
from pathlib import Path
from typing import BinaryIO, NamedTuple

from rfcalc.errors import RfcalcError, fail
from rfcalc.files import special

__all__ = ["KEPT_LIMIT", "SAVE", "without_weights"]

FLOATS_LIMIT = 1 << 13
"""Largest payload of a tensor that is kept, bytes."""

INTEGERS_LIMIT = 1 << 20
"""The same for integers, which may be shapes, bounds or tables of indices."""

KEPT_LIMIT = 1 << 27
"""Most bytes of a file that are kept."""

FIELDS_LIMIT = 1 << 22
"""Most fields that are looked at."""

DEPTH_LIMIT = 60
"""Deepest nesting of messages; the parser of protobuf gives up at 100."""

BLOCK = 1 << 14

SAVE = "save it again with onnx.save or torch.onnx.export"


class _Message(NamedTuple):
    """A kind of message: the fields that hold messages again, and those that hold payload."""

    inner: dict[int, "_Message"]
    payload: frozenset[int] = frozenset()


_TENSOR = _Message({}, frozenset({4, 5, 6, 7, 9, 10, 11}))
_SPARSE = _Message({1: _TENSOR, 2: _TENSOR})
_GRAPH = _Message({5: _TENSOR, 15: _SPARSE})
_ATTRIBUTE = _Message({5: _TENSOR, 6: _GRAPH, 10: _TENSOR, 11: _GRAPH, 22: _SPARSE, 23: _SPARSE})
_NODE = _Message({5: _ATTRIBUTE})
_GRAPH.inner[1] = _NODE
_MODEL = _Message({7: _GRAPH, 25: _Message({7: _NODE, 11: _ATTRIBUTE})})

_TYPE_FIELD = 2
_WHOLE_NUMBERS = frozenset({2, 3, 4, 5, 6, 7, 9, 12, 13})
"""Data types of integers and truth values. Source: ``TensorProto.DataType``."""

_VARINT, _LONG, _BYTES, _SHORT = 0, 1, 2, 5


def without_weights(path: str | Path) -> bytes:
    """Return the message in an ONNX file without the payloads of large tensors.

    Only the heads of the fields are looked at, so that time and memory follow the number of
    nodes, not the size of the weights. Source: the protobuf wire format, ``onnx.proto``.

    Raises
    ------
    RfcalcError
        RF504: the file cannot be read, is cut short or is not ONNX; RF113: a limit.
    """
    try:
        # Opening a pipe waits for whoever writes into it.
        if special(Path(path)):
            raise fail("RF504", f"{path} is not a file on disk", "copy it to a file first")
        with Path(path).open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                raise fail("RF504", f"{path} is empty", SAVE)
            walk = _Walk(str(path), file, size)  # pyright: ignore[reportArgumentType]
            return walk.message(0, size, _MODEL, 0)
    except FileNotFoundError:
        raise fail("RF504", f"there is no file {path}", "check the path") from None
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or fault
        raise fail("RF504", f"{path} cannot be read: {reason}", "check the path") from None


class _Walk:
    """A walk over the fields of a file, one block in memory at a time."""

    def __init__(self, name: str, file: BinaryIO, size: int) -> None:
        self.name = name
        self._file = file
        self._size = size
        self._block, self._start = b"", 0
        self._kept, self._fields = 0, 0

    def message(self, start: int, stop: int, kind: _Message, depth: int) -> bytes:
        """Return the bytes of a message, its large payloads left out."""
        if depth > DEPTH_LIMIT:
            raise self._limit(f"nests messages deeper than {DEPTH_LIMIT}")
        parts: list[bytes] = []
        at = copied = start
        most = FLOATS_LIMIT
        while at < stop:
            key, body = self._varint(at, stop)
            field, wire = key >> 3, key & 7
            low, high = self._extent(wire, body, stop)
            if not field:
                raise self._broken(at)
            if kind is _TENSOR and field == _TYPE_FIELD and wire == _VARINT:
                whole = self._varint(body, stop)[0] in _WHOLE_NUMBERS
                most = INTEGERS_LIMIT if whole else FLOATS_LIMIT
            inner = kind.inner.get(field) if wire == _BYTES else None
            large = high - low > FLOATS_LIMIT
            if large and inner is not None:
                parts.append(self._read(copied, at))
                copied = high
                held = self.message(low, high, inner, depth + 1)
                parts += [_varint_bytes(key), _varint_bytes(len(held)), held]
            elif field in kind.payload and wire == _BYTES and high - low > most:
                parts.append(self._read(copied, at))
                copied = high
            at = high
        parts.append(self._read(copied, stop))
        return b"".join(parts)

    def _extent(self, wire: int, at: int, stop: int) -> tuple[int, int]:
        """Return where the content of a field begins and ends."""
        self._fields += 1
        if self._fields > FIELDS_LIMIT:
            raise self._limit(f"has more than {FIELDS_LIMIT:,} fields")
        if wire == _BYTES:
            length, at = self._varint(at, stop)
            end = at + length
        elif wire == _VARINT:
            end = self._varint(at, stop)[1]
        elif wire in (_LONG, _SHORT):
            end = at + (8 if wire == _LONG else 4)
        else:
            raise self._broken(at)
        if end > stop:
            raise fail(
                "RF504",
                f"{self.name} is not an ONNX file, or is cut short: a field at byte {at:,} "
                f"ends at {end:,} of {stop:,}",
                SAVE,
            )
        return at, end

    def _varint(self, at: int, stop: int) -> tuple[int, int]:
        """Return the number at a place and the place after it."""
        here = at - self._start
        if here < 0 or here + 10 > len(self._block):
            self._file.seek(at)
            self._block, self._start, here = self._file.read(BLOCK), at, 0
        first = self._block[here] if self._block and at < stop else 128
        if first < 128:
            return first, at + 1
        value = shift = 0
        for count, byte in enumerate(self._block[here : here + min(10, stop - at)], 1):
            value |= (byte & 127) << shift
            if byte < 128:
                return value, at + count
            shift += 7
        raise self._broken(at)

    def _read(self, start: int, stop: int) -> bytes:
        self._kept += stop - start
        if self._kept > KEPT_LIMIT:
            raise self._limit(f"has more than {KEPT_LIMIT:,} bytes besides its weights")
        if start == stop:
            return b""
        self._file.seek(start)
        held = self._file.read(stop - start)
        while len(held) < stop - start:
            more = self._file.read(stop - start - len(held))
            if not more:
                raise self._broken(start + len(held))
            held += more
        return held

    def _limit(self, fact: str) -> RfcalcError:
        return fail("RF113", f"{self.name} {fact}", "is it an ONNX model?")

    def _broken(self, at: int) -> RfcalcError:
        fact = f"{self.name} is not an ONNX file, or is cut short (at byte {at:,})"
        return fail("RF504", fact, SAVE)


def _varint_bytes(value: int) -> bytes:
    held = bytearray()
    while value > 127:
        held.append(value & 127 | 128)
        value >>= 7
    held.append(value)
    return bytes(held)
