"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # a busy machine is no failure
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parent.parent


def shared_data(name: str) -> Path:
    """Return a file of the real data that lies beside the checkout, or skip where it is absent."""
    path = Path(os.environ.get("GRIDSVC_TEST_DATA", ROOT.parent / "shared" / "data")) / name
    if not path.exists():
        pytest.skip(f"the real data {name} is not here; GRIDSVC_TEST_DATA may name its folder")
    return path
