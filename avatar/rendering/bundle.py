"""Avatar bundles: a folder `name.avatar/` with a portrait and what is known of it.

`load_bundle` reads format 1 and says exactly what is wrong with a bad one. The format is described
in `docs/avatar-bundle.md`.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
from jaxtyping import Float32, UInt8
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from avatar.errors import BundleError
from avatar.motion import ARKIT58
from avatar.rendering.base import Picture
from avatar.rendering.landmarks import Landmarks

FORMAT = 1
SIZES = (256, 384, 512, 640, 768, 1024)
DEPTH_SCALE, DEPTH_OFFSET = 8192.0, 4.0
"""`depth.png` holds (z + DEPTH_OFFSET) * DEPTH_SCALE, z in inter-ocular distances; 0 is nothing."""

Coverage: TypeAlias = UInt8[np.ndarray, "height width"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Provenance(_Strict):
    """Where the portrait comes from and why it may be used."""

    source: str = Field(min_length=1)
    consent: str = Field(min_length=1)


class PoseLimits(_Strict):
    """How far this portrait may turn, in degrees."""

    yaw: float = Field(15, gt=0, le=30)
    pitch: float = Field(12, gt=0, le=30)
    roll: float = Field(12, gt=0, le=30)


class BundleStyle(_Strict):
    """How the portrait is shaded.

    `shading` scales wrinkles and bulges (1 for a photo, less for a drawn face). `teeth_visible`
    says that the portrait shows its own upper teeth.
    """

    shading: float = Field(1.0, ge=0, le=1.5)
    teeth_visible: bool = False


class Manifest(_Strict):
    """`avatar.json`."""

    format: Literal[1]
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    title: str
    licence: str = Field(min_length=1)
    provenance: Provenance
    space: Literal["arkit58"]
    size: tuple[int, int]
    pose_limits_deg: PoseLimits = PoseLimits(yaw=15, pitch=12, roll=12)
    rest: dict[str, float] = {}
    style: BundleStyle = BundleStyle(shading=1.0)


@dataclass(frozen=True, eq=False)
class Bundle:
    """A portrait, its landmarks, and the plates that came with it; plates may be absent.

    `depth` is in inter-ocular distances, NaN where there is nothing. `eyes` is RGBA: the whole
    eyeballs. `digest` identifies the content.
    """

    manifest: Manifest
    landmarks: Landmarks
    portrait: Picture
    matte: Coverage | None
    background: Picture | None
    depth: Float32[np.ndarray, "h w"] | None
    eyes: UInt8[np.ndarray, "height width 4"] | None
    digest: str

    @property
    def size(self) -> int:
        """Width and height of the portrait in pixels."""
        return self.portrait.shape[0]


def load_bundle(folder: Path) -> Bundle:
    """Read and check a bundle. Raises BundleError naming the file and what to do."""
    if not folder.is_dir():
        raise BundleError(f"{folder}: not a folder; an avatar bundle is a folder named NAME.avatar")
    manifest = _manifest(folder / "avatar.json")
    portrait = _picture(folder / "portrait.png", cv2.IMREAD_COLOR)
    if portrait is None:
        raise BundleError(f"{folder / 'portrait.png'}: missing; a bundle needs a portrait")
    height, width = portrait.shape[:2]
    if height != width or height not in SIZES:
        raise BundleError(
            f"{folder / 'portrait.png'}: {width}x{height} pixels; the portrait must be square with "
            f"a side of {', '.join(map(str, SIZES))}"
        )
    if manifest.size != (width, height):
        raise BundleError(
            f"{folder / 'avatar.json'}: size is {list(manifest.size)}, portrait.png has "
            f"{[width, height]}: make them agree"
        )
    landmarks = _landmarks(folder / "landmarks.json", height)
    matte = _plate(folder / "matte.png", cv2.IMREAD_GRAYSCALE, height)
    background = _plate(folder / "background.png", cv2.IMREAD_COLOR, height)
    if (matte is None) != (background is None):
        raise BundleError(f"{folder}: matte.png and background.png come together; one is missing")
    return Bundle(
        manifest=manifest,
        landmarks=landmarks,
        portrait=portrait,
        matte=matte,
        background=background,
        depth=_depth(folder / "depth.png"),
        eyes=_eyes(folder / "eyes.png", height),
        digest=_digest(folder),
    )


def scaled(bundle: Bundle, size: int) -> Bundle:
    """The bundle with a portrait of `size` pixels. Raises BundleError for a size that is none."""
    if size not in SIZES:
        raise BundleError(f"a picture has {', '.join(map(str, SIZES))} pixels, not {size}")
    if size == bundle.size:
        return bundle
    factor = size / bundle.size
    way = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA

    def resized(plate: Any) -> Any:
        return None if plate is None else cv2.resize(plate, (size, size), interpolation=way)

    name = f"{bundle.digest} at {size}".encode()
    return replace(
        bundle,
        manifest=bundle.manifest.model_copy(update={"size": (size, size)}),
        landmarks=bundle.landmarks.scaled(factor, size=size),
        portrait=resized(bundle.portrait),
        matte=resized(bundle.matte),
        background=resized(bundle.background),
        eyes=resized(bundle.eyes),
        digest=hashlib.sha256(name).hexdigest(),
    )


def _manifest(path: Path) -> Manifest:
    content = _json(path)
    try:
        manifest = Manifest.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BundleError(f"{path}: {where}: {first['msg']} (it is {first['input']!r})") from error
    for name, value in manifest.rest.items():
        if name not in ARKIT58.channels or not 0 <= value <= 1:
            raise BundleError(
                f"{path}: rest.{name} is {value}: it must be an ARKit coefficient in [0, 1]"
            )
    return manifest


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BundleError(f"{path}: missing; a bundle needs this file") from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BundleError(f"{path}: not valid JSON: {error}") from error


def _landmarks(path: Path, size: int) -> Landmarks:
    content = _json(path)
    if not isinstance(content, dict) or not isinstance(content.get("groups"), dict):
        raise BundleError(f'{path}: must be {{"version": 1, "groups": {{name: [[x, y], ...]}}}}')
    if content.get("version") != FORMAT:
        raise BundleError(f"{path}: version is {content.get('version')!r}, {FORMAT} is known")
    return Landmarks(content["groups"], size=size, source=str(path))


def _picture(path: Path, mode: int) -> Any:
    """The decoded picture in RGB order, or None when there is no such file."""
    if not path.exists():
        return None
    pixels = cv2.imdecode(np.frombuffer(path.read_bytes() or b"\0", np.uint8), mode)
    if pixels is None:
        raise BundleError(f"{path}: not a picture that can be read; save it as PNG")
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        return cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA)
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB) if pixels.ndim == 3 else pixels


def _plate(path: Path, mode: int, size: int) -> Any:
    plate = _picture(path, mode)
    if plate is not None and plate.shape[:2] != (size, size):
        raise BundleError(
            f"{path}: {plate.shape[1]}x{plate.shape[0]} pixels, the portrait has {size}x{size}"
        )
    return plate


def _eyes(path: Path, size: int) -> Any:
    plate = _plate(path, cv2.IMREAD_UNCHANGED, size)
    if plate is not None and (plate.ndim != 3 or plate.shape[2] != 4):
        raise BundleError(f"{path}: needs an alpha channel (RGBA): it marks the eyeballs")
    return plate


def _depth(path: Path) -> Float32[np.ndarray, "h w"] | None:
    plate = _picture(path, cv2.IMREAD_UNCHANGED)
    if plate is None:
        return None
    if plate.ndim != 2 or plate.dtype != np.uint16:
        raise BundleError(f"{path}: must be a 16-bit grey PNG, it is {plate.dtype} {plate.shape}")
    if not plate.any():
        raise BundleError(f"{path}: empty: every pixel is 0; delete it or draw the depth again")
    depth = plate.astype(np.float32) / DEPTH_SCALE - DEPTH_OFFSET
    return np.where(plate > 0, depth, np.float32(np.nan)).astype(np.float32)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
