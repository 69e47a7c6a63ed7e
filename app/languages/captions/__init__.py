"""Live captions: who writes them, in which order they stand, and what becomes of them. The database is the truth."""
