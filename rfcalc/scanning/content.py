"""Is a YAML or JSON file a network, a Keras configuration or something else? A cheap look says."""

import re
from functools import cache

from rfcalc.layers import ALIASES, LAYERS
from rfcalc.spec import TOP_LEVEL
from rfcalc.spec.words import CONSTRUCTS

__all__ = ["LOOK", "is_network"]

LOOK = 1 << 20
"""Bytes of a file that are looked at."""
_KEYS = {key.encode() for key in (*TOP_LEVEL, "$schema")}
_TOP = re.compile(rb"""(?m)^["']?([^\s#"':-][^\s"':]*)["']?[ \t]*:(?=\s|$)""")
_FLOW = re.compile(rb"""["']?layers["']?\s*:\s*\[""")
_LISTED = re.compile(rb"(?m)^-[ \t]")
_KERAS = re.compile(rb'"class_name"\s*:.*"config"\s*:|"config"\s*:.*"class_name"\s*:', re.DOTALL)


def is_network(head: bytes) -> bool:
    r"""Whether a text is meant as a network, by its first bytes; faults in it do not matter.

    A network has ``layers`` and at the top no key of anything else; beside such a key, or as a
    bare list, it has a word of the network file among its entries. What is cut short or misspelt
    is a network still, and is refused.

    Examples
    --------
    >>> is_network(b"layers:\n- {kernel: 3}\n"), is_network(b"services:\n  web: {image: x}\n")
    (True, False)
    """
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _KERAS.search(text):
        return True
    begins = text.lstrip()[:1]
    if begins == b"{":
        flow = _FLOW.search(text)
        return flow is not None and _word().search(text, flow.end()) is not None
    keys = set(_TOP.findall(text))
    if b"layers" in keys:
        return keys <= _KEYS or _word().search(text) is not None
    listed = not keys and (begins == b"[" or _LISTED.search(text) is not None)
    return listed and _word().search(text) is not None


@cache
def _word() -> re.Pattern[bytes]:
    """Return what finds an op, a construct or a parameter of a window, as key or as entry."""
    words = {*LAYERS, *ALIASES, *CONSTRUCTS, "op", "kernel", "stride", "dilation", "repeat"}
    either = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(rf"""(?m)(?:^|[-\s{{\[,"'])(?:{either})["']?\s*(?:[:,\]}}]|$)""".encode())
