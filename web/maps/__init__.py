"""Folium maps and their layers."""
