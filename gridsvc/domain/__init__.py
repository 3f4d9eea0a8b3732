"""Rules and words: no database, no HTTP."""
