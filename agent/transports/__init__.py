"""Transports that carry a face: a websocket with pictures, and WebRTC on a clock of 25 a second."""
