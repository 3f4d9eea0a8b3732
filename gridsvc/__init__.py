"""Grids of Chinese neighbourhoods: who and what stands in which, and who is responsible."""
