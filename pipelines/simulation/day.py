"""A kiosk's day in virtual time: visitors one after the other, and what each of them got."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from agent.knowledge.responder import Responder
from agent.protocol.events.kiosk import KioskDevice, KioskReset, KioskTouch
from pipelines.simulation.guests import INJECTION, MISHEARD, STORY, Fault, Guest, Plan, plan
from pipelines.simulation.lobby import Lobby
from pipelines.simulation.virtual_time import VirtualTimeLoop

GREETED_WITHIN_S = 8.0
ANSWERED_WITHIN_S = 25.0
FORGOTTEN_WITHIN_S = 130.0
"""After a visitor has gone whom nobody saw: they are asked once whether there is anything else."""
RECOVERS_WITHIN_S = 30.0
PRESSES_EVERY_S = 0.3


@dataclass(slots=True)
class Outcome:
    """What became of one visitor; recovery in seconds, None where nothing went wrong."""

    guest: Guest
    fault: Fault = Fault.NONE
    greeted: bool = True
    served: bool = True
    """Everything that was asked was answered, or answered for."""
    reset_mid_sentence: bool = False
    forgotten: bool = True
    stuck: bool = False
    recovery_s: float | None = None

    @property
    def unserved(self) -> bool:
        """Whether somebody left without what a receptionist owes to them."""
        return not (self.greeted and self.served and self.forgotten)


def play_day(
    visitors: int, seed: int, responder: Responder, tell: Callable[[str], None] | None = None
) -> list[Outcome]:
    """As many visitors, one after the other, at one kiosk that is never started anew."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(_day(visitors, seed, responder, tell))


