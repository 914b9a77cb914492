"""Turn taking, measured from outside: scripted visitors, a real server, real time."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from time import monotonic

import numpy as np

from agent.protocol.media import MediaKind
from pipelines.benchmark.server_process import running_server
from pipelines.simulation.dialogues import Cast, Dialogue, Over
from pipelines.simulation.talker import Talker, talking
from pipelines.simulation.visitor import Received, Visitor, VisitorError, visiting

SERVERS = 2
AT_A_TIME = 2
"""Dialogues with one server: more of them would wait for its interpreter, and not for its manners.
"""
FADE_S = 0.02
"""What a client takes to fade out when it is told to."""
DECIDED_S = 1.4
"""Whether a sound over the avatar was an interruption is decided by then, or 0.4 s after its end.
"""
LONGEST_HOLD_S = 1.3
"""A hold is over by then, one way or the other."""
BARGE_IN_WITHIN_S = 2.6
SETTLES_S = 0.4
LARGEST_WAIT_S = 8.0


@dataclass(slots=True)
class Outcome:
    """What one dialogue showed; times in milliseconds, None for what did not happen."""

    over_kind: Over
    response_ms: list[float] = field(default_factory=list)
    turn_end_ms: list[float] = field(default_factory=list)
    """From the end of speech until the turn was over; the rest of the response is the answer's."""
    turns: int = 0
    missed_turns: int = 0
    pauses: int = 0
    cut_off: bool = False
    false_barge_in: bool | None = None
    held_for_nothing_ms: float | None = None
    resumed: bool | None = None
    held_ms: float | None = None
    barge_in_ms: float | None = None
    missed_barge_in: bool | None = None
    spoken_s: float = 0.0
    backchannels: int = 0
    stale_pieces: int = 0
    failed: str | None = None


async def measure_conversations(
    dialogues: int, seed: int, tell: Callable[[str], None]
) -> list[Outcome]:
    """Play dialogues with a server of our own, several at a time."""
    tell("starting servers")
    with ExitStack() as stack:
        making = asyncio.create_task(asyncio.to_thread(_scripts, dialogues, seed))
        options = ("--sessions", str(2 * AT_A_TIME), "--size", "256", "--generator", "rules")
        servers = [
            asyncio.to_thread(stack.enter_context, running_server(*options)) for _ in range(SERVERS)
        ]
        running = await asyncio.gather(*servers)
        scripts = await making
        free = [server.port for server in running for _ in range(AT_A_TIME)]
        room, done = asyncio.Semaphore(len(free)), count(1)

        async def one(script: Dialogue) -> Outcome:
            async with room:
                port = free.pop(0)
                try:
                    return await play(port, script)
                finally:
                    free.append(port)
                    tell(f"dialogue {next(done)} of {dialogues}")

        # The longest first, so that none is left over at the end.
        ordered = sorted(scripts, key=lambda script: -script.lasts_s)
        return await asyncio.gather(*(one(script) for script in ordered))


def _scripts(dialogues: int, seed: int) -> list[Dialogue]:
    cast = Cast()
    try:
        return [cast.dialogue(seed + n) for n in range(dialogues)]
    finally:
        cast.close()


async def play(port: int, script: Dialogue) -> Outcome:
    """One dialogue with a server on this machine."""
    outcome = Outcome(script.over_kind)
    try:
        async with visiting(port, pictures=False) as visitor:
            async with talking(visitor, script.noise, camera=script.camera) as talker:
                await asyncio.sleep(SETTLES_S)
                await _open(visitor, talker, script, outcome)
                await visitor.tell(type="avatar.say", text=script.statement, interrupt=True)
                after = monotonic()
                await visitor.first_media(MediaKind.AVATAR_AUDIO, after=after + 0.1)
                await asyncio.sleep(script.over_after_s)
                await talk_over(visitor, talker, script, outcome)
                await interrupt(visitor, talker, script, outcome)
            outcome.stale_pieces = _stale(visitor)
            outcome.backchannels = _backchannels(visitor.media)
    except VisitorError as error:
        outcome.failed = str(error)
    return outcome


async def _open(visitor: Visitor, talker: Talker, script: Dialogue, outcome: Outcome) -> None:
    """A question with a pause inside, or a story, and the first sound of the answer to it."""
    begun = monotonic()
    ended = begun
    for i, part in enumerate(script.opening):
        said_from, ended = await talker.say(part)
        outcome.spoken_s += ended - said_from
        if i < len(script.pauses_s):
            await asyncio.sleep(script.pauses_s[i])
            outcome.pauses += 1
    outcome.cut_off = any(begun < at < ended for at in _speech(visitor.media))
    await answered(visitor, ended, outcome)


async def answered(visitor: Visitor, ended: float, outcome: Outcome) -> None:
    """Wait for the first sound of the answer to what ended then."""
    outcome.turns += 1
    while monotonic() < ended + LARGEST_WAIT_S:
        said = [at for at in _speech(visitor.media) if at > ended]
        if said:
            outcome.response_ms.append(1000 * (said[0] - ended))
            over = _after(visitor, "input_audio_buffer.speech_stopped", ended)
            if over is not None:
                outcome.turn_end_ms.append(1000 * (over - ended))
            return
        await asyncio.sleep(0.02)
    outcome.missed_turns += 1


