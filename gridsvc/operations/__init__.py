"""Everything that changes data; never commits, never sees HTTP."""