async def _day(
    visitors: int, seed: int, responder: Responder, tell: Callable[[str], None] | None
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    async with Lobby(responder).open() as lobby:
        for number in range(visitors):
            coming = plan(seed, number)
            await asyncio.sleep(coming.gap_s)
            outcomes.append(await Visit(lobby, coming).play())
            if tell is not None and (number + 1) % 20 == 0:
                tell(f"{number + 1} of {visitors} visitors in virtual time")
    return outcomes


@dataclass
class Visit:
    """One visitor in a lobby."""

    lobby: Lobby
    plan: Plan
    outcome: Outcome = field(init=False)

    def __post_init__(self) -> None:
        """Nothing has happened yet."""
        self.outcome = Outcome(self.plan.guest, self.plan.fault)

    async def play(self) -> Outcome:
        """Come, do what this visitor does, and leave."""
        lobby, outcome = self.lobby, self.outcome
        lobby.asked_to_reset = False
        before, came = lobby.resets_mid_sentence, lobby.now
        lobby.present = True
        if self.plan.guest is Guest.PASSES:
            await asyncio.sleep(0.5)
        else:
            await self._stay(came)
        lobby.present = False
        outcome.stuck = not await lobby.until("attract", FORGOTTEN_WITHIN_S)
        outcome.forgotten = not lobby.content and not outcome.stuck
        outcome.reset_mid_sentence = lobby.resets_mid_sentence > before
        return outcome

    async def _stay(self, came: float) -> None:
        lobby, outcome = self.lobby, self.outcome
        if self.plan.fault is Fault.CAMERA_STOPS:
            await self._unseen()
        outcome.greeted = await lobby.holds(
            lambda: any(at >= came and moment == "greeted" for at, moment in lobby.moments),
            GREETED_WITHIN_S,
        )
        await lobby.until("conversing", GREETED_WITHIN_S)
        match self.plan.guest:
            case Guest.SILENT:
                await asyncio.sleep(6.0)
            case Guest.LEAVES:
                await lobby.holds(lambda: not lobby.voice.says, 5.0)
                lobby.present = False
                await lobby.say(self.plan.questions[0], whole=False)
            case Guest.FOREIGN:
                await self._foreign()
            case Guest.PRESSES:
                await self._press_everything()
            case Guest.TALKS_LONG:
                await self._tell_a_story()
            case Guest.INJECTS:
                await self._ask(INJECTION)
                await self._ask(self.plan.questions[0])
            case _:
                await self._ask_all()

    async def _ask_all(self) -> None:
        for number, question in enumerate(self.plan.questions):
            if number == 0 and self.plan.fault is not Fault.NONE:
                await self._ask_amid(question)
            else:
                await self._ask(question)
        if self.plan.guest is Guest.PAIR:
            # The other one talks over the answer.
            await self.lobby.say("and what about me then")
            await self._ask(self.plan.questions[-1])
        if not self.plan.leaves_quietly:
            await self.lobby.say("goodbye")
            await asyncio.sleep(2.0)

    async def _ask(self, question: str) -> bool:
        since = self.lobby.now
        await self.lobby.say(question)
        answered = await self.lobby.answered(since, ANSWERED_WITHIN_S)
        self.outcome.served &= answered
        return answered

    async def _ask_amid(self, question: str) -> None:
        """Something goes wrong while this is asked; it is asked again when that is over."""
        lobby = self.lobby
        match self.plan.fault:
            case Fault.ANSWER_HANGS:
                lobby.hangs = True
            case Fault.ANSWER_FAILS:
                lobby.fails = True
            case Fault.MICROPHONE_GONE:
                lobby.hears = False
                await lobby.press(
                    KioskDevice(type="kiosk.device", device="microphone", works=False)
                )
            case Fault.CLOCK_JUMPS:
                lobby.jump += timedelta(hours=9)
            case _:
                pass
        await lobby.say(question)
        await asyncio.sleep(6.0)
        lobby.hangs = lobby.fails = False
        if not lobby.hears:
            lobby.hears = True
            await self._microphone(works=True)
        over = lobby.now
        await lobby.holds(lambda: not lobby.voice.says, 10.0)
        await self._ask(question)
        healed = await lobby.holds(self._well, RECOVERS_WITHIN_S)
        cleared = next((at for at, state in reversed(lobby.states) if state.faults), over)
        self.outcome.recovery_s = max(0.0, cleared - over) if healed else RECOVERS_WITHIN_S

    async def _microphone(self, *, works: bool) -> None:
        await self.lobby.press(KioskDevice(type="kiosk.device", device="microphone", works=works))

    def _well(self) -> bool:
        state = self.lobby.state
        return state is not None and not state.faults

    async def _unseen(self) -> None:
        """The camera stops: touching the screen is enough to be served."""
        self.lobby.sees = False
        await self.lobby.press(KioskTouch(type="kiosk.touch"))
        await asyncio.sleep(7.0)
        self.lobby.sees = True
        began = self.lobby.now
        healed = await self.lobby.holds(self._well, RECOVERS_WITHIN_S)
        self.outcome.recovery_s = self.lobby.now - began if healed else RECOVERS_WITHIN_S

    async def _foreign(self) -> None:
        """The ears make nonsense of it: they press a suggestion in the end."""
        for words in MISHEARD[:2]:
            await self.lobby.say(words)
            await asyncio.sleep(8.0)
        since = self.lobby.now
        await self.lobby.type(self.plan.questions[0])
        self.outcome.served &= await self.lobby.answered(since, ANSWERED_WITHIN_S)

    async def _press_everything(self) -> None:
        for number in range(24):
            if number % 3 == 0:
                await self.lobby.type(self.plan.questions[number % len(self.plan.questions)])
            await self.lobby.press(KioskTouch(type="kiosk.touch"))
            await asyncio.sleep(PRESSES_EVERY_S)
        since = self.lobby.now
        await self.lobby.type(self.plan.questions[0])
        self.outcome.served &= await self.lobby.answered(since, ANSWERED_WITHIN_S)
        self.lobby.asked_to_reset = True
        await self.lobby.press(KioskReset(type="kiosk.reset"))

    async def _tell_a_story(self) -> None:
        for part in STORY[:-1]:
            await self.lobby.say(part)
        await self._ask(STORY[-1])
