"""What did a user mean whose first guess is no command, option or format, but nearly one?"""

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

__all__ = [
    "hint_for_extra",
    "hint_for_format",
    "hint_for_option",
    "line_for",
    "meant",
    "uncoloured",
]

_MEANT = {"rf": "analyze", "hdc": "hdc-check", "analyse": "analyze"}
"""Words that are taken for a command."""
_NEAR = {
    **dict.fromkeys(("summary", "info", "show", "table", "layers", "inspect"), "analyze"),
    **dict.fromkeys(("draw", "plot", "mask", "image", "picture", "visualize"), "heatmap"),
    **dict.fromkeys(("html", "page"), "report"),
    **dict.fromkeys(("diff", "vs"), "compare"),
    **dict.fromkeys(("lint", "test", "gate", "ci", "assert"), "check"),
    **dict.fromkeys(("repair", "degrid"), "fix"),
    **dict.fromkeys(("import", "load"), "convert"),
    **dict.fromkeys(("models", "networks"), "zoo"),
    **dict.fromkeys(("halo", "tiles", "tiling", "overlap"), "tile"),
    **dict.fromkeys(("latency", "streaming", "buffer", "buffers"), "stream"),
    **dict.fromkeys(("suggest", "search"), "design"),
    **dict.fromkeys(("operators", "layers-list"), "ops"),
    **dict.fromkeys(("code", "error", "codes"), "explain"),
    **dict.fromkeys(("prove", "run", "backend"), "verify"),
    **dict.fromkeys(("dot", "mermaid"), "graph"),
    **dict.fromkeys(("save", "npy"), "export"),
    **dict.fromkeys(("derive", "derivation", "formula"), "analyze --derive"),
    **dict.fromkeys(("calculator", "calculate", "calc", "compute"), "analyze --derive"),
    **dict.fromkeys(("animate", "animation", "gif"), "heatmap NET -o field.gif"),
    **dict.fromkeys(("receptive-field", "field", "gridding", "stages"), "analyze"),
    **dict.fromkeys(("dilation", "dilations", "schedule", "rates", "check-hdc"), "hdc-check"),
    **dict.fromkeys(("list", "architectures", "examples"), "zoo"),
    **dict.fromkeys(("web", "site", "gui", "serve"), "report"),
    **dict.fromkeys(("new", "init", "template"), "convert k3,k3d2 -o net.yaml"),
    **dict.fromkeys(("effective", "gradient", "gradients"), "erf"),
    **dict.fromkeys(("causal", "lookahead", "look-ahead"), "stream"),
    **dict.fromkeys(("anchors", "objects", "coverage"), "fit"),
    **dict.fromkeys(("center", "centre", "pixel", "cell"), "where"),
    **dict.fromkeys(("flops", "macs", "params", "parameters", "cost"), "analyze"),
}
"""Words that are near a command, which is named and not run."""
_FORMATS = {"md": "markdown", "tex": "latex", "text": "table", "txt": "table"}
_FLAGS = {"json", "csv", "markdown", "md", "latex", "tex", "table", "mermaid", "dot", "sarif"}
_OPTIONS = {
    **dict.fromkeys(
        ("--input-size", "--input-shape", "--shape", "--image-size", "--image"), "--input"
    ),
    **dict.fromkeys(("--out", "--outfile", "--output-file", "--save", "--file"), "-o FILE"),
    **dict.fromkeys(("--node", "--target", "--module"), "--layer"),
    **dict.fromkeys(("--var", "--param"), "--set"),
    **dict.fromkeys(("--dilation", "--dilations"), "a chain, as in k3,k3d2,k3d5"),
    **dict.fromkeys(("--silent",), "--quiet"),
    **dict.fromkeys(("--position", "--pixel", "--pos"), "--at"),
    **dict.fromkeys(("--width", "--figsize"), "--size INCHES"),
    **dict.fromkeys(("--no-title", "--no-legend", "--paper", "--minimal"), "--bare"),
    **dict.fromkeys(("--chunk", "--chunk-size", "--hop", "--block", "--step"), "--frame"),
    **dict.fromkeys(("--fs", "--sr", "--hz", "--sample-rate", "--sampling-rate"), "--rate"),
    **dict.fromkeys(("--vram", "--memory", "--max-memory", "--budget"), "--max-pixels"),
    **dict.fromkeys(("--steps", "--explain", "--why", "--formula"), "--derive"),
    **dict.fromkeys(("--draw", "--plot", "--ascii"), "--show"),
    **dict.fromkeys(("--verbose", "--full"), "--all"),
    **dict.fromkeys(("--size", "--img-size", "--imgsz", "--resolution", "-i"), "--input"),
    **dict.fromkeys(("--1d", "--2d", "--3d", "--ndim", "-d"), "--dims N"),
    **dict.fromkeys(("-O", "--to", "--dest"), "-o FILE"),
    **dict.fromkeys(("-l", "-n"), "--layer"),
    **dict.fromkeys(("-j",), "--format json"),
    **dict.fromkeys(("-k", "--kernel", "--kernel-size"), "a chain, as in k3,k3d2,k3d5"),
}
_SAID = {
    **dict.fromkeys(
        ("--overlap", "--pad", "--margin", "--monai", "--nnunet", "--dask"),
        ("--halo", "the answer has the overlap in the words of tools; --halo tries another"),
    ),
    **dict.fromkeys(
        ("--config", "--ignore"),
        ("--no-config", "pyproject.toml says it, in [tool.rfcalc]: docs/how-to/ci.md"),
    ),
    **dict.fromkeys(
        ("--strict", "--fail-on", "--fail", "--error-on", "--werror"),
        ("--no-gridding", "each gate is an option: --no-gridding, --no-holes, --hdc, --min-rf N"),
    ),
    **dict.fromkeys(
        ("--verbose", "--debug"),
        (
            "--quiet",
            "all is printed unless --quiet is given; --format json has what tables omit",
        ),
    ),
    **dict.fromkeys(
        ("--color", "--colour"),
        ("--quiet", "colour goes by the terminal; --no-color leaves it away"),
    ),
    "--causal": ("--frame", "a layer says it: k3pcausal in a chain, padding: causal in a file"),
}
"""What to say of an option that no option replaces, in a command that has another one."""
_PICTURES = {"pdf", "png", "svg", "gif", "apng", "eps", "pgf", "html"}
"""Formats that the suffix of a file says, not an option."""


