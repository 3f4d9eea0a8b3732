"""Ground divided into units: blocks, the ground of each building, groups of whole buildings."""
