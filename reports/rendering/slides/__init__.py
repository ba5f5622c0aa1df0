"""A document as PowerPoint: deck.py lays its sections on slides, the others draw native charts and tables there."""
