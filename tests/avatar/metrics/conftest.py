"""Small conversations in which it is known who answers what."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from avatar.behaviour.chance import Chance
from avatar.behaviour.events import MotionEvent
from avatar.behaviour.face import Face
from avatar.behaviour.gestures import Gesture, Smile, play
from avatar.clock import FPS, TICK
from avatar.data.clip import DyadicClip, Party, Signals, Utterance
from avatar.motion import ARKIT58, Motions
from avatar.tick import AvatarState, Phone, Style
from tests.unchecked import unchecked


@dataclass(frozen=True)
class Stage:
    """Plays faces and puts conversations together."""

    def motion(self, *gestures: Gesture, seconds: float, seed: int = 0) -> Motions:
        chance, rows = Chance(seed), list[np.ndarray]()
        for index in range(round(seconds * FPS)):
            face, now = Face(ARKIT58.rest), index / FPS
            play(gestures, face, now)
            for channel, period in (("headPitch", 4.7), ("headYaw", 5.5), ("headRoll", 6.3)):
                face.add(channel, 0.015 * chance.drift(channel, now, period))
            rows.append(face.motion())
        return np.stack(rows)

    def times(self, seed: int, seconds: float) -> list[float]:
        """Irregular times, eight seconds apart on average."""
        rng, found, now = np.random.default_rng(seed), list[float](), 1.0
        while (now := now + 3.0 + float(rng.exponential(5.0))) < seconds - 4:
            found.append(now)
        return found

    def smiles(self, times: list[float], seconds: float, seed: int, delay: float = 0.0) -> Motions:
        gestures = [Smile(time + delay, 1.0, 0.6) for time in times]
        return self.motion(*gestures, seconds=seconds, seed=seed)

    def party(
        self,
        motion: Motions,
        utterances: tuple[Utterance, ...] = (),
        events: tuple[MotionEvent, ...] = (),
    ) -> Party:
        length = len(motion)
        signals = Signals(
            audio=None,
            motion=np.zeros_like(motion),
            seen=np.zeros(motion.shape, bool),
            age_ticks=np.full(length, -1, np.int16),
        )
        return Party(
            utterances=utterances,
            motion=motion,
            seen=np.ones(motion.shape, bool),
            events=events,
            states=(AvatarState.LISTENING,) * length,
            style=Style(),
            signals=signals,
        )

    def utterance(self, start: int, ticks: int, phones: tuple[Phone, ...] = ()) -> Utterance:
        sound = np.random.default_rng(start).normal(0, 0.1, ticks * TICK).astype(np.float32)
        return Utterance(start, sound.clip(-1, 1), phones, ends_turn=True)

    def clip(self, own: Party, user: Party) -> DyadicClip:
        return DyadicClip((own, user), ARKIT58, "made for a test", "Apache-2.0")

    def answered_clip(self, seed: int, seconds: float = 28.0) -> DyadicClip:
        """The user's silent smiles are answered by smiles 0.48 s later; both speak in between."""
        times = self.times(seed, seconds)
        events = tuple(MotionEvent("smile", round(time * FPS), 0.6) for time in times)
        user = self.smiles(times, seconds, 2 * seed)
        own = self.smiles(times, seconds, 2 * seed + 1, delay=0.48)
        phones = (Phone("m", 0.0, 0.2), Phone("a", 0.2, 0.4))
        rng = np.random.default_rng(seed)
        jaw, press = ARKIT58.index("jawOpen"), ARKIT58.index("mouthPressLeft")
        own[:5, press : press + 2] = 0.5
        own[5:25, jaw] = 0.2 + 0.2 * rng.random(20, np.float32)
        return self.clip(
            self.party(own, (self.utterance(0, 25, phones),)),
            self.party(user, (self.utterance(30, 35),), events),
        )


@pytest.fixture(scope="session")
def stage() -> Stage:
    return Stage()


@pytest.fixture(scope="session")
def answered_clips(stage: Stage) -> Callable[[int], tuple[DyadicClip, ...]]:
    made = tuple(unchecked(stage.answered_clip, (1, 2, 3)))
    return lambda count: made[:count]
