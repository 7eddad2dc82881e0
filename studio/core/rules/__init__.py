"""What stands against a run before it starts? Rules R01 to R16 on its recipe, its machine and its plan."""
