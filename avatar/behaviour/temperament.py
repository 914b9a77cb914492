"""How one person differs from another, drawn once from the seed.

Rates of backchannels and smiles are idiosyncratic (Blomsma et al. 2024), so they vary by person.
"""

from dataclasses import dataclass

from avatar.behaviour.chance import Chance


@dataclass(frozen=True, slots=True)
class Temperament:
    """Factors around 1 and blinks a minute while listening and while speaking.

    Blink rates: 17 at rest, 26 in conversation (Bentivoglio et al. 1997), 10 to 32 across people
    (Doughty 2001).
    """

    nods: float = 1.0
    smiles: float = 1.0
    head: float = 1.0
    mouth: float = 1.0
    blinks_listening: float = 17.0
    blinks_speaking: float = 24.0
    smile_lean: float = 0.0

    @classmethod
    def drawn(cls, chance: Chance) -> "Temperament":
        """A person."""

        def around_one(what: str, spread: float, low: float, high: float) -> float:
            return min(high, max(low, 1 + spread * chance.normal(f"person/{what}", 0)))

        return cls(
            nods=around_one("nods", 0.2, 0.7, 1.4),
            smiles=around_one("smiles", 0.2, 0.7, 1.4),
            head=around_one("head", 0.2, 0.7, 1.4),
            mouth=around_one("mouth", 0.08, 0.85, 1.15),
            blinks_listening=chance.between("person/blinks", 0, 14, 20),
            blinks_speaking=chance.between("person/blinks", 1, 20, 27),
            smile_lean=0.12 * chance.between("person/lean", 0, -1, 1),
        )
