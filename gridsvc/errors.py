"""The errors that a person may see; api.errors and cli map each to its status and exit code."""

from __future__ import annotations

from collections.abc import Sequence


class GridError(Exception):
    """A sentence for the reader: an English template with named fields, translated at the edge.

    `findings` carries the located findings behind the sentence, if any.
    """

    def __init__(self, template: str, *, findings: Sequence[object] = (), **values: object) -> None:
        self.template = template
        self.values = values
        self.findings = tuple(findings)
        super().__init__(template.format(**values))


class Invalid(GridError):
    """The input cannot be accepted."""


class NotSignedIn(GridError):
    """Nobody is signed in, and this needs somebody."""


class NotAllowed(GridError):
    """The one who is signed in may not do this."""


class NotFound(GridError):
    """There is no such thing, or not for this reader."""


class Conflict(GridError):
    """It was true once and is no longer, or the state does not allow it."""


class Stale(GridError):
    """The version named by If-Match is not the current one."""


class MissingPrecondition(GridError):
    """A change needs If-Match."""


class TooLarge(GridError):
    """The request or file is larger than this installation accepts."""


class TooMany(GridError):
    """Too many requests for now."""


class Busy(GridError):
    """Somebody else is changing the same; try again."""
