"""How is an ONNX file made hostile field by field? Through the message's own description."""

from random import Random
from typing import Any

from tests.fuzz.mutation import LARGEST, NUMBERS

__all__ = ["mutate_message"]

TEXTS = (
    *(
        "",
        "x",
        "Conv",
        "Resize",
        "Loop",
        "If",
        "Add",
        "nothing",
        "pads",
        "kernel_shape",
        "SAME_UPPER",
    ),
    *(
        "ai.onnx",
        "com.microsoft",
        "/etc/passwd",
        "../../x",
        "a" * 3000,
        "\x1b[2J",
        "NOTSET",
        "axes",
    ),
)


def mutate_message(data: bytes, random: Random) -> bytes:
    """Return the bytes of a model after a few edits of its fields."""
    from google.protobuf.message import DecodeError
    from onnx import ModelProto

    model = ModelProto()
    try:
        model.ParseFromString(data)
    except DecodeError:
        return data[: random.randrange(len(data) + 1)]
    for _ in range(1 << random.randrange(3)):
        places = list(_messages(model))
        _edit(random.choice(places), random)
    return model.SerializeToString()[:LARGEST]


def _messages(model: Any) -> Any:
    """Yield the message and every message inside it."""
    todo = [model]
    while todo:
        message = todo.pop()
        yield message
        for field, value in message.ListFields():
            if field.message_type is not None:
                todo += list(value) if _repeated(field) else [value]


def _repeated(field: Any) -> bool:
    # Older versions of protobuf have the label alone, newer ones the property alone.
    return field.is_repeated if hasattr(field, "is_repeated") else field.label == 3


def _edit(message: Any, random: Random) -> None:
    """Change one field of a message: another value, none, doubled or moved."""
    field = random.choice(message.DESCRIPTOR.fields)
    set_ones = [one for one, _ in message.ListFields()]
    if set_ones and random.random() < 0.8:
        field = random.choice(set_ones)
    name = field.name
    held = getattr(message, name)
    if random.random() < 0.15:
        message.ClearField(name)
    elif _repeated(field):
        _edit_list(held, field, random)
    elif field.message_type is not None:
        held.SetInParent()
    else:
        setattr(message, name, _value(field, random))


def _edit_list(held: Any, field: Any, random: Random) -> None:
    at = random.randrange(len(held)) if len(held) else 0
    kind = random.randrange(4)
    if field.message_type is not None:
        if kind == 0 and len(held):
            del held[at]
        elif kind == 1 and len(held):
            held.add().CopyFrom(held[at])
        elif kind == 2 and len(held) > 1:
            one = type(held[at])()
            one.CopyFrom(held[at])
            held[at].CopyFrom(held[0])
            held[0].CopyFrom(one)
        else:
            held.add()
    elif kind == 0 and len(held):
        del held[at]
    elif kind == 1 and len(held):
        held[at] = _value(field, random)
    else:
        held.extend([_value(field, random)] * random.choice((1, 1, 2, 5)))


def _value(field: Any, random: Random) -> Any:
    """Return a value that the field can hold."""
    if field.cpp_type in (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE):
        return random.choice((0.0, -1.0, 0.5, 1e30, float("inf"), float("nan")))
    if field.type == field.TYPE_BYTES:
        return random.choice((b"", b"\xff" * 9, b"SAME_LOWER", bytes(64)))
    if field.cpp_type == field.CPPTYPE_STRING:
        return random.choice(TEXTS)
    if field.cpp_type == field.CPPTYPE_ENUM:
        return random.choice(field.enum_type.values).number
    wide = 63 if field.cpp_type in (field.CPPTYPE_INT64, field.CPPTYPE_UINT64) else 31
    low = 0 if field.cpp_type in (field.CPPTYPE_UINT32, field.CPPTYPE_UINT64) else -(1 << wide)
    return max(low, min((1 << wide) - 1, random.choice((*NUMBERS, random.randrange(9)))))
