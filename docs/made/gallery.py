"""Which pictures are there? Those of `docs/gallery.py`, each under its command."""

import runpy
from pathlib import Path

__all__ = ["gallery"]


def gallery() -> str:
    """Return every picture with the command that makes it."""
    pictures = runpy.run_path(str(Path(__file__).parents[1] / "gallery.py"))["GALLERY"]
    told = [
        f"`rfcalc {command} -o {name}`\n\n![{title}](images/{name}){{ loading=lazy }}\n"
        for name, command in pictures.items()
        for title in [f"rfcalc {command}"]
    ]
    return "\n".join(told)
