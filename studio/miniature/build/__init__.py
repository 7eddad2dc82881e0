"""Trains the practice model; nothing else imports this package."""
