"""Parts that pages are made of. Each speaks in signals and knows no page."""
