"""A conversation of several turns, and a drawing of who did what when."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from agent.protocol.media import MediaKind
from pipelines.benchmark.conversation import Outcome, answered, interrupt, talk_over
from pipelines.benchmark.server_process import running_server
from pipelines.simulation.dialogues import Cast, Dialogue
from pipelines.simulation.talker import Talker, talking
from pipelines.simulation.visitor import Visitor, visiting

TURNS = 10
PAUSE_S = 1.2

ROW_S = 20.0
WIDTH, MARGIN, LANE = 1800, 110, 26
LANES = ("user", "avatar", "state", "reaction", "hold")
GAP = 26
COLOURS = {
    "user": "#4472c4", "avatar": "#c55a11", "backchannel": "#f4b183",
    "listening": "#dae3f3", "thinking": "#ffe699", "speaking": "#fbe5d6", "idle": "#eeeeee",
    "initializing": "#eeeeee", "hold": "#7f7f7f", "flush": "#c00000",
}  # fmt: skip


@dataclass(slots=True)
class Record:
    """What was heard and told, in seconds from the beginning."""

    user: list[tuple[float, float]] = field(default_factory=list)
    avatar: list[tuple[float, float]] = field(default_factory=list)
    backchannels: list[tuple[float, float]] = field(default_factory=list)
    states: list[tuple[float, str]] = field(default_factory=list)
    reactions: list[tuple[float, str]] = field(default_factory=list)
    holds: list[tuple[float, float]] = field(default_factory=list)
    flushes: list[float] = field(default_factory=list)
    response_ms: list[float] = field(default_factory=list)
    lasts_s: float = 0.0


async def converse(seed: int, tell: Callable[[str], None]) -> Record:
    """Ten turns with a server of our own: questions, signs of listening and interruptions."""
    cast = Cast()
    try:
        scripts = [cast.dialogue(seed + n) for n in range(TURNS)]
    finally:
        cast.close()
    tell("starting a server")
    with running_server() as server:
        async with visiting(server.port) as visitor:
            begin = monotonic()
            async with talking(visitor, scripts[0].noise, camera=False) as talker:
                response_ms: list[float] = []
                for number, script in enumerate(scripts):
                    tell(f"turn {number + 1} of {TURNS}")
                    response_ms += await _turn(visitor, talker, script, number)
            return _record(visitor, begin, talker.spans, response_ms)


async def _turn(visitor: Visitor, talker: Talker, script: Dialogue, number: int) -> list[float]:
    outcome, ended = Outcome(script.over_kind), monotonic()
    for part, pause in zip(script.opening, (*script.pauses_s, 0.0), strict=True):
        _, ended = await talker.say(part)
        await asyncio.sleep(pause)
    await answered(visitor, ended, outcome)
    if number % 2:
        await visitor.tell(type="avatar.say", text=script.statement, interrupt=True)
        await asyncio.sleep(1.0 + script.over_after_s)
        await talk_over(visitor, talker, script, outcome)
        await interrupt(visitor, talker, script, outcome)
    await _silence(visitor)
    await asyncio.sleep(PAUSE_S)
    return outcome.response_ms


async def _silence(visitor: Visitor) -> None:
    """Wait until the avatar has ceased to speak."""
    while True:
        said = [f.at for f in visitor.media[-60:] if f.kind == MediaKind.AVATAR_AUDIO]
        if not said or monotonic() - said[-1] >= 0.3:
            return
        await asyncio.sleep(0.1)


def _record(
    visitor: Visitor, begin: float, user: Sequence[tuple[float, float]], response_ms: list[float]
) -> Record:
    audio = [f for f in visitor.media if f.kind == MediaKind.AVATAR_AUDIO]
    record = Record(
        user=[(a - begin, b - begin) for a, b in user],
        avatar=_spans([f.at - begin for f in audio if f.turn > 0]),
        backchannels=_spans([f.at - begin for f in audio if f.turn == 0]),
        response_ms=response_ms,
        lasts_s=monotonic() - begin,
    )
    paused: float | None = None
    for at, event in visitor.events:
        match event["type"]:
            case "avatar.state":
                record.states.append((at - begin, event["state"]))
            case "avatar.reaction":
                record.reactions.append((at - begin, event["kind"]))
            case "avatar.paused":
                paused = at - begin
            case "avatar.resumed" | "avatar.flush":
                if paused is not None:
                    record.holds.append((paused, at - begin))
                paused = None
                if event["type"] == "avatar.flush":
                    record.flushes.append(at - begin)
            case _:
                pass
    return record


def _spans(times: Sequence[float]) -> list[tuple[float, float]]:
    spans: list[tuple[float, float]] = []
    for at in times:
        if spans and at - spans[-1][1] < 0.15:
            spans[-1] = (spans[-1][0], at + 0.04)
        else:
            spans.append((at, at + 0.04))
    return spans


def draw(record: Record, path: Path) -> None:
    """A row of twenty seconds after the other, a lane for each."""
    rows = int(record.lasts_s // ROW_S) + 1
    height = rows * (len(LANES) * LANE + GAP) + GAP
    picture = Image.new("RGB", (WIDTH, height), "white")
    paper = _Paper(ImageDraw.Draw(picture), ImageFont.load_default(13))
    paper.rule(rows)
    for a, b in record.user:
        paper.bar("user", a, b, COLOURS["user"])
    for a, b in record.avatar:
        paper.bar("avatar", a, b, COLOURS["avatar"])
    for a, b in record.backchannels:
        paper.bar("avatar", a, b, COLOURS["backchannel"])
    ends = [at for at, _ in record.states[1:]] + [record.lasts_s]
    for (at, state), end in zip(record.states, ends, strict=True):
        paper.bar("state", at, end, COLOURS[state])
    for a, b in record.holds:
        paper.bar("hold", a, b, COLOURS["hold"])
    for at in record.flushes:
        paper.bar("hold", at, at + 0.06, COLOURS["flush"])
    for at, kind in record.reactions:
        paper.word("reaction", at, kind)
    picture.save(path)


@dataclass(frozen=True, slots=True)
class _Paper:
    pen: ImageDraw.ImageDraw
    font: Any

    def rule(self, rows: int) -> None:
        for row in range(rows):
            for number, lane in enumerate(LANES):
                y = self._y(row, number)
                self.pen.text((8, y + 4), lane, fill="black", font=self.font)
                self.pen.line((MARGIN, y, WIDTH, y), fill="#dddddd")
            for second in range(int(ROW_S)):
                x = self._x(row * ROW_S + second)
                y = self._y(row, 0)
                self.pen.line((x, y, x, y + len(LANES) * LANE), fill="#eeeeee")
                label = f"{row * ROW_S + second:.0f}"
                self.pen.text((x + 2, y - 15), label, fill="#999999", font=self.font)

    def bar(self, lane: str, a: float, b: float, colour: str) -> None:
        while a < b:
            row = int(a // ROW_S)
            end = min(b, (row + 1) * ROW_S)
            y = self._y(row, LANES.index(lane))
            left, right = self._x(a), self._x(a) + max(2.0, (end - a) * self._scale)
            self.pen.rectangle((left, y + 3, right, y + LANE - 4), fill=colour)
            a = end

    def word(self, lane: str, at: float, text: str) -> None:
        y = self._y(int(at // ROW_S), LANES.index(lane))
        self.pen.text((self._x(at), y + 5), text, fill="#385723", font=self.font)

    @property
    def _scale(self) -> float:
        return (WIDTH - MARGIN) / ROW_S

    def _x(self, at: float) -> float:
        return MARGIN + (at % ROW_S) * self._scale

    def _y(self, row: int, lane: int) -> int:
        return GAP + row * (len(LANES) * LANE + GAP) + lane * LANE
