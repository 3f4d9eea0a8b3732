"""Tables as text: CSV in UTF-8 with mark, comma between the cells, geometry as WKT in a last column `wkt`.

Text stands in quotes, numbers, `true`, `false` and missing values (nothing at all) stand without: so `""` is empty text and `"007"`
is no number. Text that a spreadsheet would take for a formula (its first character after any apostrophes is one of = + - @, tab or
carriage return) gets one more apostrophe before it. A number is never text and keeps its minus.

One more column follows, without cells: its header begins with `# ` and holds the notes (whom a map has to name, whether the data
are made up). Where there is such a header, a reader knows that quotes tell types and takes one apostrophe off again.
"""
