"""Whose turn it is: one request at a time to a host with an account, however many instances read there side by side.

GitHub asks for requests in a row; Jira's and Google's budgets are the account's, so that what one instance was told to
wait for binds the others too. Other hosts and other accounts have turns of their own. Not here: reads by other processes,
which Dagster keeps apart by pools of one run (dagster.yaml).
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

_lock = threading.Lock()
_turns: WeakValueDictionary[tuple[object, ...], AbstractContextManager[bool]] = WeakValueDictionary()


def turn(url: str, *account: object) -> AbstractContextManager[bool]:
    """What to hold from a request until its reply or its last repetition, waits included. May be taken again by who holds it.

    The same object for all that read the url's host with the account: whatever tells accounts apart, secrets included.
    """
    parts = urlsplit(url)
    with _lock:
        return _turns.setdefault((parts.scheme, parts.netloc.rpartition("@")[2].lower(), *account), threading.RLock())
