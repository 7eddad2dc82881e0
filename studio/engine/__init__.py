"""Torch lives here and nowhere else: plain arguments in, plain facts out."""
