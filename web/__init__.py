"""Pages and maps for people."""
