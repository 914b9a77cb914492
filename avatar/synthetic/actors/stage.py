"""The stage: people in light before a camera, drawn with OpenGL on the CPU or a GPU.

Needs the extra `synth` and Mesa's EGL. One stage belongs to one thread.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8
from scipy.spatial import KDTree

from avatar.errors import PartUnavailable
from avatar.motion import ARKIT58, Vector
from avatar.synthetic.actors.anatomy import Anatomy, FaceMap
from avatar.synthetic.actors.assets import HumanAssets, Proxy
from avatar.synthetic.actors.camera import View, camera_of, projected
from avatar.synthetic.actors.casting import HATS, Person, Tint
from avatar.synthetic.actors.expressions import Performer, performer
from avatar.synthetic.actors.eyeballs import Eyeballs
from avatar.synthetic.actors.eyebrows import brow_rows
from avatar.synthetic.actors.lighting import Lighting
from avatar.synthetic.actors.pictures import joined
from avatar.synthetic.actors.shaders import FRAGMENT, VERTEX, WALL_FRAGMENT, WALL_VERTEX
from avatar.synthetic.actors.surfaces import FINISHES, SKIN, Surface
from avatar.tracking.places import PLACE_GROUPS, Places
from avatar.tracking.rotation import rotation_of

Image = UInt8[np.ndarray, "size size 3"]

TEXTURE_SIDE = 1024
EYE_TINT = (0.86, 0.86, 0.86)
HEAD_BELOW = 2.6
"""Decimetres below the eyes to which a body is drawn."""
GREEN = (0.0, 30.0, 0.0)
"""What may hide a face is painted so, to see where it does: no skin is."""
GREENER = 30
"""Levels by which green exceeds red and blue where something hides the face."""


@dataclass(frozen=True, eq=False)
class Shot:
    """A picture, where the landmarks are in it, pixel centres at whole numbers, and which of them
    are hidden by what is worn.
    """

    image: Image
    places: Places
    covered: Bool[np.ndarray, "96"]


class Actor:
    """A person on a stage. Release it before the next one comes."""

    def __init__(self, stage: "Stage", person: Person) -> None:
        assets = stage.assets
        self.person, self._stage = person, stage
        body = person.body
        self.map: FaceMap = stage.anatomy.map(body)
        self.eyeballs = Eyeballs(assets, body)
        mesh = assets.mesh
        low = self.eyeballs.middle[1] - HEAD_BELOW
        keep = (mesh.group == 0) & (body[mesh.quads][:, :, 1].min(axis=1) > low)
        self._still: list[Surface] = []
        self._moving: list[Surface] = []
        self.covering: list[Surface] = []
        self._skin = Surface(
            stage.program,
            mesh,
            keep,
            assets.skull,
            stage.texture(person.skin),
            SKIN,
            person.skin_tint,
            None,
        )
        brow = assets.proxy("eyebrows", person.brow)
        self._brow, self._brow_rows = brow, brow_rows(brow, brow.fit(assets.vertices))
        hair_tint = next(
            (tint for kind, _, tint in person.worn if kind == "hair"), (0.3, 0.25, 0.2)
        )
        self._wear("eyebrows", brow, hair_tint, moving=True)
        self._eyes = self._wear("eyes", self.eyeballs.proxy, EYE_TINT, person.eyes, moving=True)
        for kind, name, tint in person.worn:
            follows = kind in ("eyelashes", "teeth", "tongue") or name in (
                "Full_beard",
                "Moustache",
            )
            folder = "clothes" if kind in ("glasses", "sunglasses") else kind
            surface = self._wear(kind, assets.proxy(folder, name), tint, moving=follows)
            if name in HATS or kind == "sunglasses" or (kind == "hair" and not follows):
                self.covering.append(surface)
        solid = np.flatnonzero(assets.skull > 0.9)
        under = KDTree(body[solid])
        fitted = brow.fit(body)
        anchors = {
            f"brow_{side}": tuple(
                int(solid[i]) for i in np.atleast_1d(under.query(rows @ fitted)[1])
            )
            for side, rows in self._brow_rows.items()
        }
        self.performer: Performer = performer(assets, stage.anatomy, body, anchors)
        for surface in self._still:
            assert surface.proxy is not None
            surface.write(surface.proxy.fit(body))

    def _wear(
        self, kind: str, proxy: Proxy, tint: Tint, picture: int = 0, *, moving: bool
    ) -> Surface:
        stage = self._stage
        skull = np.clip((proxy.weights * stage.assets.skull[proxy.hangs_on]).sum(axis=1), 0, 1)
        texture = stage.texture(proxy.textures[min(picture, len(proxy.textures) - 1)])
        keep = np.ones(len(proxy.mesh.quads), bool)
        surface = Surface(
            stage.program, proxy.mesh, keep, skull, texture, FINISHES[kind], tint, proxy
        )
        (self._moving if moving else self._still).append(surface)
        return surface

    @property
    def surfaces(self) -> list[Surface]:
        """What is drawn: what hides first, then what is half transparent."""
        solid = [s for s in (self._skin, *self._moving, *self._still) if not s.finish.fringed]
        return solid + [s for s in (*self._moving, *self._still) if s.finish.fringed]

    def act(self, motion: Vector) -> dict[str, Float32[np.ndarray, "_ 3"]]:
        """Take an expression; the landmarks before the head turns."""
        body = self.performer.perform(self.person.body, self._lids_follow(motion))
        self._skin.write(body)
        for surface in self._moving:
            assert surface.proxy is not None
            fitted = surface.proxy.fit(body)
            surface.write(self.eyeballs.turn(fitted, motion) if surface is self._eyes else fitted)
        brow = self._brow.fit(body)
        points = self.map.place(body)
        points |= {f"brow_{side}": (rows @ brow) for side, rows in self._brow_rows.items()}
        return points | self.eyeballs.landmarks(motion)

    @staticmethod
    def _lids_follow(motion: Vector) -> Vector:
        """Upper lids sink with a look down."""
        result = motion.copy()
        for side in ("Left", "Right"):
            blink = ARKIT58.index(f"eyeBlink{side}")
            down = float(motion[ARKIT58.index(f"eyeLookDown{side}")])
            result[blink] += (1 - result[blink]) * 0.3 * down
        return result

    def release(self) -> None:
        """Give the graphics memory back."""
        for surface in self.surfaces:
            surface.release()


class Stage:
    """Draws square pictures of people. Raises PartUnavailable without OpenGL."""

    def __init__(self, assets: HumanAssets, size: int) -> None:
        try:
            import moderngl

            self.context: Any = moderngl.create_context(
                standalone=True,
                backend="egl",  # pyright: ignore[reportArgumentType]
            )
        except Exception as error:
            raise PartUnavailable(
                f"drawing people needs OpenGL ({error}): pip install 'visavis[synth]' and "
                "apt install libegl1 libgl1-mesa-dri"
            ) from error
        self.assets, self.size = assets, size
        self.anatomy = Anatomy(assets)
        self.program = self.context.program(vertex_shader=VERTEX, fragment_shader=FRAGMENT)
        self._wall = self.context.program(vertex_shader=WALL_VERTEX, fragment_shader=WALL_FRAGMENT)
        self._frame = self.context.simple_framebuffer((size, size), 3)
        corners = np.array([-1, -1, 1, -1, -1, 1, 1, 1], np.float32)
        self._wall_array = self.context.vertex_array(
            self._wall, [(self.context.buffer(corners.tobytes()), "2f", "corner")]
        )
        self.texture = lru_cache(maxsize=96)(self._load)

    def _load(self, path: Path) -> Any:
        pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if pixels is None:
            raise PartUnavailable(f"{path}: cannot be read: run visavis actors fetch again")
        if pixels.ndim == 2:
            pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGRA)
        pixels = cv2.cvtColor(
            pixels, cv2.COLOR_BGR2RGBA if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
        )
        scale = TEXTURE_SIDE / max(pixels.shape[:2])
        if scale < 1:
            pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        texture = self.context.texture(
            pixels.shape[1::-1], 4, np.ascontiguousarray(pixels[::-1]).tobytes()
        )
        texture.build_mipmaps()
        return texture

    def shoot(
        self, actor: Actor, motion: Vector, view: View, lighting: Lighting, wall: Image
    ) -> Shot:
        """A picture of an actor with the expression and the pose of a motion."""
        places = actor.act(motion)
        yaw, pitch, roll = (
            float(motion[ARKIT58.index(name)]) for name in ("headYaw", "headPitch", "headRoll")
        )
        turn = rotation_of(yaw, pitch, roll).astype(np.float32)
        pivot = self.assets.joint(actor.person.body, "head____head")
        eyes = actor.eyeballs.middle
        face = turn @ (eyes + np.array([0, -0.32, 0.25], np.float32) - pivot) + pivot
        camera, eye = camera_of(face, view, actor.eyeballs.apart)
        self._light(lighting, eye, turn, pivot, actor)
        self._draw(actor, camera, wall)
        image = self._read()
        landmarks = joined({name: places[name] for name in PLACE_GROUPS}, dimensions=3)
        marks = projected((landmarks - pivot) @ turn.T + pivot, camera, self.size)
        return Shot(image, marks, self._covered(actor, camera, wall, marks))

    def _covered(
        self, actor: Actor, camera: np.ndarray, wall: Image, places: Places
    ) -> Bool[np.ndarray, "96"]:
        """Which landmarks hair, a hat or dark glasses hide."""
        if not actor.covering:
            return np.zeros(len(places), bool)
        tints = [surface.tint for surface in actor.covering]
        for surface in actor.covering:
            surface.tint = GREEN
        self._draw(actor, camera, wall)
        for surface, tint in zip(actor.covering, tints, strict=True):
            surface.tint = tint
        column, row = np.clip(np.round(places).astype(int), 0, self.size - 1).T
        red, green, blue = self._read()[row, column].astype(int).T
        return green - np.maximum(red, blue) > GREENER

    def _light(
        self, lighting: Lighting, eye: np.ndarray, turn: np.ndarray, pivot: np.ndarray, actor: Actor
    ) -> None:
        program = self.program
        values: dict[str, Any] = {
            "eye": eye, "pivot": pivot, "shift": (0.0, 0.0, 0.0),
            "key": lighting.key, "key_colour": lighting.key_colour, "fill": lighting.fill,
            "fill_colour": lighting.fill_colour, "sky": lighting.sky, "ground": lighting.ground,
        }  # fmt: skip
        for name, value in values.items():
            program[name].value = tuple(float(number) for number in value)
        program["turn"].write(np.ascontiguousarray(turn.T, np.float32).tobytes())
        program["cave_depth"].value = float(actor.eyeballs.middle[2] - 0.15)

    def _draw(self, actor: Actor, camera: np.ndarray, wall: Image) -> None:
        import moderngl

        context, program = self.context, self.program
        self._frame.use()
        context.clear(0, 0, 0, 1)
        context.disable(moderngl.DEPTH_TEST)
        picture = context.texture(
            wall.shape[1::-1], 3, np.ascontiguousarray(wall[::-1]).tobytes(), alignment=1
        )
        picture.use(0)
        self._wall_array.render(moderngl.TRIANGLE_STRIP)
        picture.release()
        context.enable(moderngl.DEPTH_TEST | moderngl.BLEND)
        program["camera"].write(np.ascontiguousarray(camera.T, np.float32).tobytes())
        for surface in actor.surfaces:
            finish = surface.finish
            program["tint"].value = surface.tint
            for name in ("softness", "shine", "gloss", "cave", "least_alpha"):
                program[name].value = getattr(finish, name)
            surface.picture.use(0)
            surface.array.render()
            if finish.fringed:
                self._frame.depth_mask = False
                program["least_alpha"].value = 0.05
                surface.array.render()
                self._frame.depth_mask = True

    def _read(self) -> Image:
        pixels = np.frombuffer(self._frame.read(components=3, alignment=1), np.uint8)
        return np.ascontiguousarray(pixels.reshape(self.size, self.size, 3)[::-1])
