"""Tracking the user's face: camera pictures in, `FaceObservation` out.

`tracker.FaceTracker` sees where the head is and how it turns, and nothing of its expression.
`detection` finds faces, `flow` follows points of one, `pose` turns their motion into a pose of the
head, `settling` smooths it and learns how this person rests.
"""
