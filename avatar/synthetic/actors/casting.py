"""Casting: a parametric person drawn from a seed."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from avatar.synthetic.actors.assets import HumanAssets, Vertices

Tint: TypeAlias = tuple[float, float, float]

SEXES = ("female", "male")
ORIGINS = ("african", "asian", "caucasian")
SKIN_AGES = {"young": ("young", "middleage"), "old": ("middleage", "old")}
HAIR = {
    "female": (
        "bob01",
        "bob02",
        "long01",
        "ponytail01",
        "Braid01",
        "afro01",
        "short03",
        "short04",
        "curly",
        "curly2",
        "long2_alpha7",
    ),
    "male": ("short01", "short02", "short03", "short04", "afro01", "curly", "none"),
}
CLOTHES = {
    "female": (
        "female_elegantsuit01", "female_casualsuit01", "female_casualsuit02",
        "female_sportsuit01", "female_top_01",
    ),
    "male": (
        "male_elegantsuit01", "male_casualsuit01", "male_casualsuit02", "male_casualsuit03",
        "male_casualsuit04", "male_casualsuit05", "male_casualsuit06", "male_worksuit01",
    ),
}  # fmt: skip
HATS = ("fedora", "Fishing_Hat_01")
BROWS = tuple(f"eyebrow{number:03d}" for number in range(1, 13) if number not in (6, 8))
LASHES = ("eyelashes02", "eyelashes03", "eyelashes04")
TEETH = ("Teeth_Base", "Teeth_Shape01", "Teeth_Shape03", "Teeth_Shape04", "Teeth_Shape05")
EYE_COLOURS = 9
DETAILS = (
    "head/",
    "nose/",
    "mouth/",
    "chin/",
    "cheek/",
    "forehead/",
    "eyebrows/",
    "eyes/",
    "ears/",
)
DETAIL_COUNT, DETAIL_MOST = 30, 0.5
"""How many details of a face are changed, and how much of each at most."""
UNEVEN_COUNT, UNEVEN_MOST = 6, 0.35
"""The same for what makes the two halves differ."""


@dataclass(frozen=True, eq=False)
class Person:
    """Who is drawn: the body at rest, and what it wears as (kind, name, tint) of proxies."""

    body: Vertices
    skin: Path
    skin_tint: Tint
    worn: tuple[tuple[str, str, Tint], ...]
    brow: str
    eyes: int


def cast(assets: HumanAssets, rng: np.random.Generator) -> Person:
    """A person who does not exist: shape, skin, hair, clothes, and now and then glasses."""
    sex, origin = str(rng.choice(SEXES)), str(rng.choice(ORIGINS))
    age = str(rng.choice(["young", "old"], p=[0.7, 0.3]))
    body = _shape(assets, rng, sex, age, origin)
    hair_tint = _hair_tint(rng, age)
    worn = [
        ("eyelashes", str(rng.choice(LASHES)), (0.3, 0.25, 0.25)),
        ("teeth", str(rng.choice(TEETH)), _scaled((0.95, 0.92, 0.87), rng.uniform(0.8, 1.0))),
        ("tongue", "tongue01", (0.85, 0.68, 0.68)),
        ("clothes", str(rng.choice(CLOTHES[sex])), _cloth_tint(rng)),
    ]
    worn += _hair(rng, sex, hair_tint)
    if rng.random() < 0.25:
        kind = "sunglasses" if rng.random() < 0.2 else "glasses"
        worn.append((kind, "glasses", _scaled((1.0, 1.0, 1.0), rng.uniform(0.05, 1.0))))
    skins = [skin for look in SKIN_AGES[age] for skin in assets.skins(f"{look}_{origin}_{sex}")]
    warm = rng.uniform(-0.05, 0.05)
    return Person(
        body=body,
        skin=skins[int(rng.integers(len(skins)))],
        skin_tint=_scaled((1 + warm, 1.0, 1 - warm), rng.uniform(0.78, 1.12)),
        worn=tuple(worn),
        brow=str(rng.choice(BROWS)),
        eyes=int(rng.integers(EYE_COLOURS)),
    )


def _shape(
    assets: HumanAssets, rng: np.random.Generator, sex: str, age: str, origin: str
) -> Vertices:
    body = assets.vertices.copy()

    def change(name: str, amount: float) -> None:
        nonlocal body
        body = body + np.float32(amount) * assets.target(name)

    others = rng.dirichlet([0.5, 0.5, 0.5])
    mixture = 0.65 * np.array([origin == name for name in ORIGINS]) + 0.35 * others
    for name, share in zip(ORIGINS, mixture, strict=True):
        change(f"macrodetails/{name}-{sex}-{age}", float(share))
    weight = rng.choice(["minweight", "averageweight", "maxweight"], p=[0.2, 0.6, 0.2])
    change(f"macrodetails/universal-{sex}-{age}-averagemuscle-{weight}", 1.0)
    names = [name for name in assets.target_names if name.startswith(DETAILS)]
    for name in rng.choice(names, DETAIL_COUNT, replace=False):
        other = _opposite(name)
        amount = float(rng.uniform(0, DETAIL_MOST))
        change(name, amount)
        if other in assets.target_names:
            change(other, amount * float(rng.uniform(0.8, 1.0)))
    uneven = [name for name in assets.target_names if name.startswith("asym/")]
    for name in rng.choice(uneven, UNEVEN_COUNT, replace=False):
        change(name, float(rng.uniform(0, UNEVEN_MOST)))
    return body.astype(np.float32)


def _opposite(name: str) -> str:
    """The same detail on the other side; the name itself when it has no side."""
    folder, _, detail = name.partition("/")
    sides = {"l-": "r-", "r-": "l-"}
    return f"{folder}/{sides[detail[:2]]}{detail[2:]}" if detail[:2] in sides else ""


def _hair(rng: np.random.Generator, sex: str, tint: Tint) -> list[tuple[str, str, Tint]]:
    style = str(rng.choice(HAIR[sex]))
    worn = [] if style == "none" else [("hair", style, tint)]
    if sex == "male" and rng.random() < 0.3:
        worn.append(("hair", str(rng.choice(["Full_beard", "Moustache"])), tint))
    if rng.random() < 0.07:
        worn.append(("clothes", str(rng.choice(HATS)), _cloth_tint(rng)))
    return worn


def _hair_tint(rng: np.random.Generator, age: str) -> Tint:
    if age == "old" and rng.random() < 0.6:
        return _scaled((1.3, 1.3, 1.3), rng.uniform(0.8, 1.3))
    warmth = rng.uniform(0.0, 0.35)
    return _scaled((1.0, 1 - 0.5 * warmth, 1 - warmth), rng.uniform(0.1, 1.1))


def _cloth_tint(rng: np.random.Generator) -> Tint:
    red, green, blue = (float(value) for value in rng.uniform(0.3, 1.2, 3))
    return red, green, blue


def _scaled(tint: Tint, factor: float) -> Tint:
    red, green, blue = (float(value * factor) for value in tint)
    return red, green, blue
