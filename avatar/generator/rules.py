"""The rule-based generator: behaviour processes put together, without a learned part.

It is the baseline that a learned generator has to beat and the one that needs nothing. It hears its
own voice `LOOK_AHEAD` ticks ahead and the user not at all ahead, answers in the very tick in which
it hears or sees something, and never mouths the user's words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from avatar.behaviour.blinks import BlinkState, apply_blink, blink
from avatar.behaviour.chance import Chance
from avatar.behaviour.face import Face
from avatar.behaviour.gaze import GazeState, apply_gaze, look
from avatar.behaviour.listening import ListeningState, listen
from avatar.behaviour.posture import PostureState, apply_attention, apply_posture, settle
from avatar.behaviour.reactions import (
    QUIET_SMILE,
    Listener,
    ReactionState,
    add_reactions,
    laughs,
)
from avatar.behaviour.seeing import SeeingState, see
from avatar.behaviour.speaking import SpeakingState, accents, speak
from avatar.behaviour.temperament import Temperament
from avatar.behaviour.visemes import apply_mouth
from avatar.clock import TICK_S
from avatar.motion import ARKIT58, Motions, MotionSpace, Vector
from avatar.tick import Tick

SMILE_WHILE_TALKING = 0.4
"""Part of a smile that speaking takes back."""
LOOK_AHEAD = 4
"""Ticks: 160 ms of the own voice, enough to close the lips before a bilabial."""


@dataclass(frozen=True, eq=False, slots=True)
class RulesState:
    """One conversation of the rule-based generator."""

    chance: Chance
    person: Temperament
    rest: Vector
    speaking: SpeakingState
    listening: ListeningState
    seeing: SeeingState
    reactions: ReactionState
    gaze: GazeState
    blinking: BlinkState
    posture: PostureState


class RuleBasedGenerator:
    """Generates `arkit58` motions one at a time from behaviour processes."""

    space: MotionSpace = ARKIT58
    user_space: MotionSpace = ARKIT58
    block = 1
    look_ahead = LOOK_AHEAD

    def start(self, *, seed: int, rest: Vector) -> RulesState:
        """A person drawn from the seed, at rest."""
        chance = Chance(seed)
        return RulesState(
            chance=chance,
            person=Temperament.drawn(chance),
            rest=rest,
            speaking=SpeakingState(),
            listening=ListeningState.start(),
            seeing=SeeingState(),
            reactions=ReactionState(),
            gaze=GazeState(),
            blinking=BlinkState(),
            posture=PostureState(),
        )

    def step(self, ticks: Sequence[Tick], state: RulesState) -> tuple[Motions, RulesState]:
        """One motion, for the newest tick."""
        for tick in ticks:
            state = _advance(tick, state)
        return _draw(ticks[-1], state)[None], state


def _advance(tick: Tick, state: RulesState) -> RulesState:
    """Hear, see, decide."""
    chance, person = state.chance, state.person
    cues, listening = listen(tick, state.listening)
    sight, seeing = see(tick, state.seeing)
    listener = Listener(chance, person, tick.style.intensity)
    spoken_s = listening.spoken * TICK_S if listening.voice.active else 0.0
    reactions = listener.react(tick, cues, sight, spoken_s, state.reactions)
    spoken = speak(tick, state.speaking)
    beats, spoken = accents(tick, state.speaking, spoken, chance, person)
    reactions = replace(reactions, gestures=reactions.gestures + beats)
    gaze = look(tick, state.gaze, chance)
    return replace(
        state,
        speaking=spoken,
        listening=listening,
        seeing=seeing,
        reactions=reactions,
        gaze=gaze,
        blinking=blink(tick, gaze.shift, state.blinking, chance, person),
        posture=settle(tick, state.posture),
    )


def _draw(tick: Tick, state: RulesState) -> Vector:
    """Add up what all processes do to the face."""
    face = Face(state.rest)
    apply_posture(face, tick, state.posture, state.chance, state.person)
    apply_attention(face, state.listening, state.seeing, tick.style.intensity)
    add_reactions(state.reactions, face, tick)
    laughing = laughs(state.reactions, tick.index * TICK_S)
    for side in ("Left", "Right"):
        face.scale("mouthSmile" + side, 1 - SMILE_WHILE_TALKING * state.posture.talking)
        if not laughing:
            face.limit("mouthSmile" + side, QUIET_SMILE)
    apply_mouth(face, state.speaking.mouth, state.person.mouth)
    apply_gaze(face, state.gaze)
    apply_blink(face, tick, state.blinking)
    return face.motion()
