"""The window: it shows what `studio` does and never computes; torch is not imported here."""
