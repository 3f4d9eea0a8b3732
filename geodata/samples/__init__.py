"""Scenario files, made to be imported like anybody's data."""

from __future__ import annotations

from pathlib import Path

SCHEMES = ("yuci", "longze", "qingshui", "huating", "xuancheng")
"""The five places, in the order of their accounts."""

SYNTHETIC = "示意数据(合成)"
"""What every page and export says of made-up geometry."""


def scheme_text(name: str) -> str:
    """Return the TOML text of the scheme of one of SCHEMES."""
    return (Path(__file__).parent / "schemes" / f"{name}.toml").read_text(encoding="utf-8")