def line_for(words: Sequence[str], known: Collection[str]) -> tuple[list[str], str]:
    """Return the words that a line stands for whose first is no command, or none and a hint.

    A network alone is for ``analyze``.

    >>> line_for(["HDC_check", "1,2"], ["hdc-check"]), line_for(["plot"], ["heatmap"])
    ((['hdc-check', '1,2'], ''), ([], "did you mean 'heatmap'?"))
    """
    from rfcalc.loading import is_network

    word, *rest = words
    plain = word.lower().replace("_", "-")
    command = _MEANT.get(plain, plain)
    if command in known:
        return [command, *rest], ""
    if plain == "version":
        return ["--version"], ""
    if plain == "help":
        return [*rest[:1], "--help"], ""
    if is_network(word):
        return ["analyze", *words], ""
    if plain in _NEAR:
        return [], f"did you mean '{_NEAR[plain]}'?"
    if "," in word and word.strip("[]() ").replace(",", "").replace(" ", "").isdigit():
        return [], f"did you mean 'rfcalc hdc-check {word}'?"
    from rfcalc.spelling import nearest

    return [], nearest(word, list(known))


def uncoloured(words: Sequence[str]) -> list[str]:
    """Return the words without the wish for no colour, which is granted."""
    wishes = ("--no-color", "--no-colour", "--color=never")
    if any(word in wishes for word in words):
        os.environ["NO_COLOR"] = "1"
    return [word for word in words if word not in wishes]


