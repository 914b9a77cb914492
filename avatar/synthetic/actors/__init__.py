"""Synthetic people whose faces are known exactly: the data that the tracker is trained on.

`humans` are parametric people drawn with OpenGL, `drawn` are characters of this project, moved by
the portrait renderer; `camera` spoils both as real cameras do. Needs the extra `synth`.
"""
