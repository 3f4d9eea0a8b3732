"""Workbooks for spreadsheets (XLSX): one sheet of records, a point of each as longitude and latitude, and a sheet of notes.

The first sheet has the layer's name, one header row, frozen, and the columns as given; text is text (codes keep their zeros) and is
marked so that it never becomes a formula, not even when somebody edits the cell. Its last two columns are the longitude and latitude
of a point in the geometry. Where there are notes (whom a map has to name, whether the data are made up), a second sheet called `说明`
holds them, one a row; a reader that is asked for no sheet by name takes the other one.
"""
