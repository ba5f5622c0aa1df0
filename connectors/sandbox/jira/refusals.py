"""How Jira says no: an error status and its messages. Not here: faults on order (server.py)."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue


def refused(status: int, *messages: str) -> ResponseReturnValue:
    """A reply with Jira's collection of errors."""
    return jsonify({"errorMessages": list(messages), "errors": {}}), status
