import re

from tests.readme import README, renewed

TEXT = README.read_text(encoding="utf-8")


def test_readme_shows_what_the_commands_print():
    assert renewed(TEXT) == TEXT


def test_readmes_network_file_is_read_and_its_library_example_runs(tmp_path, capsys):
    import rfcalc

    (file,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    path = tmp_path / "net.yaml"
    path.write_text(file)
    network = rfcalc.load(path, set={"rate": 4})
    assert network.nodes[network.output].jump == (2, 2)
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(code, {})
    assert capsys.readouterr().out.splitlines() == [
        "(204, 204) (16, 16)",
        "8836 (256, 256)",
        "2",
        "4",
        "True",
    ]


def test_readme_names_every_command():
    from rfcalc.cli import COMMANDS

    table = TEXT[TEXT.index("| command | answers |") :]
    shown = set(re.findall(r"^\| `rfcalc ([a-z-]+)", table, re.MULTILINE))
    assert shown == set(COMMANDS)
