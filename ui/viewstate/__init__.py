"""What does the window decide that needs no Qt? Values and pure functions that tests ask without a screen."""
