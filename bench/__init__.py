"""What we measure ourselves and our peers by: `python -m bench [part ...]`."""
