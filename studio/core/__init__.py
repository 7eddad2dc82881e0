"""What things are: plain frozen values and pure decisions. Standard library only."""
