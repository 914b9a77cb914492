"""Two avatars that talk to each other: what they say, and everybody who watches."""
