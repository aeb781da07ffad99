"""The one error that a person who starts the system is meant to read."""

from __future__ import annotations


class StackError(Exception):
    """The system cannot start or stop. The message is one sentence that names the remedy."""
