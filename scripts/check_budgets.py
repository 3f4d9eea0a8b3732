"""Keep files, functions and names within their sizes: what is too long to read at once is split."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FILE_LINES, FUNCTION_LINES, PARAMETERS = 400, 60, 6
BARE = {"area", "distance", "radius"}
"""Quantities whose unit belongs into the name: area_m2, distance_m."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> int:
    """Print what exceeds a budget; answer 1 if anything does."""
    tracked = subprocess.run(["git", "ls-files", "*.py"], capture_output=True, text=True, check=True).stdout.split("\n")
    found = [f"{path}:{problem}" for path in map(Path, filter(None, tracked)) if path.exists() for problem in problems(path)]
    print("\n".join(found) or "sizes and names: all within their budgets")
    return bool(found)


def problems(path: Path) -> Iterator[str]:
    """Give "line: what is wrong" for one file."""
    text = path.read_text(encoding="utf-8")
    if path.parts[0] == "migrations":  # written once, by a program
        return
    if (count := text.count("\n")) > FILE_LINES:
        yield f"1: {count} lines; at most {FILE_LINES}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Function):
            yield from _of_function(node)
        if name := _bare_name(node):
            yield f"{getattr(node, 'lineno', 1)}: {name} does not say its unit"


def _of_function(node: Function) -> Iterator[str]:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if lines > FUNCTION_LINES:
        yield f"{node.lineno}: {node.name} has {lines} lines; at most {FUNCTION_LINES}"
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    count = len([each for each in given if each.arg not in {"self", "cls"}])
    if count > PARAMETERS:
        yield f"{node.lineno}: {node.name} takes {count} parameters; at most {PARAMETERS}"


def _bare_name(node: ast.AST) -> str | None:
    """Return the name that this node gives to something, if it is a quantity without unit."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.FunctionDef(name=name):
            return name if name in BARE else None
    return None


if __name__ == "__main__":
    sys.exit(main())
