"""What program is in a TFLite file? Its operators one by one, its tensors, its small constants."""

import struct
from pathlib import Path
from typing import Any

from rfcalc.errors import RfcalcError, fail
from rfcalc.importers.tflite.naming import placed, stem
from rfcalc.importers.tflite.program import TYPES, Given, Program, Step

__all__ = ["program_in"]

MAGIC = b"TFL3"

ENTRIES_LIMIT = 1 << 22
"""Most entries of a file's tables that are read, weights aside."""

ARRAY_LIMIT = 1 << 18
"""Most bytes of a constant that is read."""

_SAVE = "save or download the file again"


_DERIVED = ("AsNumpy", "Length", "IsNone", "BufferHasIdentifier")
"""Ends of the names by which the schema's classes hand out a setting in another form."""


def program_in(path: str | Path) -> Program:
    """Return the program of a TFLite file: its first subgraph; weights are not read.

    Raises
    ------
    RfcalcError
        RF504: the file is not TFLite, is cut short or damaged; RF505: the package ``tflite`` is
        missing; RF113: a limit.
    """
    data = Path(path).read_bytes()
    if data[4:8] != MAGIC:
        fact = f"{path} is not a TFLite file: its bytes 4 to 7 are not {MAGIC.decode()}"
        raise fail("RF504", fact, _SAVE)
    try:
        import tflite
    except ImportError:
        help = 'pip install "rfcalc[tflite]"'
        raise fail("RF505", "reading a TFLite model needs the package tflite", help) from None
    try:
        return _File(data, tflite).program(Path(path).stem)
    except RfcalcError:
        raise
    except (struct.error, IndexError, ValueError, TypeError, OverflowError) as fault:
        first = str(fault).partition("\n")[0]
        raise fail("RF504", f"{path} is cut short or damaged ({first:.100})", _SAVE) from None


