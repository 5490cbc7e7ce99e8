"""Does --help show examples that run, every command and option, to the terminal's width?"""

import re

import pytest
import typer

from rfcalc.cli import COMMANDS, app
from rfcalc.cli.examples import EXAMPLES
from rfcalc.cli.helping import GROUPS
from tests.cli.processes import on_terminal

COST = {"analyze", "hdc-check", "compare", "check", "design", "sizes", "explain", "stream", "ops"}
"""Commands whose examples are run when they need no file; the others are parsed."""


def test_every_command_has_two_or_three_examples_and_a_group():
    assert {*EXAMPLES} == {*COMMANDS}
    assert {len(lines) for lines in EXAMPLES.values()} <= {2, 3}
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_example_is_a_line_that_the_command_takes(run, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    group = typer.main.get_command(app)
    for line in EXAMPLES[command]:
        program, name, *words = line.split()
        assert (program, name) == ("rfcalc", command)
        found = group.get_command(None, command)
        # It reads the words, and refuses an option that is not there.
        found.make_context(command, list(words))
        with pytest.raises(Exception, match="No such option"):
            found.make_context(command, [*words, "--nonesuch"])
        plain = all(re.match(r"k\d|\d|-|R|g|pool|torch$", word) for word in words)
        if command in COST and plain:
            assert run(command, *words)[0] in (0, 1), line


@pytest.mark.parametrize("columns", [80, 132])
@pytest.mark.parametrize("command", ["", "heatmap", "check"])
def test_help_is_as_wide_as_the_terminal_and_in_colour_there(command, columns):
    shown = on_terminal(columns, *command.split(), "--help")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert plain != shown
    widths = [len(line) for line in plain.splitlines()]
    assert max(widths) <= columns
    assert max(widths) > 64 + (columns - 80) // 2


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_stands_in_help_once(run, command):
    out = run(command, "--help")[1]
    assert "\x1b" not in out
    found = typer.main.get_command(app).get_command(None, command)
    for param in found.params:
        name = max(param.opts, key=len)
        if name.startswith("-"):
            assert len(re.findall(rf"(?m)^  (?:-\w, )?{name}(?: |$)", out)) == 1, name
    for line in EXAMPLES[command]:
        assert f"\n  {line}\n" in out
