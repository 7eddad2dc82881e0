"""What is on disk: the project folder, its journals, images, captions, runs and sheets."""
