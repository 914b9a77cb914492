"""The landmark editor: points are dragged on the portrait, and the result talks at once."""
