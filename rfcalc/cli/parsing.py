"""How are the words of a command read? Near guesses as what they mean, faults with a hint."""

import re
from typing import Any

import typer
from typer.core import TyperCommand

from rfcalc.cli.coercion import choices, plain
from rfcalc.shown import visible

__all__ = ["Command", "add_hint"]

_FORMAT = re.compile(r"'(\w+)' is not one of 'table'")
_VALUE = re.compile(r"'(.+)' is not a valid")
_CHOICE = re.compile(r"'([^']*)' is not one of (.+)")
_EXTRA = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)")


def add_hint(fault: Any, hint: str) -> None:
    """Put a hint below the message of a fault of usage."""
    fault.message = f"{visible(str(fault.message))}\n  = help: {hint}"
    fault.possibilities = None


class Command(TyperCommand):
    """A command that knows other spellings, and answers a fault with what would do."""

    def make_context(
        self, info_name: Any, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Return the context; a reader of help who has gone changes nothing."""
        from rfcalc.cli.output import to_reader

        with to_reader():
            return super().make_context(info_name, args, parent, **extra)
        raise typer.Exit

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of the command line.

        Raises
        ------
        UsageError
            As the library does, with a hint after it.
        """
        from rfcalc.cli.guesses import meant

        if ctx.resilient_parsing:
            return super().parse_args(ctx, args)
        names = [name for param in self.params for name in param.opts]
        formats = next((choices(param) for param in self.params if param.name == "format"), ())
        try:
            return super().parse_args(ctx, meant(args, formats, names))
        except Exception as fault:
            hint = self._hint(fault, names, args)
            if hint:
                add_hint(fault, hint)
            raise

    def get_params(self, ctx: Any) -> list[Any]:
        return plain(super().get_params(ctx))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the words of the usage line, a required one as it is."""
        pieces = super().collect_usage_pieces(ctx)
        return [piece.replace("{", "").replace("}", "") for piece in pieces]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write examples before the options, and those in groups."""
        from rfcalc.cli.helping import command_help

        command_help(self, ctx, formatter)

    def _hint(self, fault: Exception, names: list[str], words: list[str]) -> str:
        """Return what to say after a fault of usage, often nothing."""
        from rfcalc.cli.guesses import (
            hint_for_extra,
            hint_for_format,
            hint_for_option,
            hint_for_value,
        )

        option = getattr(fault, "option_name", None)
        message = str(getattr(fault, "message", ""))
        if message.startswith("No such option"):
            return hint_for_option(str(option), dict.fromkeys(names, ""), words)
        if type(fault).__name__ == "MissingParameter":
            from rfcalc.cli.examples import EXAMPLES

            return f"as in {EXAMPLES[str(self.name)][0]}"
        if wanted := _FORMAT.match(message):
            return hint_for_format(wanted[1])
        option = max(getattr(getattr(fault, "param", None), "opts", ()), key=len, default="")
        if value := _VALUE.match(message):
            return hint_for_value(option, value[1])
        if choice := _CHOICE.match(message):
            return hint_for_value(option, choice[1], re.findall(r"'([^']*)'", choice[2]))
        extra = _EXTRA.fullmatch(message)
        return hint_for_extra(extra[1].split(), names, words) if extra else ""
