import re

from tests.readme import README, renewed

TEXT = README.read_text(encoding="utf-8")


def test_readme_shows_what_the_commands_print():
    assert renewed(TEXT) == TEXT


def test_readmes_network_file_is_read(tmp_path):
    import rfcalc

    (file,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    path = tmp_path / "net.yaml"
    path.write_text(file)
    network = rfcalc.load(path, set={"rate": 4})
    assert network.nodes[network.output].jump == (2, 2)


def test_readmes_library_example_prints_what_stands_beside_it(tmp_path, capsys, monkeypatch):
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    told = [re.split("[,:] in ", line)[0] for line in re.findall(r"print\(.*\)  # (.*)", code)]
    assert capsys.readouterr().out.splitlines() == told
    assert len(told) == code.count("print(") == 6
    assert (tmp_path / "mask.png").read_bytes()[:4] == b"\x89PNG"


def test_readme_names_every_public_function():
    import rfcalc

    library = TEXT[TEXT.index("| functions | for |") : TEXT.index("## Why it is right")]
    names = set(re.findall(r"`([a-z_]+)`", library))
    public = {name for name in rfcalc.__all__ if name.islower() and not name.startswith("_")}
    assert public <= names


def test_readme_names_every_command():
    from rfcalc.cli import COMMANDS

    table = TEXT[TEXT.index("| command | answers |") :]
    shown = set(re.findall(r"^\| `rfcalc ([a-z-]+)", table, re.MULTILINE))
    assert shown == set(COMMANDS)