async def talk_over(visitor: Visitor, talker: Talker, script: Dialogue, outcome: Outcome) -> None:
    """A sound that is no interruption: nothing of the statement may be lost."""
    own = script.over_kind is not Over.BESIDE
    begun, ended = await talker.say(script.over, own=own)
    await asyncio.sleep(max(0.0, max(begun + DECIDED_S, ended + 0.4) - monotonic()))
    paused = _after(visitor, "avatar.paused", begun)
    if paused is not None:
        await asyncio.sleep(max(0.0, paused + LONGEST_HOLD_S - monotonic()))
    outcome.false_barge_in = _after(visitor, "avatar.flush", begun) is not None
    if paused is not None and not outcome.false_barge_in:
        resumed = _after(visitor, "avatar.resumed", paused)
        outcome.resumed = resumed is not None and any(at > paused for at in _speech(visitor.media))
        if resumed is not None:
            outcome.held_for_nothing_ms = 1000 * (resumed - paused)


async def interrupt(visitor: Visitor, talker: Talker, script: Dialogue, outcome: Outcome) -> None:
    """A true interruption, if the avatar still speaks, and the answer to it."""
    await asyncio.sleep(script.interrupt_after_s)
    if not _speaks(visitor.media):
        return
    before = monotonic()
    begun, ended = await talker.say(script.interruption)
    while (flushed := _after(visitor, "avatar.flush", before)) is None:
        if monotonic() > before + BARGE_IN_WITHIN_S:
            break
        await asyncio.sleep(0.02)
    outcome.missed_barge_in = flushed is None
    if flushed is None:
        return
    paused = _after(visitor, "avatar.paused", before)
    silent = flushed if paused is None else min(paused, flushed)
    outcome.held_ms = 1000 * (silent - begun + FADE_S)
    outcome.barge_in_ms = 1000 * (flushed - begun)
    await answered(visitor, ended, outcome)


def _speech(media: Sequence[Received]) -> list[float]:
    """When sound of turns came; backchannels are none."""
    return [f.at for f in media if f.kind == MediaKind.AVATAR_AUDIO and f.turn > 0]


def _speaks(media: Sequence[Received]) -> bool:
    said = _speech(media)
    return bool(said) and monotonic() - said[-1] < 0.15


def _backchannels(media: Sequence[Received]) -> int:
    times = [f.at for f in media if f.kind == MediaKind.AVATAR_AUDIO and f.turn == 0]
    return sum(i == 0 or at - times[i - 1] > 0.5 for i, at in enumerate(times))


def _after(visitor: Visitor, kind: str, moment: float) -> float | None:
    found = (at for at, event in visitor.events if event["type"] == kind and at >= moment)
    return next(found, None)


def _stale(visitor: Visitor) -> int:
    """Pieces of a turn that came after its flush."""
    stale = 0
    for at, event in visitor.events:
        if event["type"] == "avatar.flush":
            stale += sum(f.at > at and 0 < f.turn <= event["turn"] for f in visitor.media)
    return stale


def figures(outcomes: Sequence[Outcome]) -> dict[str, float | int | None]:
    """The figures by the names that scripts rely on; None for what never happened."""
    whole = [o for o in outcomes if o.failed is None]
    response = [ms for o in whole for ms in o.response_ms]
    turn_end = [ms for o in whole for ms in o.turn_end_ms]
    held = [o.held_ms for o in whole if o.held_ms is not None]
    barge = [o.barge_in_ms for o in whole if o.barge_in_ms is not None]
    holds = [o.held_for_nothing_ms for o in whole if o.held_for_nothing_ms is not None]
    spoken = sum(o.spoken_s for o in whole)
    return {
        "dialogues": len(outcomes),
        "failed": len(outcomes) - len(whole),
        "response_ms_p50": _percentile(response, 50),
        "response_ms_p95": _percentile(response, 95),
        "turn_end_ms_p50": _percentile(turn_end, 50),
        "turn_end_ms_p95": _percentile(turn_end, 95),
        "barge_in_ms_p50": _percentile(barge, 50),
        "barge_in_ms_p95": _percentile(barge, 95),
        "held_ms_p50": _percentile(held, 50),
        "held_ms_p95": _percentile(held, 95),
        "false_hold_ms_p95": _percentile(holds, 95),
        "false_barge_in_rate": rate([o.false_barge_in for o in whole]),
        "missed_barge_in_rate": rate([o.missed_barge_in for o in whole]),
        "cut_off_rate": rate([o.cut_off for o in whole if o.pauses]),
        "missed_turn_rate": _share(sum(o.missed_turns for o in whole), sum(o.turns for o in whole)),
        "resume_rate": rate([o.resumed for o in whole]),
        "backchannels_per_min": round(60 * sum(o.backchannels for o in whole) / spoken, 2)
        if spoken
        else None,
        "stale_pieces": sum(o.stale_pieces for o in whole),
    }


def rate(happened: Sequence[bool | None]) -> float | None:
    """The share of what could happen and did."""
    known = [value for value in happened if value is not None]
    return _share(sum(known), len(known))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _percentile(values: Sequence[float], percent: float) -> float | None:
    return round(float(np.percentile(values, percent)), 1) if values else None
