"""HTTP in, JSON out: the URL table of the API."""

from __future__ import annotations

from flask import Blueprint


def blueprint() -> Blueprint:
    """Return the API as it is hung below /api/v1."""
    return Blueprint("api", __name__)
