"""Textured meshes in the graphics memory, and how they answer light."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Int64
from scipy.sparse import csr_matrix

from avatar.synthetic.actors.assets import Mesh, Proxy, Vertices
from avatar.synthetic.actors.casting import Tint


@dataclass(frozen=True, slots=True)
class Finish:
    """How a surface answers light."""

    softness: float = 0.0
    shine: float = 0.0
    gloss: float = 10.0
    cave: float = 0.0
    least_alpha: float = 0.4
    fringed: bool = False
    """Half-transparent ends are drawn after all that hides."""


SKIN = Finish(softness=1.0, shine=0.10, gloss=18.0, least_alpha=0.0)
FINISHES = {
    "eyes": Finish(softness=0.3, shine=0.7, gloss=90.0, least_alpha=0.3),
    "teeth": Finish(softness=0.4, shine=0.3, gloss=40.0, cave=1.0, least_alpha=0.0),
    "tongue": Finish(softness=0.6, shine=0.2, gloss=30.0, cave=1.0, least_alpha=0.0),
    "hair": Finish(softness=0.2, shine=0.16, gloss=12.0, least_alpha=0.6, fringed=True),
    "eyelashes": Finish(least_alpha=0.5, fringed=True),
    "eyebrows": Finish(least_alpha=0.3, fringed=True),
    "clothes": Finish(softness=0.2, shine=0.03, gloss=8.0),
    "glasses": Finish(shine=0.5, gloss=60.0, least_alpha=0.8),
    "sunglasses": Finish(shine=0.5, gloss=60.0, least_alpha=0.1),
}


class Surface:
    """One textured mesh in the graphics memory."""

    def __init__(
        self,
        program: Any,
        mesh: Mesh,
        keep: np.ndarray,
        skull: np.ndarray,
        picture: Any,
        finish: Finish,
        tint: Tint,
        proxy: Proxy | None,
    ) -> None:
        context = program.ctx
        quads, places = mesh.quads[keep], mesh.places[keep]
        corners = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).ravel()
        textured = np.concatenate([places[:, [0, 1, 2]], places[:, [0, 2, 3]]]).ravel()
        key = corners.astype(np.int64) * (len(mesh.texture) + 1) + textured
        _, first, index = np.unique(key, return_index=True, return_inverse=True)
        used, self._triangles = np.unique(corners, return_inverse=True)
        self._triangles = self._triangles.reshape(-1, 3)
        self.used: Int64[np.ndarray, " _"] = used
        self._from = np.searchsorted(used, corners[first])
        self._texture = mesh.texture[textured[first]]
        self._skull = skull[used][self._from, None].astype(np.float32)
        count = len(self._triangles)
        rows = self._triangles.ravel(order="F")
        self._spread = csr_matrix(
            (np.ones(3 * count, np.float32), (rows, np.tile(np.arange(count), 3))),
            shape=(len(used), count),
        )
        self.picture, self.finish, self.tint, self.proxy = picture, finish, tint, proxy
        self._buffer = context.buffer(reserve=len(first) * 36, dynamic=True)
        self._index = context.buffer(index.astype("i4").tobytes())
        self.array = context.vertex_array(
            program,
            [(self._buffer, "3f 3f 2f 1f", "place", "normal", "texture_place", "skull")],
            self._index,
        )

    def write(self, vertices: Vertices) -> None:
        """Take new positions."""
        own = vertices[self.used]
        a, b, c = (own[self._triangles[:, i]] for i in range(3))
        normals = self._spread @ np.cross(b - a, c - a)
        normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9
        rows = np.hstack([own[self._from], normals[self._from], self._texture, self._skull])
        self._buffer.write(rows.astype(np.float32).tobytes())

    def release(self) -> None:
        """Give the graphics memory back."""
        for thing in (self.array, self._buffer, self._index):
            thing.release()
