"""What the scripts say: one calm line a step, Chinese and English, since nobody has chosen a language yet."""

import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "var" / "log"


def step(chinese: str, english: str) -> None:
    """Say what is being done."""
    print(f"· {chinese} · {english}", flush=True)


def refuse(chinese: str, english: str) -> NoReturn:
    """Say in one sentence why it cannot go on, and end."""
    print(f"✗ {chinese}\n  {english}", file=sys.stderr, flush=True)
    raise SystemExit(1)
