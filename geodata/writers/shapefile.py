"""Shapefiles in a zip archive: names of at most ten ASCII characters, and a companion that says what dBASE cannot.

The archive holds `<name>.shp`, `.shx`, `.dbf`, `.prj`, `.cpg` (UTF-8) and `<name>.columns.json`, an object in UTF-8 with

- `columns`: {short name in the .dbf: full name}, in the order of the columns. A column without an entry is called as it is;
- `values`: {short name: {number of the record, counted from 1, as text: [what the .dbf says, what is meant]}}, the values that the
  .dbf cuts, rounds or cannot tell apart: text of more than 254 bytes or with blanks at its end, empty text (dBASE has but one
  emptiness, and it reads as null), long integers, decimals beyond its fixed point, truth values. The types are JSON's. What is
  meant holds only while the .dbf still says the same (as this package reads it): a cell that somebody changed wins;
- `notes`: [sentence], whom a map has to name and whether the data are made up.

Each of them may be absent. A Shapefile holds one kind of geometry: where there are several, each has its own in the archive, called
`<name>_points`, `<name>_lines` and `<name>_areas`, with a companion each; records without geometry are in the first of them.
"""
