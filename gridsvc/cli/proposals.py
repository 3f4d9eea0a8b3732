"""Proposals in words for a terminal, and as JSON for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from geodata.findings import Finding
from gridsvc.domain.proposals import Proposal
from gridsvc.words import say

SHOWN = 30
"""Findings of one kind that a terminal shows."""
SIGN = {"error": "✗", "warning": "!", "info": "·"}
COUNTED = {
    "new": "{count} new",
    "changed": "{count} changed",
    "repaired": "{count} repaired",
    "unchanged": "{count} unchanged",
    "refused": "{count} refused",
}


def show(proposal: Proposal, language: str, remembered: Mapping[str, str]) -> str:
    """Return what would be done, the gravest findings first, long lists cut with a count; `remembered` columns are named."""
    columns = ", ".join(f"{field} ← {header}" for field, header in proposal.columns.items())
    lines = [say("Columns: {columns}", language, columns=columns or "-")]
    if remembered:
        told_again = ", ".join(f"{field} ← {header or '-'}" for field, header in remembered.items())
        lines.append(say("As the last time, against the guess: {columns}; --column tells otherwise.", language, columns=told_again))
    lines += told(proposal.findings, language)
    counts = proposal.counts
    lines.append(" · ".join(say(COUNTED[name], language, count=counts[name]) for name in COUNTED if counts.get(name)) or "0")
    return "\n".join(lines)


def told(findings: Iterable[Finding], language: str) -> list[str]:
    """Return a line a finding, the gravest first, long lists cut with a count."""
    lines, shown = [], Counter[str]()
    for finding in sorted(findings, key=lambda finding: list(SIGN).index(finding.severity)):
        shown[finding.code] += 1
        if shown[finding.code] <= SHOWN:
            lines.append(f"{SIGN[finding.severity]} {say(finding.template, language, **finding.values)}")
    lines += [
        say("… and {count} more of {code}", language, count=count - SHOWN, code=code) for code, count in shown.items() if count > SHOWN
    ]
    return lines


def as_json(proposal: Proposal, language: str) -> dict[str, Any]:
    """Return the same, complete."""
    return {
        "noun": proposal.noun,
        "columns": dict(proposal.columns),
        "counts": proposal.counts,
        "rows": [{"row": row.row, "key": row.key, "outcome": row.outcome} for row in proposal.rows],
        "findings": [_finding(finding, language) for finding in proposal.findings],
    }


def _finding(finding: Finding, language: str) -> dict[str, Any]:
    said = say(finding.template, language, **finding.values)
    return {"code": finding.code, "severity": finding.severity, "row": finding.row, "message": said, "where": finding.where}
