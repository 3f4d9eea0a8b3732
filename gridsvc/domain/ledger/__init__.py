"""The office's ledger of grids (网格台账): which buildings make up which grid, in the words of those who keep it."""
