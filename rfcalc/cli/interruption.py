"""Has the user pressed Ctrl-C? What libraries make of it, they may raise under another name."""

__all__ = ["interrupt", "interrupted"]

_pressed: list[bool] = []


def interrupt(*_: object) -> None:
    """Answer SIGINT.

    Raises
    ------
    KeyboardInterrupt
        Always. A compiled module that is just being imported turns it into an ``ImportError``,
        and others catch that: who asks `interrupted` is not misled.
    """
    _pressed.append(True)
    raise KeyboardInterrupt


def interrupted() -> bool:
    """Return whether `interrupt` has been called."""
    return bool(_pressed)
