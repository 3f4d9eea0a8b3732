"""Scenario files, made to be imported like anybody's data."""
