"""Taggers: networks that say which tags a picture shows."""
