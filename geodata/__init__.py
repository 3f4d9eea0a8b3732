"""Coordinates, measures, coverages, files: the geographic library, which knows nothing of gridsvc."""
