"""What do lists show? Models whose answers are looked up, never made."""
