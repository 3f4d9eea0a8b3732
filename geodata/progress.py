"""How long work says what it is at: a sentence with fields, between steps at which it may be stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Tell: TypeAlias = Callable[[str, dict[str, Any]], None]
"""Takes an English template and its values; may raise to stop the work."""


class Stop(Exception):
    """Raised by a Tell: a search ends with the best that it has; other work ends with nothing."""


def silent(template: str, values: dict[str, Any]) -> None:
    """Tell nobody."""
