"""When something is due in a conversation, from what is known: pure functions of times."""

from math import exp
from typing import assert_never

from agent.turns.manners import Known, Manners
from agent.turns.meaning import is_backchannel
from agent.turns.states import Floor

MELODY = 0.35
"""Weight of the voice's melody against the words, as measured (docs/experiments.md)."""
DOUBT = 1.05
"""How steeply patience grows with the doubt that the turn is over."""
PAUSING = 1.15
"""Somebody who pauses is waited for a little longer than they usually take."""


def deadline_s(floor: Floor, known: Known, manners: Manners, opened_s: float) -> float | None:
    """When a floor changes by itself; None where it does not. `opened_s` is when the microphone
    opened: before anybody has spoken nobody is asked whether there is anything else.
    """
    lost = known.heard_s + manners.silent_voice_s
    match floor:
        case Floor.IDLE:
            waits = manners.let_go_s if known.prompted else manners.reprompt_s
            return known.since_s + waits if known.since_s > opened_s else None
        case Floor.USER:
            return known.since_s + manners.longest_turn_s
        case Floor.USER_PAUSE:
            return pause_s(known, manners)
        case Floor.THINKING:
            return answer_s(known, manners)
        case Floor.TENTATIVE:
            return hold_ends_s(known, manners)
        case Floor.AVATAR:
            return lost
        case Floor.OVERLAP:
            seen = known.talks and known.mouth_moves is True
            return min(lost, wordless_s(known, manners)) if seen else lost
        case _:
            assert_never(floor)


def longest_pause_s(known: Known, now: float) -> float:
    """How long this speaker pauses: follows the longer pauses, and forgets slowly."""
    pause = now - known.quiet_since_s
    return 0.7 * known.longest_pause_s + 0.3 * max(pause, known.longest_pause_s)


def over(known: Known) -> float:
    """How likely the turn is over: by the words, and by the melody as far as it is known."""
    odds = known.whole + MELODY * known.melody
    return 1 / (1 + exp(-odds))


def patience_s(known: Known, manners: Manners) -> float:
    """The pause after which a turn is over."""
    least, most = manners.patience_s
    waits = least + DOUBT * (most - least) * (1 - over(known))
    pauses = min(most * PAUSING, PAUSING * known.longest_pause_s)
    return max(min(most, waits), pauses)


def end_s(known: Known, manners: Manners) -> float:
    """When a pause ends the turn, if nothing comes: a sound that may be a voice is waited out."""
    if known.committed:
        return known.quiet_since_s
    if manners.push_to_talk:
        return known.quiet_since_s + manners.longest_turn_s
    end = known.quiet_since_s + patience_s(known, manners)
    return max(end, known.sound_since_s + manners.doubtful_s) if known.sound else end


def is_over(known: Known, manners: Manners, now: float) -> bool:
    """Whether a pause ends the turn, when all that was said is known."""
    return now >= end_s(known, manners) - 1e-9


def pause_s(known: Known, manners: Manners) -> float:
    """The next moment of a pause: to listen audibly, to speculate, or to end the turn."""
    quiet = known.quiet_since_s
    moments = [quiet + manners.unheard_s if known.unheard else end_s(known, manners)]
    if speculates(known):
        moments.append(quiet + manners.speculate_s)
    if listens(known, manners):
        moments.append(quiet + manners.backchannel_pause_s)
    return min(moments)


def speculates(known: Known) -> bool:
    """Whether there is something to prepare an answer to."""
    done = known.speculated or known.hopeless
    return bool(known.said) and not known.unheard and not done


def listens(known: Known, manners: Manners) -> bool:
    """Whether this pause may have a sign of listening, and has not been thought of yet."""
    at = known.quiet_since_s + manners.backchannel_pause_s
    rare = at - known.backchannel_s >= manners.backchannel_gap_s
    new = known.considered_s < known.quiet_since_s
    return manners.backchannels_a_minute > 0 and not known.unheard and rare and new


def wordless_s(known: Known, manners: Manners) -> float:
    """When a voice takes the floor without words."""
    return known.sound_since_s + manners.wordless_s


def lasts(known: Known, manners: Manners, now: float) -> bool:
    """Whether a voice has lasted long enough to take the floor without words."""
    lasting = known.voice and known.sound and now >= wordless_s(known, manners)
    return lasting and not is_backchannel(known.words)


def hold_ends_s(known: Known, manners: Manners) -> float:
    """When a hold ends, one way or the other."""
    longest = known.since_s + manners.longest_hold_s
    if known.sound and not known.voice:
        return min(longest, known.sound_since_s + manners.doubtful_s)
    if known.voice:
        listens_on = not known.sound or is_backchannel(known.words)
        return longest if listens_on else min(longest, wordless_s(known, manners))
    waits = manners.silent_hold_s if known.voiced else manners.noise_hold_s
    return min(longest, known.quiet_since_s + waits)


def answer_s(known: Known, manners: Manners) -> float:
    """When something is to be said about an answer that does not come."""
    asked = known.since_s if known.asked_s is None else known.asked_s
    patient = known.announced or known.coming
    return asked + (manners.no_answer_s if patient else manners.slow_answer_s)
