"""Sessions share networks: each gets what it would alone, several are computed at once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np

from agent.nodes.sharing import SharedDecoder, SharedEncoder, SharedGenerator
from avatar.motion import Motions, Vector, latent_space
from avatar.rendering.base import Picture
from avatar.rendering.neural import NeuralRenderer, Pictures
from avatar.tick import Tick
from avatar.timeline import Timeline

SPACE = latent_space(4)
SESSIONS = 4


class Counting:
    """The n-th step of a session that began with a seed is seed + n."""

    space = user_space = SPACE
    block, look_ahead = 2, 0

    def __init__(self) -> None:
        self.batches: list[int] = []

    def start(self, *, seed: int, rest: Vector) -> int:
        del rest
        return 100 * seed

    def step(self, ticks: Sequence[Tick], state: int) -> tuple[Motions, int]:
        return self.steps([(ticks, state)])[0]

    def steps(self, due: Sequence[tuple[Sequence[Tick], int]]) -> list[tuple[Motions, int]]:
        self.batches.append(len(due))
        return [
            (np.full((self.block, SPACE.dim), state + 1, np.float32), state + 1) for _, state in due
        ]


class Shades:
    """Draws the first number of a motion as a grey."""

    space, side, rest = SPACE, 8, SPACE.rest

    def draw(self, motions: Motions) -> Pictures:
        levels = motions[:, :1, None, None].astype(np.uint8)
        return np.broadcast_to(levels, (len(motions), 8, 8, 3)).copy()


def test_every_session_goes_its_own_way_through_one_generator() -> None:
    inner = Counting()
    shared = SharedGenerator(inner, most=2)
    tick = Timeline(voice_rate=24_000, look_ahead=0).next_tick()
    together = Barrier(SESSIONS)

    def session(seed: int) -> list[float]:
        state, seen = shared.start(seed=seed, rest=SPACE.rest), list[float]()
        for _ in range(20):
            together.wait(10)
            motions, state = shared.step([tick], state)
            seen.append(float(motions[0, 0]))
        return seen

    with ThreadPoolExecutor(SESSIONS) as threads:
        ways = list(threads.map(session, range(SESSIONS)))
    assert ways == [[100 * seed + n for n in range(1, 21)] for seed in range(SESSIONS)]
    assert sum(inner.batches) == 20 * SESSIONS
    assert max(inner.batches) <= 2


def test_pictures_of_shared_decoders_are_those_of_their_own_motions() -> None:
    renderer = NeuralRenderer(SharedDecoder(Shades(), most=8), name="x", licence="none")

    def picture(level: int) -> Picture:
        return renderer.render(np.full(4, level, np.float32), renderer.start())[0]

    with ThreadPoolExecutor(SESSIONS) as threads:
        drawn = list(threads.map(picture, range(40)))
    assert [int(picture[0, 0, 0]) for picture in drawn] == list(range(40))


def test_an_encoder_is_asked_by_one_thread_at_a_time() -> None:
    class Encoder:
        space, side = SPACE, 8
        busy = False

        def motion(self, picture: Picture) -> Vector:
            assert not self.busy
            self.busy = True
            told = np.full(4, picture[0, 0, 0], np.float32)
            self.busy = False
            return told

    shared = SharedEncoder(Encoder())
    pictures = [np.full((8, 8, 3), level, np.uint8) for level in range(20)]
    with ThreadPoolExecutor(SESSIONS) as threads:
        told = list(threads.map(shared.motion, pictures))
    assert [int(motion[0]) for motion in told] == list(range(20))
