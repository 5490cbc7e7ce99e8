"""How is the YAML library imported? Without what its reader in Python compiles, and is not used."""

import re
import sys
from functools import cached_property
from typing import Any

__all__ = ["yaml"]


class _Late:
    """A regular expression that is compiled when it is asked for anything."""

    def __init__(self, pattern: str, compiled: Any) -> None:
        self._pattern = pattern
        self._compile = compiled

    @cached_property
    def _whole(self) -> Any:
        return self._compile(self._pattern)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)


def _postpone() -> Any:
    """Import PyYAML, the set of all characters of Unicode that its reader takes left for later.

    Compiling that set is a quarter of all that ``rfcalc analyze`` does beyond importing typer,
    and network files are read by the parser in C, which has no use for it.
    """
    compiled: Any = re.compile

    def compile_small(pattern: Any, flags: Any = 0) -> Any:
        large = isinstance(pattern, str) and "\ud7ff" in pattern and not flags
        return _Late(pattern, compiled) if large else compiled(pattern, flags)

    re.compile = compile_small  # pyright: ignore[reportAttributeAccessIssue]
    try:
        import yaml
    finally:
        re.compile = compiled
    return yaml


if "yaml" not in sys.modules:
    _postpone()

import yaml  # noqa: E402
