"""How is a call of PyTorch's operators written down as a program? One call after another.

``Tape`` stands in for ``torch.ops.aten``: it runs what is called and notes it, also operators that
PyTorch takes apart before it exports or records.
"""

import pytest

from rfcalc.importers.torch.program import Call, Program, Ref

torch = pytest.importorskip("torch")


class Tape:
    """The calls of a function of ``x``; operators are noted by their ``names``, if others."""

    def __init__(self, x, names):
        self._names = names
        self.x, self.calls, self.shapes, self._held = x, [], {"x": tuple(x.shape)}, [(x, "x")]
        self._constants = {}

    def __getattr__(self, name):
        def called(*args, **kwargs):
            return self._note(name, args, kwargs)

        return called

    def program(self, output):
        """Return the calls as a program that gives the output."""
        name = self._name(output)
        numbers = {key: value.numpy() for key, value in self._constants.items()}
        return Program("made", ("x",), (name,), tuple(self.calls), self.shapes, ("",), numbers)

    def _note(self, name, args, kwargs):
        packet = getattr(torch.ops.aten, name)
        overload = torch._C._jit_resolve_packet(f"aten::{name}", *args, **kwargs)
        schema = getattr(packet, overload or "default")._schema
        given = {a.name: value for a, value in zip(schema.arguments, args, strict=False)} | kwargs
        held = {key: self._plain(value) for key, value in given.items()}
        if name == "as_strided":
            held["strides"] = list(given["self"].stride())
        done = packet(*args, **kwargs)
        several = isinstance(done, tuple | list)
        outputs = []
        for i, one in enumerate(done if several else [done]):
            outputs.append(f"{name}{len(self.calls)}" + (f".{i}" if several else ""))
            if isinstance(one, torch.Tensor):
                self._keep(one, outputs[-1])
        target = self._names.get(f"aten.{name}", f"aten.{name}")
        self.calls.append(Call(target, overload, False, held, tuple(outputs), (), None))
        return done

    def _keep(self, tensor, name):
        self._held.append((tensor, name))
        self.shapes[name] = tuple(tensor.shape)

    def _name(self, tensor):
        for one, name in reversed(self._held):
            if one is tensor:
                return name
        name = f"c{len(self._held)}"
        self._keep(tensor, name)
        self._constants[name] = tensor
        return name

    def _plain(self, value):
        if isinstance(value, torch.Tensor):
            return Ref(self._name(value))
        if isinstance(value, list | tuple):
            return [self._plain(one) for one in value]
        return value if isinstance(value, bool | int | float | str | None) else str(value)
