"""Sketch maps for papers: leaves with their names, a scale bar and north, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from markupsafe import Markup, escape

from geodata.topology.grid import as_array
from geodata.topology.plane import Plane

WIDTH, MOST_HEIGHT, MARGIN = 400.0, 300.0, 14.0
"""Of the drawing, in its own units."""
COLOURS = ("#cfe0ee", "#f3dcb8", "#d5e8cf", "#ead1de", "#dcd6ee", "#f1e3a4", "#cfe6e3", "#efd0c4")
"""Fills of changed leaves: light, so that names stay readable in print."""


@dataclass(frozen=True, slots=True)
class Sketched:
    """A leaf to be drawn; a changed one has a number, by which it is coloured and called where its name has no room."""

    name: str
    ground: Any
    number: int | None = None


def sketch(leaves: Sequence[Sketched], frame: Sequence[Any], handed: Any = None) -> Markup:  # noqa: ANN401  # a geometry
    """Return a drawing of leaves in the frame around some grounds, EPSG:4490; `handed` is ground that changes hands.

    Leaves are called by their numbers too, unless ground is handed over.
    """
    plane = Plane.around(as_array(frame))
    west, south, east, north = shapely.total_bounds(plane.flat(as_array(frame)))
    scale = min((WIDTH - 2 * MARGIN) / max(east - west, 1.0), (MOST_HEIGHT - 2 * MARGIN) / max(north - south, 1.0))
    height = (north - south) * scale + 2 * MARGIN + 16

    def paper(metres: Any) -> Any:  # noqa: ANN401  # an array of coordinates
        middle = (WIDTH - (east - west) * scale) / 2
        return np.stack([(metres[:, 0] - west) * scale + middle, (north - metres[:, 1]) * scale + MARGIN], axis=1)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:.1f}">', _DEFS]
    drawn = shapely.transform(plane.flat(as_array([leaf.ground for leaf in leaves])), paper)
    order = sorted(range(len(leaves)), key=lambda at: leaves[at].number is not None)
    parts += [_ground(drawn[at], leaves[at].number) for at in order]
    if handed is not None and not shapely.is_empty(handed):
        moved = shapely.transform(plane.flat(as_array([handed])), paper)[0]
        style = 'fill="#b3261e" fill-opacity="0.3" stroke="#b3261e" stroke-width="1.6" fill-rule="evenodd"'
        parts.append(f'<path d="{_path(moved)}" {style}/>')
    seen = shapely.intersection(drawn, shapely.box(0, 0, WIDTH, height))
    named = [at for at in order if leaves[at].number is not None and seen[at].area]
    parts += [_label(seen[at], leaves[at], numbered=handed is None) for at in named]
    parts += [_bar(scale, height), _NORTH, "</svg>"]
    return Markup("".join(parts))  # noqa: S704  # names were escaped one by one


def _path(shape: Any) -> str:  # noqa: ANN401  # a geometry
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]
    return "".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in ring) + "Z" for ring in rings)


def _ground(shape: Any, number: int | None) -> str:  # noqa: ANN401  # the same
    fill = "#f4f4f2" if number is None else COLOURS[(number - 1) % len(COLOURS)]
    stroke, width = ("#aaa", 0.6) if number is None else ("#222", 1.3)
    return f'<path d="{_path(shape)}" fill="{fill}" stroke="{stroke}" stroke-width="{width}" fill-rule="evenodd"/>'


def _label(shape: Any, leaf: Sketched, *, numbered: bool) -> Markup:  # noqa: ANN401  # the same
    """Write the name, numbered or not, where the leaf is widest, in lines that fit; where they do not, the number alone."""
    reach = shapely.maximum_inscribed_circle(max(shapely.get_parts(shape), key=lambda part: part.area))
    at = shapely.get_point(reach, 0)
    said = f"{leaf.number} {leaf.name}" if numbered else leaf.name
    wide = max(int(2 * shapely.length(reach) / 10), 4)
    lines = [said[start : start + wide] for start in range(0, len(said), wide)]
    if numbered and len(lines) > max(2 * shapely.length(reach) / 11, 1):
        lines = [str(leaf.number)]
    spans = Markup("").join(
        Markup('<tspan x="{:.1f}" dy="{}">{}</tspan>').format(at.x, 11 if row else 0, escape(line)) for row, line in enumerate(lines)
    )
    top = at.y + 3 - 5.5 * (len(lines) - 1)
    text = Markup('<text y="{:.1f}" font-size="10" text-anchor="middle"{}>{}</text>')
    edge = Markup(' stroke="#fff" stroke-width="3" stroke-linejoin="round"')
    return text.format(top, edge, spans) + text.format(top, "", spans)


def _bar(scale: float, height: float) -> str:
    """Draw a round length that takes about a fifth of the width."""
    rough_m = WIDTH / 5 / scale
    unit = 10 ** np.floor(np.log10(rough_m))
    length_m = next(step * unit for step in (5, 2, 1) if step * unit <= rough_m)
    said = f"{length_m / 1000:g} 千米" if length_m >= 1000 else f"{length_m:g} 米"  # metres of a kilometre
    end, y = MARGIN + length_m * scale, height - 6
    return (
        f'<path d="M{MARGIN},{y - 4}V{y}H{end:.1f}V{y - 4}" fill="none" stroke="#222" stroke-width="1"/>'
        f'<text x="{end + 4:.1f}" y="{y}" font-size="10">{said}</text>'
    )


_DEFS = "<style>text{font-family:'Noto Sans CJK SC',sans-serif;fill:#111}</style>"
_NORTH = (
    f'<path d="M{WIDTH - 14},20l5,-14l5,14l-5,-4z" fill="#222"/><text x="{WIDTH - 9}" y="30" font-size="9" text-anchor="middle">北</text>'
)
