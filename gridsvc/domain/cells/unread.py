"""What a cell says that cannot be read: a sentence that names the remedy; whoever reads the row adds where it is."""

from __future__ import annotations

from geodata.findings import Finding, Severity


class Unread(ValueError):
    """A cell that holds something, but nothing that can be taken for what was asked."""

    def __init__(self, code: str, *, template: str, given: str) -> None:
        self.code = code
        """Stable, for programs."""
        self.template = template
        """In English, with the fields {row} and {given}."""
        self.given = given
        """What stands in the cell, shortened."""
        super().__init__(code)

    def finding(self, row: int, severity: Severity = "error") -> Finding:
        """Return the finding of a row: error where the row is refused, warning where the cell is left empty."""
        return Finding(self.code, severity, self.template, {"row": row, "given": self.given}, None, row)
