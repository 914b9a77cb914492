"""What makes a picture better than a plain warp, and may be switched off to save its time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effects:
    """Switches; `visavis bench render` lists what each costs.

    `sway`: hair and ears lag behind the head. `relief`: wrinkles and bulges of an expression.
    `turning_light`: the light stays where it is while the head turns. `contact_shadows`: the
    shadow of the chin on the neck and of the lips.
    """

    sway: bool = True
    relief: bool = True
    turning_light: bool = True
    contact_shadows: bool = True


PLAIN = Effects(sway=False, relief=False, turning_light=False, contact_shadows=False)
"""Only what a face needs to move."""
WHOLE = Effects()
"""The best picture."""
