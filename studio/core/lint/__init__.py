"""What of a set will cost a night of baking, and can be seen beforehand? One rule is one small function in a table."""
