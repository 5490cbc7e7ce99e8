"""Does a file hold what its suffix says, or is it refused, whatever the command?"""

import json
import shutil
import subprocess

import pytest

from rfcalc.cli import COMMANDS
from rfcalc.render.latex import _cell

RESULTS = {
    "analyze": "analyze k3,k3d2",
    "hdc-check": "hdc-check 1,2,9",
    "verify": "verify k3 --input 6,6",
    "compare": "compare k3 k5",
    "where": "where k3",
    "erf": "erf k3",
    "tile": "tile k3 --tile 8 --input 32,32",
    "stream": "stream k3 --input 9",
    "sizes": "sizes k3",
    "fit": "fit k3 --sizes 3,9",
    "ops": "ops onnx pool",
    "design": "design --rf 7",
    "explain": "explain RF102",
    "zoo": "zoo unet",
}
"""A line of each command that prints tables."""
OWN = {
    "check": ("check k3 --no-holes --no-config", {".json", ".sarif", ".xml"}),
    "graph": ("graph k3", {".dot", ".gv", ".mmd", ".mermaid"}),
    "heatmap": ("heatmap k3", {".png", ".svg", ".pdf"}),
    "growth": ("growth k3", {".png", ".svg", ".pdf"}),
    "report": ("report k3", {".html", ".htm"}),
    "export": ("export k3", {".npy", ".npz", ".csv", ".json"}),
    "convert": ("convert k3", {".yaml", ".yml"}),
    "fix": ("fix k3d2,k3d2", {".yaml", ".yml"}),
    "schema": ("schema", {".json"}),
    "scan": ("scan nets.txt -j 1", {".jsonl", ".ndjson"}),
}
"""A line of each other command, and suffixes that it writes."""
LINES = {**RESULTS, **{name: line for name, (line, _) in OWN.items()}}
FORMATS = {".json": "json", ".csv": "csv", ".md": "markdown", ".tex": "latex"}
PLAIN = ("", ".txt", ".log")


@pytest.fixture(autouse=True)
def _inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nets.txt").write_text("zoo:srcnn\n")


def test_every_command_is_among_those_tried():
    assert {*LINES} == {*COMMANDS}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("suffix", [".bmp", ".PNG7", ".j"])
