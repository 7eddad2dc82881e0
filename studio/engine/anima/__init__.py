"""The Anima model family: files in, words and noise in, pictures out."""
