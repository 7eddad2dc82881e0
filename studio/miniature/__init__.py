"""The small Anima that ships with the studio: a drawn world, and the model that learns it."""
