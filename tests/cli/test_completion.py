"""Do shells complete commands, options, values, shipped networks and layers?"""

import os
import shutil
import subprocess
import sys

import pytest

from tests.cli.processes import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """A folder with the program, as an installation has it."""
    folder = tmp_path_factory.mktemp("bin")
    path = folder / "rfcalc"
    path.write_text(f"#!{sys.executable}\nfrom rfcalc.cli import main\nmain()\n")
    path.chmod(0o755)
    return folder


def ask(program, *arguments, **environment):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("_")}
    path = f"{program}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [str(program / "rfcalc"), *arguments],
        env=kept | {"PATH": path, "PYTHONPATH": str(ROOT)} | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def bash(program, *words):
    """What bash offers for the last word, by the script that it is given."""
    script = ask(program, _RFCALC_COMPLETE="source_bash").stdout
    asked = f"""{script}
COMP_WORDS=({" ".join(f"'{word}'" for word in ["rfcalc", *words])})
COMP_CWORD={len(words)}
_rfcalc_completion rfcalc
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = subprocess.run(
        ["bash", "--norc", "-c", asked],
        env=os.environ | {"PATH": f"{program}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.split()


OFFERED = [
    (["hdc"], {"hdc-check"}),
    (["analyze", "--mea"], {"--measures"}),
    (["heatmap", "--what", ""], {"mask", "paths", "erf"}),
    (["analyze", "zo"], {"zoo:resnet50", "zoo:vgg16"}),
    (["analyze", "zoo", ":"], {"resnet50", "vgg16"}),
    (["analyze", "zoo", ":", "resnet5"], {"resnet50"}),
    (["analyze", "zoo", ":", "vgg16", "--layer", "pool"], {"pool3", "pool4"}),
    (["analyze", "examples/deeplab.yaml", "--source", "tr"], {"trunk"}),
    (["analyze", "k3,k3", "--layer", "c"], {"conv1", "conv2"}),
    (["check", "zo"], {"zoo:resnet50", "zoo:vgg16"}),
    (["compare", "k3", "zo"], {"zoo:resnet50", "zoo:vgg16"}),
    (["growth", "zo"], {"zoo:resnet50", "zoo:vgg16"}),
    (["report", "zo"], {"zoo:resnet50", "zoo:vgg16"}),
    (["heatmap", "k3", "--compare", "zo"], {"zoo:resnet50", "zoo:vgg16"}),
    (["zoo", "resnet5"], {"resnet50"}),
]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(("words", "wanted"), OFFERED, ids=lambda value: " ".join(sorted(value)))
def test_bash_offers_what_can_stand_there(program, words, wanted):
    found = bash(program, *words)
    typed = words[-1].removeprefix(":")
    assert wanted <= set(found)
    assert all(word.startswith(typed) for word in found)


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(
    "words", [["analyze", ""], ["analyze", "ex"], ["analyze", "os:getcwd", "--layer", ""]]
)
def test_files_are_left_to_the_shell_and_code_is_not_run(program, words):
    assert bash(program, *words) == []


WRONG = {
    "nosuch --ver": {"--version"},
    "--version hea": {"heatmap"},
    "--timeout soon hea": {"heatmap"},
    "analyze --nosuch x --measu": {"--measures"},
    "analyze nothing.yaml --layer ": set(),
    "analyze k0 --layer ": set(),
    "analyze - --layer ": set(),
    "verify k3 --positions many --layer ": {"input", "conv1"},
}
"""Lines that have a fault before the cursor, and what can stand there all the same."""


@pytest.mark.parametrize("line", WRONG)
def test_a_fault_before_the_cursor_is_no_matter_of_completion(program, line):
    words = ["rfcalc", *line.split(" ")]
    typed = {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    done = ask(program, _RFCALC_COMPLETE="complete_bash", **typed)
    assert (done.returncode, done.stderr) == (0, "")
    assert {*done.stdout.split()} == WRONG[line]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_zsh_and_fish_ask_with_the_line_so_far(program, shell):
    for line, wanted in [("rfcalc hea", "heatmap"), ("rfcalc analyze zoo:vgg1", "vgg16")]:
        asked = {"_RFCALC_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": line}
        if shell == "fish":
            asked["_TYPER_COMPLETE_FISH_ACTION"] = "get-args"
        assert wanted in ask(program, **asked).stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_every_shell_has_its_script(program, shell):
    done = ask(program, _RFCALC_COMPLETE=f"source_{shell}")
    assert done.returncode == 0
    assert f"complete_{shell}" in done.stdout
    assert "rfcalc" in done.stdout


def test_completion_imports_no_array_library_and_no_model_reader(program):
    code = (
        "import sys, runpy\n"
        f"sys.argv = [{str(program / 'rfcalc')!r}]\n"
        "try:\n    runpy.run_path(sys.argv[0])\nexcept SystemExit:\n    pass\n"
        "print(*({'numpy', 'matplotlib', 'torch', 'onnx', 'rich'} & set(sys.modules)))"
    )
    shell = {"_RFCALC_COMPLETE": "complete_bash", "COMP_WORDS": "rfcalc\nhea", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | shell,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == ["heatmap"]


@pytest.mark.parametrize(
    "words",
    [
        {"COMP_WORDS": "rfcalc", "COMP_CWORD": "abc"},
        {"COMP_WORDS": "rfcalc\nzoo\n:", "COMP_CWORD": "7"},
        {"COMP_WORDS": "rfcalc\nanalyze", "COMP_CWORD": "-9"},
        {"COMP_WORDS": "rfcalc\n'", "COMP_CWORD": "9" * 5000},
        {},
    ],
)
def test_what_no_shell_sends_ends_quietly(program, words):
    done = ask(program, _RFCALC_COMPLETE="complete_bash", **words)
    assert done.stderr == ""
    assert done.returncode in (0, 1)
