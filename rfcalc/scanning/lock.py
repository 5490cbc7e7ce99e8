"""Who writes to a file of results? One scan at a time, told by a lock that ends with it."""

import sys
from io import FileIO

__all__ = ["taken"]

BEYOND = 1 << 30
"""Where the byte lies that Windows locks: no reader gets there, and none need be there."""


def taken(file: FileIO) -> bool:
    """Take the lock of an open file, and return whether it was free.

    A file system that has no locks, as some of clusters, leaves it to the user.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(BEYOND)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True