class _File:
    """A file's tables. A damaged one may point anywhere: what is read of it is bounded."""

    def __init__(self, data: bytes, tflite: Any) -> None:
        self.data = data
        self.schema = tflite
        self.left = ENTRIES_LIMIT
        self.model = tflite.Model.GetRootAs(data, 0)
        self.operators = _names(tflite.BuiltinOperator)
        self.options = _names(tflite.BuiltinOptions)
        self.fields: dict[str, list[str]] = {}

    def program(self, name: str) -> Program:
        """Return the first subgraph."""
        if not self.model.SubgraphsLength():
            raise ValueError("it holds no graph")
        self.counted(self.model.BuffersLength())
        graph = self.model.Subgraphs(0)
        count = self.counted(graph.TensorsLength())
        tensors = {f"t{i}": self.tensor(graph.Tensors(i)) for i in range(count)}
        codes = [self.code(i) for i in range(self.counted(self.model.OperatorCodesLength()))]
        operators = range(self.counted(graph.OperatorsLength()))
        steps = [self.step(graph.Operators(i), codes, tensors) for i in operators]
        placed(steps)
        ends = [self.listed(graph, word, count) for word in ("Inputs", "Outputs")]
        if not ends[1]:
            raise ValueError("it has no output")
        return Program(name, ends[0], ends[1], steps, tensors)

    def counted(self, n: int) -> int:
        """Return how long a table is, when the file can hold it."""
        if n * 4 > len(self.data):
            raise ValueError(f"a table of {n} entries does not fit")
        self.left -= n
        if self.left < 0:
            raise fail("RF113", f"the file lists more than {ENTRIES_LIMIT:,} entries", _SAVE)
        return n

    def numbers(self, held: Any, word: str) -> list[int]:
        """Return a list of numbers."""
        if not self.counted(getattr(held, f"{word}Length")()):
            return []
        found = [n.item() for n in getattr(held, f"{word}AsNumpy")()]
        if any(isinstance(n, float) for n in found):
            raise ValueError(f"{word} holds fractions")
        return found

    def listed(self, held: Any, word: str, count: int) -> list[str]:
        """Return the names of the tensors that a list points at, of which there are ``count``."""
        found = self.numbers(held, word)
        if any(not -1 <= i < count for i in found):
            raise ValueError(f"{word} names a tensor that is not there")
        return ["" if i < 0 else f"t{i}" for i in found]

    def text(self, held: bytes | None) -> str:
        """Return a name."""
        self.counted(len(held or b"") // 4)
        return (held or b"").decode("utf-8", "replace")

    def code(self, i: int) -> str:
        """Return an operator's name; that of a custom one after a dot."""
        held = self.model.OperatorCodes(i)
        number = max(held.BuiltinCode(), held.DeprecatedBuiltinCode())
        name = self.operators.get(number, f"operator {number}")
        return f"CUSTOM.{self.text(held.CustomCode())}" if name == "CUSTOM" else name

    def tensor(self, held: Any) -> Given:
        """Return a tensor, and its numbers where they are few."""
        shape = self.numbers(held, "Shape")
        signature = self.numbers(held, "ShapeSignature")
        if len(signature) != len(shape):
            signature = shape
        sizes = tuple(None if n < 0 else n for n in signature)
        start, size = self.buffer(held.Buffer())
        array = None
        kind = TYPES.get(held.Type())
        if 0 < size <= ARRAY_LIMIT and kind is not None:
            import numpy as np

            flat = np.frombuffer(self.data, np.uint8, size, start)
            if size == np.dtype(kind).itemsize * np.prod([1, *shape]):
                array = np.frombuffer(flat.tobytes(), kind).reshape(shape)
        fixed = tuple(max(1, n) if s is None else n for n, s in zip(shape, sizes, strict=True))
        kept = size > 0 or held.Sparsity() is not None or held.IsVariable() or 0 in shape
        return Given(self.text(held.Name()), fixed, sizes, bool(kept), array, kind or "")

    def buffer(self, i: int) -> tuple[int, int]:
        """Return where the values of a tensor begin, and how many bytes they take."""
        if not 0 <= i < max(1, self.model.BuffersLength()):
            raise ValueError("a tensor names values that are not there")
        held = self.model.Buffers(i) if self.model.BuffersLength() else None
        if held is None:
            return 0, 0
        if held.Offset() > 1:
            start, size = held.Offset(), held.Size()
        else:
            size = held.DataLength()
            start = held._tab.Vector(held._tab.Offset(4)) if size else 0
        if start + size > len(self.data):
            raise ValueError("it ends within the values of a tensor")
        return start, size

    def step(self, held: Any, codes: list[str], tensors: dict[str, Given]) -> Step:
        """Return an operator; it is called as its first output is."""
        op = codes[int(held.OpcodeIndex())]
        inputs, outputs = (self.listed(held, w, len(tensors)) for w in ("Inputs", "Outputs"))
        first = next((out for out in outputs if out), None)
        name = stem(tensors[first].name) if first is not None else ""
        return Step(op, name, tuple(inputs), tuple(outputs), self.attrs(held))

    def attrs(self, held: Any) -> dict[str, Any]:
        """Return the settings of an operator, by their names in the schema."""
        word = self.options.get(held.BuiltinOptionsType(), "NONE")
        table = held.BuiltinOptions()
        if word == "NONE" or table is None:
            return {}
        kind = getattr(self.schema, word)
        options = kind()
        options.Init(table.Bytes, table.Pos)
        if word not in self.fields:
            self.fields[word] = _fields(kind)
        return {
            name: self.numbers(options, name)
            if hasattr(kind, f"{name}Length")
            else getattr(options, name)()
            for name in self.fields[word]
        }


def _names(numbered: object) -> dict[int, str]:
    """Return the names of an enumeration by their numbers."""
    return {n: name for name, n in vars(numbered).items() if isinstance(n, int)}


def _fields(kind: object) -> list[str]:
    """Return the settings that a table of the schema has."""
    own = [name for name in vars(kind) if name[0].isupper() and name[:7] not in ("Init", "GetRoot")]
    return [name for name in own if not name.endswith(_DERIVED)]
