"""Garbage: what a process has made until it serves is set aside, and never looked at again.

Python looks through all objects now and then. Those of the modules alone are some hundred
thousand, which takes 20 milliseconds; so long would every call wait that comes meanwhile.
"""

from __future__ import annotations

import gc


def set_aside() -> None:
    """Throw away what nobody needs any more, and keep the rest from being looked through again."""
    gc.collect()
    gc.freeze()
