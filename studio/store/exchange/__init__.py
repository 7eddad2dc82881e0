"""Other tools' folders and files: found, read, written."""
