"""The people that can be drawn, by name."""

from avatar.synthetic.characters.people.ana import ANA
from avatar.synthetic.characters.people.grace import GRACE
from avatar.synthetic.characters.people.ingrid import INGRID
from avatar.synthetic.characters.people.kenji import KENJI
from avatar.synthetic.characters.people.omar import OMAR

CAST = {person.name: person for person in (ANA, GRACE, INGRID, KENJI, OMAR)}
"""Every character by name."""
