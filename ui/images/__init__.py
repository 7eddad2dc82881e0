"""Where do pictures on the screen come from? A cache on disk, threads that decode, and pixmaps in memory."""
