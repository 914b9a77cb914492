"""What has consequences waits for a yes, in whole conversations in virtual time."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    ClientConnectedFrame,
    EndFrame,
    Frame,
    FunctionCallFromLLM,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMMessagesAppendFrame,
    LLMRunFrame,
    TTSAudioRawFrame,
    TTSTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import LLMService
from pipecat.workers.runner import WorkerRunner

from agent.frames import ForgetFrame, UserCaptionFrame
from agent.kiosk_frames import KioskFrame, VisitorFrame
from agent.nodes import Answers, UserCaptions, confirmation
from agent.nodes.confirmation import EXPIRES_S, Confirmations
from agent.protocol.events.kiosk import (
    KioskAnswer,
    KioskConfirm,
    KioskConfirmed,
)
from agent.services.llm import actions as offering
from agent.services.llm.actions import Action, offer_actions
from agent.turns.coordinator import TurnCoordinator
from agent.turns.manners import Manners
from tests.agent.turns import theatre
from tests.agent.turns.detectors import LevelVAD, ScriptedTurns, sound
from tests.agent.turns.theatre import (
    LOUD,
    QUIET,
    RATE,
    Client,
    ScriptedLLM,
    ScriptedSTT,
    ScriptedTTS,
    Speaks,
)

ID = UUID(int=7).hex
WISH = "call me a taxi"
COMES = '{"result": "it comes"}'


class Caller(ScriptedLLM):
    """A model that calls a taxi when it is asked to."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        last: Any = frame.context.messages[-1] if isinstance(frame, LLMContextFrame) else {}
        if not isinstance(frame, LLMContextFrame) or last.get("content") != WISH:
            await super().process_frame(frame, direction)
            return
        await LLMService.process_frame(self, frame, direction)
        self.asked.append(WISH)
        await self.push_frame(LLMFullResponseStartFrame())
        call = FunctionCallFromLLM(
            function_name="call_taxi", tool_call_id=f"call_{len(self.asked)}",
            arguments={"place": "the gate"}, context=frame.context,
        )  # fmt: skip
        await self.run_function_calls([call])
        await self.push_frame(LLMFullResponseEndFrame())