def test_a_suffix_that_no_command_writes_is_refused_before_any_work(run, tmp_path, command, suffix):
    _, *words = LINES[command].split()
    # Of what would be read nothing is there.
    words = ["none.yaml" if word.startswith(("k3", "nets")) else word for word in words]
    words = ["k3d2" if command == "fix" and word == "none.yaml" else word for word in words]
    status, out, err = run(command, *words, "-o", f"out{suffix}")
    assert (status, out) == (2, "")
    assert err.startswith("RF408"), err
    assert [path.name for path in tmp_path.iterdir()] == ["nets.txt"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_tells_what_it_wrote_unless_it_is_to_be_quiet(run, tmp_path, command):
    suffix = sorted(OWN[command][1])[0] if command in OWN else ".json"
    words, path = LINES[command].split(), f"out{suffix}"
    status, _, err = run(*words, "-o", path)
    assert status in (0, 1), err
    assert (tmp_path / path).stat().st_size
    assert f"wrote {path}" in err.splitlines()[-1], err
    assert run(*words, "-o", path, "-q")[2] == ""


@pytest.mark.parametrize("command", RESULTS)
def test_a_file_holds_what_its_suffix_says(run, tmp_path, command):
    words = RESULTS[command].split()
    for suffix, format in FORMATS.items():
        shown = run(*words, "-f", format)[1]
        for more in ([], ["-f", format]):
            path = tmp_path / f"out{suffix.upper() if more else suffix}"
            run(*words, "-o", path, *more)
            assert path.read_text() == shown
        assert (r"\begin{tabular}" in shown or shown.startswith("%")) == (format == "latex")
    for suffix in PLAIN:
        run(*words, "-o", tmp_path / f"plain{suffix}", "-f", "json")
        json.loads((tmp_path / f"plain{suffix}").read_text())
        run(*words, "-o", tmp_path / f"table{suffix}")
        assert (tmp_path / f"table{suffix}").read_text() == (tmp_path / "table").read_text()


@pytest.mark.parametrize("command", [*RESULTS, "check", "graph"])
def test_a_format_beside_a_suffix_of_another_is_refused_and_the_way_out_works(
    run, tmp_path, command
):
    words = LINES[command].split()
    typed, suffix, way = {
        "check": ("github", ".sarif", ".txt"),
        "graph": ("dot", ".svg", ".dot"),
    }.get(command, ("csv", ".json", ".csv"))
    status, out, err = run(*words, "-f", typed, "-o", f"out{suffix}")
    assert (status, out) == (2, "")
    assert err.startswith(f"RF408 --format is {typed}, and the suffix of 'out{suffix}' says ")
    assert err.endswith(f"write to out{way}\n")
    assert run(*words, "-f", typed, "-o", f"out{way}")[0] in (0, 1)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["nets.txt", f"out{way}"]


def test_a_file_of_a_network_is_yaml_or_the_json_that_it_was(run, tmp_path):
    layers = [{"kernel": 3, "dilation": d, "padding": d} for d in (2, 2, 2)]
    (tmp_path / "net.json").write_text(json.dumps({"layers": layers}))
    (tmp_path / "net.yaml").write_text("layers: [{kernel: 3, dilation: 2}]\n")
    assert run("fix", "net.yaml", "-o", "a.json")[2].startswith("RF408")
    assert run("fix", "net.json", "-o", "a.json")[0] == 0
    assert json.loads((tmp_path / "a.json").read_text())["layers"]
    assert run("zoo", "-o", "a.yaml")[2].startswith("RF408")
    assert run("zoo", "unet", "-o", "a.yaml")[0] == 0
    assert run("analyze", "a.yaml", "-q")[0] == 0
    axes = ["tile", "k3,k3", "--input", "64,64"]
    assert run(*axes, "--tile", "64", "-o", "b.yaml")[2].startswith("RF408")
    assert run(*axes, "--bioimageio", "-o", "b.yaml")[0] == 0


def test_every_sign_of_a_name_is_set_in_latex_as_it_stands(run, tmp_path):
    name = "[a]_b&c%d$e#f{g}~h^i\\\\j"
    (tmp_path / "net.yaml").write_text(f'layers: [{{kernel: 3, name: "{name}"}}]\n')
    out = run("analyze", "net.yaml", "-f", "latex")[1]
    row = next(line for line in out.splitlines() if line.startswith("{[}a]"))
    assert row.startswith(
        r"{[}a]\_b\&c\%d\$e\#f\{g\}\textasciitilde{}h\textasciicircum{}i\textbackslash{}j & conv &"
    )
    assert out.count(r"\begin{tabular}") == out.count(r"\bottomrule") == out.count(r"\toprule")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="it needs LaTeX")
def test_latex_sets_every_sign_of_ascii_in_its_own_fonts(run, tmp_path):
    """Behind a space too, a bracket is no option of the line break before it."""
    signs = "".join(map(chr, range(32, 127)))
    names = [" [1] a", "[2pt]", "*", " *b", signs, "a--b", *(f"a{sign}" for sign in signs.strip())]
    layers = [{"kernel": 3, "name": name} for name in names]
    (tmp_path / "net.json").write_text(json.dumps({"layers": layers}))
    table = run("analyze", "net.json", "-f", "latex")[1]
    page = "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n"
    (tmp_path / "a.tex").write_text(f"{page}{table}\\end{{document}}\n")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]


@pytest.mark.parametrize(
    ("name", "set_as"),
    [(" [1]", "{[}1]"), ("a---b", "a-{}-{}-b"), ('"a"', r"\char34{}a\char34{}")],
)
def test_what_latex_would_read_in_a_name_is_broken_up(name, set_as):
    assert _cell(name) == set_as
