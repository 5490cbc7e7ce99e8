"""What did a user mean whose first guess is no command, option or format, but nearly one?"""

import os
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path

from rfcalc.cli.synonyms import CHOICES, FLAGS, FORMATS, MEANT, NEAR, OPTIONS, PICTURES, SAID

__all__ = [
    "hint_for_extra",
    "hint_for_format",
    "hint_for_option",
    "hint_for_value",
    "line_for",
    "meant",
    "uncoloured",
]


def line_for(words: Sequence[str], known: Collection[str]) -> tuple[list[str], str]:
    """Return the words that a line stands for whose first is no command, or none and a hint.

    A network alone is for ``analyze``.

    >>> line_for(["HDC_check", "1,2"], ["hdc-check"]), line_for(["plot"], ["heatmap"])
    ((['hdc-check', '1,2'], ''), ([], "did you mean 'heatmap'?"))
    """
    from rfcalc.loading import is_network

    word, *rest = words
    plain = word.lower().replace("_", "-")
    command = MEANT.get(plain, plain)
    if command in known:
        return [command, *rest], ""
    if plain == "version":
        return ["--version"], ""
    if plain == "help":
        return [*rest[:1], "--help"], ""
    if is_network(word):
        return ["analyze", *words], ""
    if plain in NEAR:
        return [], f"did you mean '{NEAR[plain]}'?"
    if plain in ("rfcalc", "python", "python3") and rest:
        return [], f"rfcalc stands once: rfcalc {' '.join(rest)}"
    if _numbers(words):
        return [], f"did you mean 'rfcalc hdc-check {','.join(words)}'?"
    if "," in word and word.strip("[]() ").replace(",", "").replace(" ", "").isdigit():
        return [], f"did you mean 'rfcalc hdc-check {word}'?"
    from rfcalc.loading.hints import hint
    from rfcalc.loading.kinds import MODELS, SUFFIXES
    from rfcalc.spelling import nearest

    close = nearest(word, list(known))
    typed = close.startswith("did") and word.isalpha()
    return [], ("" if typed else hint(word, SUFFIXES + MODELS)) or close


def _numbers(words: Sequence[str]) -> bool:
    """Whether a line is dilations alone."""
    return len(words) > 1 and all(word.isdigit() for word in words)


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
            if words[number + 1 :] and words[number + 1].endswith((".xml", ".sarif")):
                found.append("--output")
        elif found and found[-1] in ("-f", "--format"):
            found.append(_format(word, formats) or word)
        elif flag == "--format" and sign:
            found.append(f"{flag}={_format(value, formats) or value}")
        elif flag[:2] == "--" and flag not in options and _with_dashes(flag) in options:
            found.append(f"{_with_dashes(flag)}{sign}{value}")
        else:
            found.append(word)
    return found


def hint_for_option(option: str, options: Mapping[str, str], words: Sequence[str] = ()) -> str:
    """Return what to say of an option that a command does not have.

    Parameters
    ----------
    words : all words of the command line.

    >>> hint_for_option("--input-size", {"--input": "H,W"})
    'did you mean --input?'
    >>> hint_for_option("--format", {"-o": "FILE"}, ["k3", "--format", "npy"])
    'the suffix says the format: -o FILE.npy'
    """
    plain = _with_dashes(option)
    said = OPTIONS.get(plain, "")
    if said and (said.split()[0] in options or not said.startswith("-")):
        return f"did you mean {said}?"
    told = next((text for known, one, text in SAID if plain in known and one in options), "")
    if told:
        return told
    if option == "--html" and "--image" not in options:
        return hint_for_format("html")
    if option[2:] in PICTURES or option == "--format":
        return f"the suffix says the format: -o FILE.{_wanted(option, words)}" * ("-o" in options)
    if option[2:] in FLAGS:
        return "the command has no such format"
    from rfcalc.spelling import nearest

    long = [name for name in options if name.startswith("--")]
    return nearest(plain, long, "--") if option.startswith("--") else ""


