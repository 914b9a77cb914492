"""A ray marcher that draws stylised people from tables of numbers.

`cast.CAST` lists them, `portrait.draw` draws one, `bundle.write_bundle` writes what the renderer
needs. Space: one unit is the distance between the irises, x to the picture's right (the subject's
left), y up, z toward the camera; the eyes are at y = 0.
"""
