"""Jobs: one verb per file, joining what things are, what is on disk and what the network does."""
