"""How does a worker process live? It reads items, writes lines, and ends with who started it."""

import faulthandler
import os
import pickle
import threading
import time
from typing import NoReturn

import msgspec

from rfcalc.scanning.answer import answer
from rfcalc.scanning.line import Item
from rfcalc.scanning.tree import Tree

__all__ = ["Asked", "main"]

GRACE = 10.0
"""Seconds beyond the time limit after which the process ends itself."""


class Asked(msgspec.Struct, frozen=True):
    """An item, and what it may cost."""

    item: Item
    timeout: float
    ignore_global: bool


def main() -> NoReturn:
    """Answer items from standard input on standard output until there are no more.

    What the code of a model prints or reads meets the null device.
    """
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    threading.Thread(target=_orphaned, args=(os.getppid(),), daemon=True).start()
    replies.write(b"\n")
    while True:
        try:
            # As a pickle, because names of files need not be text; it comes from our own parent.
            asked: Asked = pickle.load(requests)
        except EOFError:
            _leave(0)
        # Even in the middle of a library's work.
        faulthandler.dump_traceback_later(asked.timeout + GRACE, exit=True)
        line = answer(asked.item, asked.ignore_global)
        faulthandler.cancel_dump_traceback_later()
        replies.write(msgspec.json.encode(line) + b"\n")


def _orphaned(parent: int) -> None:
    """End the process when the one that started it has gone; Windows does not tell."""
    while os.getppid() == parent:
        time.sleep(1)
    _leave(1)


def _leave(status: int) -> NoReturn:
    """End the process, and what the code of a model has started."""
    Tree(os.getpid(), True).end_started()
    os._exit(status)