def hint_for_format(word: str) -> str:
    """Return what writes a format that a command does not have.

    >>> hint_for_format("html")
    'another command writes it: rfcalc report NET -o FILE.html'
    """
    command = {"html": "report", "yaml": "convert", "yml": "convert", "npy": "export"}.get(word)
    command = "heatmap" if word in PICTURES - {"html"} else command
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
    if first.endswith((".yaml", ".yml")) and not {"--no-pointwise", "--keep"}.isdisjoint(options):
        return f"to write a file: -o {first}"
    if is_network(first):
        if "--compare" in options:
            return f"beside it: --compare {first}; numbers of several: rfcalc compare NET NET"
        return "for several networks: rfcalc compare NET NET"
    return _numbers_behind(extra, options)


def _numbers_behind(extra: Sequence[str], options: Collection[str]) -> str:
    """Return which option numbers belong to that stand alone, or a unit to its number."""
    first = extra[0]
    if first in ("ms", "s", "us", "kHz", "Hz", "k"):
        return f"a number and its unit are one word: 10{first}"
    if first.isdigit() and "--per-level" in options:
        return f"layers and field are options: --layers N --rf {first}"
    sizes = first.replace(",", "").replace("x", "").isdigit()
    if sizes and "--pixel" in options:
        return f"a position is an option: --at {','.join(extra)}, or --pixel for one of the input"
    if sizes and "--input" in options:
        return f"the input size is an option: --input {','.join(extra)}"
    return ""


def hint_for_value(option: str, value: str, choices: Sequence[str] = ()) -> str:
    """Return what to say of a value that an option does not take, often nothing.

    Parameters
    ----------
    choices : the words that it takes, none where it takes a number.

    >>> hint_for_value("--size", "8cm"), hint_for_value("--what", "counts", ["mask", "paths"])
    ('inches without a unit: 3.15', "did you mean 'paths'?")
    """
    if choices:
        meant = CHOICES.get(value.lower().replace("_", "-"), value.lower())
        close = get_close_matches(meant, choices, n=1, cutoff=0.6)
        return f"did you mean '{close[0]}'?" if close else ""
    if option == "--size":
        return _inches(value.strip().lower())
    if option == "--depth":
        return "omit it for every level"
    if option == "--rf" and "x" in value:
        return f"a schedule is of one axis: --rf {value.partition('x')[0]}"
    if option == "--max-pixels" and not value.isdigit():
        return "the cells of a window in all, as in 262144 for 512 x 512"
    if option == "--min-density" and value.rstrip("%").replace(".", "", 1).isdigit():
        return f"a share of 1: {float(value.rstrip('%')) / 100:g}"
    if option == "field":
        return f"a field is asked of a network by another command: rfcalc fix {value} --rf N"
    if option == "--axis":
        return "axes are counted from 0 in the order of the layout: --axis 0"
    return ""


def _inches(value: str) -> str:
    """Return the width in inches that a value with a unit stands for, or what a width is."""
    number = value.rstrip('abcdefghijklmnopqrstuvwxyz" ')
    unit = value[len(number) :].strip()
    inches = {"in": 1, "inch": 1, "inches": 1, '"': 1, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72}
    if unit in inches and number.replace(".", "", 1).isdigit():
        return f"inches without a unit: {float(number) * inches[unit]:.3g}"
    return "one number, the width in inches: 3.3"


def _wanted(option: str, words: Sequence[str]) -> str:
    """Return the suffix of the format that an option asks for, that of a page to print if none."""
    if option != "--format":
        return option[2:]
    after = [word for before, word in pairwise(words) if before == option]
    after += [word.partition("=")[2] for word in words if word.startswith("--format=")]
    return after[0] if after and after[0].isalnum() else "pdf"


def _format(word: str, formats: Collection[str]) -> str:
    """Return the format that a word stands for, empty when there is none."""
    plain = FORMATS.get(word.lower(), word.lower())
    return plain if plain in formats else ""


def _with_dashes(option: str) -> str:
    return option.replace("_", "-")