class Loudspeaker(Client):
    """Plays the voice without a face, whose pictures take most of the time."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[float] = []
        self._ends: asyncio.Task[None] | None = None
        self._until = 0.0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        now = asyncio.get_running_loop().time()
        if isinstance(frame, TTSAudioRawFrame):
            self._until = max(now, self._until) + frame.num_frames / frame.sample_rate
            if self._ends is None:
                self.begun.append(now - self.zero)
                self._ends = self.create_task(self._play())
                await self.broadcast_frame(BotStartedSpeakingFrame)
        elif isinstance(frame, InterruptionFrame | EndFrame):
            self._until = now
            if self._ends is not None:
                await self.cancel_task(self._ends)
                await self._end()

    async def _play(self) -> None:
        left = self._until - asyncio.get_running_loop().time()
        if left > 0:
            await asyncio.sleep(left)
            await self._play()
        else:
            await self._end()

    async def _end(self) -> None:
        self._ends = None
        await self.broadcast_frame(BotStoppedSpeakingFrame)


class Taxi:
    """What is called, and how often."""

    def __init__(self, result: Mapping[str, Any], takes_s: float) -> None:
        self.called = 0
        self._result, self._takes_s = result, takes_s

    async def call(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        assert arguments == {"place": "the gate"}
        self.called += 1
        await asyncio.sleep(self._takes_s)
        return self._result


class Visit(theatre.Play):
    """A play with a taxi that can be called after a question."""

    asks: bool = True
    result: Mapping[str, Any] = {"result": "it comes"}
    takes_s: float = 0.0
    expires_s: float = EXPIRES_S

    async def run(self) -> "Visit":
        self.client = self.loudspeaker = Loudspeaker()
        self.context, self.taxi = LLMContext(), Taxi(self.result, self.takes_s)
        self.llm = Caller(self.answer, self.delay_s)
        self.tts = ScriptedTTS()
        self.confirmations = Confirmations(expires_s=self.expires_s)
        question: Callable[[str, Mapping[str, Any]], str] = lambda _, told: (  # noqa: E731
            f"Shall I call a taxi to {told['place']}?"
        )
        taxi = Action(
            "call_taxi", "Call a taxi.", {}, lambda _: None, self.taxi.call,
            question if self.asks else None,
        )  # fmt: skip
        offer_actions(self.llm, [taxi], self.confirmations)
        aggregators = LLMContextAggregatorPair(self.context, user_params=theatre._hears())
        pipeline = Pipeline(
            [
                ScriptedSTT(self.script),
                TurnCoordinator(
                    ear=LevelVAD(0.04), turns=ScriptedTurns(), manners=self.manners,
                    chance=self.chance,
                ),
                UserCaptions(),
                self.confirmations,
                aggregators.user(),
                self.llm,
                Answers(),
                self.tts,
                self.client,
                aggregators.assistant(),
            ]
        )  # fmt: skip
        params = PipelineParams(audio_in_sample_rate=16_000, audio_out_sample_rate=RATE)
        worker = PipelineWorker(pipeline, params=params, idle_timeout_secs=None, enable_rtvi=False)
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        await asyncio.gather(runner.run(), self._perform(worker))
        return self

    async def _perform(self, worker: PipelineWorker) -> None:
        """Without the sound of silence, which takes most of the time."""
        loop = asyncio.get_running_loop()
        self.client.zero = loop.time()
        await worker.queue_frame(ClientConnectedFrame())
        extra = sorted(self.extra, key=lambda timed: timed[0])
        for n in range(round(self.seconds * 50)):
            at = n / 50
            await asyncio.sleep(max(0.0, self.client.zero + at - loop.time()))
            if any(speaks.begins - 0.1 <= at < speaks.ends + 0.5 for speaks in self.script):
                loud = any(speaks.begins <= at < speaks.ends for speaks in self.script)
                await worker.queue_frame(sound(LOUD if loud else QUIET))
            while extra and extra[0][0] <= at:
                await worker.queue_frame(extra.pop(0)[1])
        await worker.queue_frame(EndFrame())

    @property
    def shown(self) -> list[str]:
        """What the screen was told."""
        events = [frame.event for frame in self.client.frames(KioskFrame)]
        return [
            event.outcome if isinstance(event, KioskConfirmed) else event.text
            for event in events
            if isinstance(event, KioskConfirm | KioskConfirmed)
        ]

    @property
    def asked(self) -> list[str]:
        """What the model was asked after the wish, for which it may have been asked before it was
        sure that it was one.
        """
        return [question for question in self.llm.asked if question != WISH]

    @property
    def voiced(self) -> list[str]:
        return [frame.text for frame in self.client.frames(TTSTextFrame)]


def answer(question: str) -> str:
    return "The taxi comes." if "comes" in question else "Very well."


async def visited(
    script: Sequence[Speaks], seconds: float, *, extra: Sequence[tuple[float, Frame]] = (),
    **settings: Any,
) -> Visit:  # fmt: skip
    visit = Visit(
        [Speaks(0.2, 0.8, WISH), *script], seconds, answer=answer, extra=extra,
        manners=Manners(backchannels_a_minute=0, settling_s=0),
    )  # fmt: skip
    for name, value in settings.items():
        setattr(visit, name, value)
    return await visit.run()


@pytest.fixture(autouse=True)
def known_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirmation, "uuid4", lambda: UUID(int=7))


def pressed(*, yes: bool, which: str = ID) -> VisitorFrame:
    return VisitorFrame(KioskAnswer(type="kiosk.answer", id=which, yes=yes))


ASKED = "Shall I call a taxi to the gate?"


async def test_a_spoken_yes_does_it_and_the_model_says_so() -> None:
    visit = await visited([Speaks(4, 4.5, "yes please")], 7)
    assert visit.taxi.called == 1
    assert visit.shown == [ASKED, "done"]
    assert visit.asked == [COMES], "the yes itself is no question to the model"
    assert visit.voiced == [ASKED, "The taxi comes."]
    confirm = next(f.event for f in visit.client.frames(KioskFrame))
    assert confirm == KioskConfirm(id=ID, text=ASKED, expires_s=EXPIRES_S)
    captions = [f.text for f in visit.client.frames(UserCaptionFrame) if f.final]
    assert captions == [WISH, "yes please"], "the screen shows what was heard"


async def test_a_spoken_no_does_not() -> None:
    visit = await visited([Speaks(4, 4.5, "no thank you")], 6)
    assert visit.taxi.called == 0
    assert visit.shown == [ASKED, "declined"]
    assert visit.asked == ['{"status": "the visitor did not agree; nothing was done"}']


async def test_a_pressed_yes_does_it_once_however_often() -> None:
    presses = [(2.0 + n / 10, pressed(yes=True)) for n in range(10)]
    visit = await visited([], 5, extra=[*presses, (3.5, pressed(yes=False))], takes_s=1)
    assert visit.taxi.called == 1
    assert visit.shown == [ASKED, "done"]
    assert visit.voiced[-1] == "The taxi comes."
    spoke = min(at for at in visit.loudspeaker.begun if at > 2.2)
    assert 3.0 < spoke < 3.3, "a press ends the question, and the answer follows the action"


async def test_a_pressed_no_and_another_question_s_yes_do_not() -> None:
    visit = await visited([], 4, extra=[(2, pressed(yes=True, which="x")), (3, pressed(yes=False))])
    assert (visit.taxi.called, visit.shown) == (0, [ASKED, "declined"])


async def test_silence_expires_and_a_late_yes_is_none() -> None:
    patient = Manners().no_answer_s + 1.0
    visit = await visited([], 15, extra=[(14.8, pressed(yes=True))], expires_s=patient)
    assert visit.taxi.called == 0
    assert visit.shown == [ASKED, "expired"]
    asked_at, expired_at = visit.client.at(KioskFrame)
    assert expired_at - asked_at == pytest.approx(patient, abs=0.05)
    assert visit.asked == ['{"status": "the visitor did not answer; nothing was done"}']
    apologies = [text for text in visit.voiced if "sorry" in text]
    assert not apologies, "waiting for a visitor is no answer that failed"


async def test_after_other_words_only_the_screen_counts() -> None:
    script = [Speaks(4, 4.8, "where are the toilets"), Speaks(7, 7.4, "yes")]
    visit = await visited(script, 11, extra=[(9, pressed(yes=True))])
    assert visit.asked[:2] == ["where are the toilets", "yes"]
    assert visit.shown == [ASKED, "done"]
    assert visit.taxi.called == 1
    assert "The taxi comes." in visit.voiced


async def test_a_no_with_a_question_declines_and_the_question_is_answered() -> None:
    words = "no where are the toilets please"
    visit = await visited([Speaks(4, 5, words)], 7)
    assert visit.shown == [ASKED, "declined"]
    assert visit.asked == [words], "the model answers once"


async def test_a_sign_of_listening_during_the_question_is_no_yes() -> None:
    visit = await visited([Speaks(2, 2.3, "okay")], 4)
    assert (visit.taxi.called, visit.shown) == (0, [ASKED])


async def test_a_second_wish_is_refused_while_one_waits() -> None:
    wish: list[tuple[float, Frame]] = [
        (4, LLMMessagesAppendFrame([{"role": "user", "content": WISH}], run_llm=False)),
        (4.1, LLMRunFrame()),
        (6, pressed(yes=True)),
    ]
    visit = await visited([], 8, extra=wish)
    assert visit.taxi.called == 1
    assert visit.shown == [ASKED, "done"]
    assert any("asked about something else" in told for told in visit.asked)


async def test_one_that_was_talked_over_gives_way_to_another() -> None:
    script = [Speaks(4, 4.6, WISH), Speaks(8, 8.4, "yes")]
    visit = await visited(script, 12)
    assert sorted(visit.shown) == [ASKED, ASKED, "declined", "done"]
    assert visit.shown[-1] == "done"
    assert visit.taxi.called == 1


async def test_a_typed_yes_is_one_too() -> None:
    typed: list[tuple[float, Frame]] = [
        (4, UserCaptionFrame("Yes!", final=True, typed=True)),
        (4, LLMMessagesAppendFrame([{"role": "user", "content": "Yes!"}], run_llm=False)),
        (4.1, LLMRunFrame()),
    ]
    visit = await visited([], 6, extra=typed)
    assert visit.taxi.called == 1
    assert len(visit.asked) == 1, "it answers to what came of it, and not to the yes"
    assert "it comes" in visit.asked[0]


async def test_when_the_visitor_is_forgotten_nothing_is_done_or_said() -> None:
    visit = await visited([], 6, extra=[(4, ForgetFrame()), (5, pressed(yes=True))])
    assert visit.taxi.called == 0
    assert visit.shown == [ASKED, "declined"]
    assert visit.asked == []
    assert visit.voiced == [ASKED]


async def test_what_fails_or_takes_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    visit = await visited([], 4, extra=[(2, pressed(yes=True))], result={"error": "no cabs"})
    assert visit.shown == [ASKED, "failed"]
    assert visit.asked[0] == '{"error": "no cabs"}'
    monkeypatch.setattr(offering, "TAKES_AT_MOST_S", 0.5)
    visit = await visited([], 4, extra=[(2, pressed(yes=True))], takes_s=60)
    assert visit.shown == [ASKED, "failed"]
    assert "took too long" in visit.asked[0]
    done = visit.client.at(KioskFrame)[-1]
    assert done - 2 == pytest.approx(0.5, abs=0.1)


async def test_what_has_no_consequences_is_done_at_once() -> None:
    visit = await visited([], 3, asks=False)
    assert (visit.taxi.called, visit.shown) == (1, [])
    assert visit.voiced == ["The taxi comes."]


async def test_the_end_of_a_conversation_ends_a_question() -> None:
    visit = await visited([], 3, extra=[(2, EndFrame())])
    assert (visit.taxi.called, visit.shown) == (0, [ASKED])
