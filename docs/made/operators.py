"""Which operators of other frameworks are read, and how? From the importers' own tables."""

from rfcalc.importers.tables import table as handled

from .markdown import code, table

__all__ = ["FRAMEWORKS", "operators"]

FRAMEWORKS = {"torch": "PyTorch", "onnx": "ONNX", "keras": "Keras", "tflite": "TFLite"}


def operators() -> str:
    """Return the table of every framework, operators with one handler in one row."""
    return "\n".join(_framework(name, title) for name, title in FRAMEWORKS.items())


def _framework(name: str, title: str) -> str:
    alike: dict[tuple[str, str], list[str]] = {}
    for row in handled(name):
        alike.setdefault((row.kind, row.how), []).append(row.name)
    rows = [
        [kind, how.replace("``", "`"), ", ".join(map(code, sorted(words)))]
        for (kind, how), words in alike.items()
    ]
    told = table(["kind", "how", "operators"], rows)
    return f"## {title}\n\n`rfcalc ops {name}` prints this table.\n\n{told}"
