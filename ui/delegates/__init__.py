"""How is one item of a list painted?"""
