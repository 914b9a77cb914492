"""Tracking the user's face: camera pictures in, `FaceObservation` out.

`tracker.FaceTracker` follows a face: `detection` finds it, `crops` cuts out what `networks` look
at, `settling` smooths what they say and learns how this person rests, and `observing` puts it into
`arkit58`. `places` names the landmarks and coefficients that the networks know.
"""
