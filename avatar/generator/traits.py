"""Who somebody is, as numbers for a network."""

import numpy as np
from jaxtyping import Float32

from avatar.behaviour.temperament import Temperament

Traits = Float32[np.ndarray, "7"]

_CENTRE_AND_SCALE = {
    "nods": (1.0, 0.2),
    "smiles": (1.0, 0.2),
    "head": (1.0, 0.2),
    "mouth": (1.0, 0.1),
    "blinks_listening": (17.0, 3.0),
    "blinks_speaking": (24.0, 3.0),
    "smile_lean": (0.0, 0.1),
}


def traits_of(person: Temperament | None) -> Traits:
    """Deviations from the usual person; zeros for somebody unknown."""
    if person is None:
        return np.zeros(len(_CENTRE_AND_SCALE), np.float32)
    return np.array(
        [
            (getattr(person, name) - centre) / scale
            for name, (centre, scale) in _CENTRE_AND_SCALE.items()
        ],
        np.float32,
    )
