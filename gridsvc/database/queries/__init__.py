"""Everything that reads; all spatial SQL; answers are frozen dataclasses."""
