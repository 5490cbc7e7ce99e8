"""How does a sentence about Python read on the command line? With flags and commands in it.

Below the command line a sentence names what a caller of the library types, between backticks: a
parameter as ``input=``, an argument as ``input=(H, W)``, a function as ``rfcalc.fix`` or
``rfcalc.fix(NET, rf=400)``. Here alone that becomes ``--input``, ``--input H,W``, ``rfcalc fix``
and ``rfcalc fix NET --rf 400``. What else stands between backticks stays as it is.
"""

import ast
import re
from collections.abc import Callable
from shlex import quote
from typing import TypeVar, cast

import msgspec

from rfcalc.errors import RfcalcError

__all__ = ["translate", "translate_all", "translate_fault", "translate_page"]

T = TypeVar("T")

_NAMED = re.compile(
    r"`(?:rfcalc\.(?P<function>[a-z_]+)(?:\((?P<given>[^`]*)\))?|(?P<arguments>[a-z]\w*=[^`]*))`"
)
_CODE = re.compile(r"(<(?:script|style)\b.*?</(?:script|style)>)", re.DOTALL)
_SHORT = {"out": "-o"}
"""Parameters whose flag is not their name."""


def translate(text: str, mark: str = "") -> str:
    """Return a sentence with what a user types in place of what a Python caller writes.

    Parameters
    ----------
    mark : what stands on both sides of what is typed.

    Examples
    --------
    >>> translate("give it: `input=(H, W)`, or omit `ignore_global=True`")
    'give it: --input H,W, or omit --ignore-global'
    >>> translate("an earlier `layer=`; or `rfcalc.hdc_check('1,2', kernel=3)`")
    'an earlier --layer; or rfcalc hdc-check 1,2 --kernel 3'
    """
    if "`" not in text:
        return text
    return _NAMED.sub(lambda found: mark + (_words(found) or found[0].strip("`")) + mark, text)


def translate_all(value: T) -> T:
    """Return a value with every text in it as ``translate`` has it; one without is handed back."""
    return cast("T", _translated(value))


def _translated(value: object) -> object:
    if isinstance(value, str):
        return translate(value)
    if isinstance(value, dict):
        return {key: _translated(held) for key, held in cast("dict[object, object]", value).items()}
    if isinstance(value, list):
        return [_translated(held) for held in cast("list[object]", value)]
    if isinstance(value, tuple):
        held = cast("tuple[object, ...]", value)
        found = [_translated(one) for one in held]
        if all(new is old for new, old in zip(found, held, strict=True)):
            return held
        return (
            cast("Callable[..., object]", type(held))(*found)
            if hasattr(held, "_fields")
            else tuple(found)
        )
    if isinstance(value, msgspec.Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        new = {name: _translated(held) for name, held in fields.items()}
        changed = {name: held for name, held in new.items() if held is not fields[name]}
        return msgspec.structs.replace(value, **changed) if changed else value
    return value


def translate_page(text: str) -> str:
    """Return an HTML page whose sentences name flags; scripts and styles stay as they are."""
    from html import escape, unescape

    parts = _CODE.split(text)
    parts[::2] = [
        _NAMED.sub(lambda m: escape(translate(unescape(m[0]))), one) for one in parts[::2]
    ]
    return "".join(parts)


def translate_fault(fault: RfcalcError) -> None:
    """Let the diagnostics of an error name flags."""
    fault.diagnostics = translate_all(fault.diagnostics)
    fault.args = ("\n".join(map(str, fault.diagnostics)),)


def _words(found: re.Match[str]) -> str:
    """Return what is typed in place of a parameter or a function, empty where nothing is."""
    arguments = found["arguments"]
    if arguments is not None and arguments.endswith("="):
        return _flag(arguments[:-1])
    try:
        call = ast.parse(f"f({arguments or found['given'] or ''})", mode="eval").body
    except SyntaxError:
        return ""
    assert isinstance(call, ast.Call)
    words = [] if arguments is not None else ["rfcalc", found["function"].replace("_", "-")]
    words += [_value(one) for one in call.args]
    for one in call.keywords:
        words += [_flag(one.arg or ""), _value(one.value)]
    return " ".join(word for word in words if word)


def _flag(name: str) -> str:
    return _SHORT.get(name, f"--{name.replace('_', '-')}")


def _value(node: ast.expr) -> str:
    """Return the words of an argument: none for ``True``, which its flag alone says, and ``...``.

    >>> [_value(ast.parse(text, mode="eval").body) for text in ("(1, 3)", "'a b'", "NAME", "True")]
    ['1,3', "'a b'", 'NAME', '']
    """
    if isinstance(node, ast.Tuple | ast.List):
        return ",".join(map(_value, node.elts))
    if isinstance(node, ast.Dict):
        import json

        return quote(json.dumps(ast.literal_eval(node)))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return quote(node.value)
    if isinstance(node, ast.Constant) and (node.value is True or node.value is ...):
        return ""
    return ast.unparse(node)