def meant(words: Sequence[str], formats: Collection[str], options: Collection[str]) -> list[str]:
    """Return the words of a command line with other spellings of what the command knows.

    Parameters
    ----------
    formats : the choices of ``--format``, none without it.
    options : the long names of the command's options.

    >>> meant(["k3", "--json", "-f", "md"], ["json", "markdown"], ["--format"])
    ['k3', '--format', 'json', '-f', 'markdown']
    """
    found: list[str] = []
    words = uncoloured(words)
    for number, word in enumerate(words):
        if word == "--":
            return [*found, *words[number:]]
        flag, sign, value = word.partition("=")
        if flag[:2] == "--" and flag not in options and _format(flag[2:], formats):
            found += ["--format", _format(flag[2:], formats)]
        elif found and found[-1] in ("-f", "--format"):
            found.append(_format(word, formats) or word)
        elif flag == "--format" and sign:
            found.append(f"{flag}={_format(value, formats) or value}")
        elif flag[:2] == "--" and flag not in options and _dashed(flag) in options:
            found.append(f"{_dashed(flag)}{sign}{value}")
        else:
            found.append(word)
    return found


def hint_for_option(option: str, options: Mapping[str, str]) -> str:
    """Return what to say of an option that a command does not have.

    >>> hint_for_option("--input-size", {"--input": "H,W"})
    'did you mean --input?'
    """
    said = _OPTIONS.get(_dashed(option), "")
    if said and (said.split()[0] in options or not said.startswith("-")):
        return f"did you mean {said}?"
    beside, text = _SAID.get(_dashed(option), ("", ""))
    if beside in options:
        return text
    if option[2:] in _PICTURES or option == "--format":
        return "the suffix says the format: -o FILE.pdf" if "-o" in options else ""
    if option[2:] in _FLAGS:
        return "the command has no such format"
    from rfcalc.spelling import nearest

    long = [name for name in options if name.startswith("--")]
    return nearest(option, long) if option.startswith("--") else ""


def hint_for_format(word: str) -> str:
    """Return what writes a format that a command does not have.

    >>> hint_for_format("html")
    'another command writes it: rfcalc report NET -o FILE.html'
    """
    command = {"html": "report", "yaml": "convert", "yml": "convert", "npy": "export"}.get(word)
    command = "heatmap" if word in _PICTURES - {"html"} else command
    return f"another command writes it: rfcalc {command} NET -o FILE.{word}" if command else ""


def hint_for_extra(
    extra: Sequence[str], options: Collection[str], words: Sequence[str] = ()
) -> str:
    """Return what to say of words that a command has no place for.

    Parameters
    ----------
    words : all words of the command line.


    >>> hint_for_extra(["out.png"], ["-o"]), hint_for_extra(["k3,k3d2"], ["-o"])
    ('to write a file: -o out.png', 'for several networks: rfcalc compare NET NET')
    """
    from rfcalc.loading import is_network

    first = extra[0]
    plain = [word for word in words if not word.startswith("-")]
    if len(plain) > 2 and all(word.isdigit() for word in plain) and "--dims" in options:
        return f"dilations are judged by: rfcalc hdc-check {','.join(plain)}"
    if plain and plain[0] in ("show", "get", "print", "list", "ls", "info", "search"):
        return f"omit '{plain[0]}': {' '.join(extra)} alone will do"
    if first[:1] in "kd" and first[1:2].isdigit() and "," not in first:
        return "a chain has commas and no spaces: k3,k3d2"
    if Path(first).suffix and not is_network(first) and "-o" in options:
        return f"to write a file: -o {first}"
    if first.isdigit() and "--per-level" in options:
        return f"layers and field are options: --layers N --rf {first}"
    if is_network(first):
        return "for several networks: rfcalc compare NET NET"
    if first.strip(",x").isdigit() and "--input" in options:
        return f"the input size is an option: --input {','.join(extra)}"
    return ""


def _format(word: str, formats: Collection[str]) -> str:
    """Return the format that a word stands for, empty when there is none."""
    plain = _FORMATS.get(word.lower(), word.lower())
    return plain if plain in formats else ""


def _dashed(option: str) -> str:
    return option.replace("_", "-")
