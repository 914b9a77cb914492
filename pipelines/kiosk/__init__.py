"""The kiosk: a receptionist that notices people, serves them, and forgets them."""
