"""Turns through pipecat's own aggregators, in virtual time."""

import pytest
from pipecat.frames.frames import (
    Frame,
    InterruptionFrame,
    LLMMessagesAppendFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    TTSTextFrame,
    UserBackchannelFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from agent.frames import AvatarAudioFrame, AvatarDirectionFrame, AvatarFlushFrame
from agent.turns.manners import Manners
from avatar.tick import Style
from tests.agent.turns.theatre import RATE, Play, Speaks

ANSWER = "one two three four five six seven eight nine"
SENTENCES = "One two three. Four five six. Seven eight nine."


async def test_a_question_is_answered() -> None:
    play = await Play([Speaks(1, 2, "where is the lift")], 8).run()
    assert play.said == ["user: where is the lift", f"assistant: {ANSWER}"]
    first, last = play.client.voice[0][0], play.client.voice[-1][0]
    assert 2.3 < first < 2.75
    assert last - first == pytest.approx(0.3 * 9 - 0.04, abs=0.05)


async def test_who_really_interrupts_is_heard_at_once_and_answered() -> None:
    script = [Speaks(1, 2, "where is the lift"), Speaks(4, 5.4, "no wait the stairs please")]
    play = await Play(script, 10, manners=Manners(settling_s=0), answer=lambda _: SENTENCES).run()
    (held_at, held), *_ = play.client.held
    assert held
    assert held_at - 4 <= 0.12, "the avatar falls silent two windows after the onset"
    flushed = play.client.at(AvatarFlushFrame)[0]
    assert 0.8 <= flushed - 4 <= 1.0, "without words a voice takes the floor by lasting"
    assert not [at for at, _ in play.client.voice if held_at < at < 5.4]
    assert play.llm.asked == ["where is the lift", "no wait the stairs please"]
    user, assistant, *_ = play.said
    assert user == "user: where is the lift"
    spoken = assistant.removeprefix("assistant: ").split()
    assert len(spoken) == 3, "the context holds the sentences that were heard"
    assert SENTENCES.startswith(" ".join(spoken))


@pytest.mark.parametrize("text", ["mhm", ""])
async def test_a_sign_of_listening_or_a_cough_costs_a_pause_and_no_word(text: str) -> None:
    script = [Speaks(1, 2, "where is the lift"), Speaks(4, 4.3, text)]
    play = await Play(script, 9, manners=Manners(settling_s=0)).run()
    (begun, down), (ended, up) = play.client.held
    assert (down, up) == (True, False)
    assert ended - begun <= 1.2
    ticks = [tick for _, tick in play.client.voice]
    assert ticks == list(range(1, 1 + round(0.3 * 9 * 25) + 1))[: len(ticks)]
    assert len(ticks) >= round(0.3 * 9 * 25)
    assert play.said == ["user: where is the lift", f"assistant: {ANSWER}"]
    assert play.client.at(AvatarFlushFrame) == []
    assert len(play.client.frames(UserBackchannelFrame)) == bool(text)


async def test_while_somebody_tells_a_story_it_says_that_it_listens() -> None:
    script = [Speaks(1 + 3 * k, 3.3 + 3 * k, "and then we went on to the") for k in range(6)]
    manners = Manners(backchannels_a_minute=60)
    play = await Play(script, 24, manners=manners, finished=lambda: False).run()
    assert 2 <= len(play.client.backchannels) <= 3
    assert all(0.2 < (at - 3.3) % 3 < 0.7 for at in play.client.backchannels)
    assert len(play.said) == 2, "what it murmurs is no part of the conversation"
    assert play.said[0] == "user: " + " ".join(["and then we went on to the"] * 6)
    assert len(play.llm.asked) == 6, "an answer was prepared in each pause, and one was said"


@pytest.mark.parametrize(
    ("direction", "some"),
    [
        (AvatarDirectionFrame(listens=False), False),
        (AvatarDirectionFrame(style=Style(intensity=1.0), listens=True), True),
    ],
)
async def test_a_client_says_how_much_it_wants_to_hear(
    direction: AvatarDirectionFrame, *, some: bool
) -> None:
    script = [Speaks(1 + 3 * k, 3.3 + 3 * k, "and then we went on to the") for k in range(4)]
    play = await Play(
        script, 16, manners=Manners(backchannels_a_minute=60), finished=lambda: False,
        extra=[(0.5, direction)],
    ).run()  # fmt: skip
    assert bool(play.client.backchannels) is some


async def test_an_answer_is_ready_when_the_pause_is_over() -> None:
    slow = await Play([Speaks(1, 2, "where is the lift")], 8, delay_s=0.5).run()
    eager = await Play(
        [Speaks(1, 2, "where is the lift")], 8, delay_s=0.5, finished=lambda: False
    ).run()
    assert eager.llm.asked == slow.llm.asked
    after = slow.client.voice[0][0] - 2
    assert eager.client.voice[0][0] - 2 < 1.1 + 0.1
    assert after < 0.42 + 0.2 + 0.5
    assert eager.said == slow.said


async def test_an_answer_to_half_a_question_is_never_heard() -> None:
    script = [Speaks(1, 2, "where is the lift"), Speaks(2.7, 3.5, "to the roof")]
    play = await Play(
        script, 9, answer=lambda asked: f"about {asked}", finished=lambda: False
    ).run()
    assert play.llm.asked == ["where is the lift", "where is the lift to the roof"]
    assert play.said == [
        "user: where is the lift to the roof",
        "assistant: about where is the lift to the roof",
    ]
    assert all(at > 3.5 for at, _ in play.client.voice)


async def test_a_slow_answer_is_announced_and_a_lost_one_apologised_for() -> None:
    slow = await Play([Speaks(1, 2, "where is the lift")], 12, delay_s=4).run()
    said = [frame.text for frame in slow.client.frames(TTSTextFrame)]
    assert said[0] == "Let me see."
    assert 1.2 < slow.client.voice[0][0] - 2.3 < 1.5
    assert slow.said == ["user: where is the lift", f"assistant: {ANSWER}"]
    lost = await Play([Speaks(1, 2, "where is the lift")], 25, delay_s=60).run()
    said = [frame.text for frame in lost.client.frames(TTSTextFrame)]
    assert said == ["Let me see.", "I'm sorry, I lost my thread. Could you say that again?"]


async def test_an_empty_answer_is_apologised_for_at_once() -> None:
    play = await Play([Speaks(1, 2, "where is the lift")], 8, answer=lambda _: "").run()
    assert 2.3 < play.client.voice[0][0] < 2.9
    assert play.client.frames(TTSTextFrame)[0].text.startswith("I'm sorry")


@pytest.mark.parametrize("answer", ["ERROR", "One two three. Four ERROR"])
async def test_an_error_is_apologised_for_and_the_next_question_is_answered(answer: str) -> None:
    answers = {"where is the lift": answer}
    script = [Speaks(1, 2, "where is the lift"), Speaks(9, 10, "where are the stairs")]
    play = await Play(
        script, 16, answer=lambda asked: answers.get(asked, ANSWER), manners=Manners(settling_s=0)
    ).run()
    said = [frame.text for frame in play.client.frames(TTSTextFrame)]
    assert sum("I'm sorry" in text for text in said) == 1
    assert play.said[-1] == f"assistant: {ANSWER}"
    assert play.llm.asked[-1] == "where are the stairs"
    assert len(play.llm.asked) <= 3, "once in the pause, and once more when it was over"


async def test_a_voice_that_breaks_is_apologised_for_and_the_next_answer_is_said() -> None:
    answers = {"where is the lift": "It is broken sadly and for long."}
    script = [Speaks(1, 2, "where is the lift"), Speaks(12, 13, "where are the stairs")]
    play = await Play(
        script,
        20,
        answer=lambda asked: answers.get(asked, ANSWER),
        tts_fails=lambda text: "broken" in text,
    ).run()
    assert sum("I'm sorry" in text for text in play.tts.asked) == 1
    assert play.tts.asked[-1] == ANSWER
    assert play.said[-1] == f"assistant: {ANSWER}"


async def test_a_voice_that_always_breaks_is_not_asked_for_ever() -> None:
    script = [Speaks(1, 2, "where is the lift"), Speaks(12, 13, "where are the stairs")]
    play = await Play(script, 24, tts_fails=lambda text: True).run()
    assert play.llm.asked[-1] == "where are the stairs"
    assert len(play.tts.asked) <= 4, "two answers and an apology for each"


NONSENSE = ["!?", "\u2026", "\x00\x07", "uh", "a" * 20_000, "word " * 3000, "\ud83d\ude00"]


@pytest.mark.parametrize("nonsense", NONSENSE, ids=lambda text: ascii(text)[:12])
async def test_what_a_recogniser_makes_up_leaves_nothing_stuck(nonsense: str) -> None:
    script = [Speaks(1, 2, nonsense), Speaks(9, 10, "where is the lift")]
    play = await Play(script, 17).run()
    assert play.llm.asked[-1] == "where is the lift"
    assert play.said[-1] == f"assistant: {ANSWER}"


async def test_a_recogniser_that_hears_nothing_leaves_nothing_open() -> None:
    script = [Speaks(1, 2), Speaks(5, 6), Speaks(9.5, 10.5, "where is the lift")]
    play = await Play(script, 16).run()
    assert play.said == ["user: where is the lift", f"assistant: {ANSWER}"]


async def test_whoever_goes_on_before_the_answer_is_heard_out() -> None:
    script = [Speaks(1, 2, "where is the lift"), Speaks(2.5, 3.6, "and where are the stairs")]
    play = await Play(script, 9, delay_s=0.4).run()
    assert all(at > 3.6 for at, _ in play.client.voice)
    assert play.llm.asked[-1] == "and where are the stairs"
    assert play.said[-1] == f"assistant: {ANSWER}"


async def test_words_without_an_end_are_typed_ones() -> None:
    typed = LLMMessagesAppendFrame([{"role": "user", "content": "hello"}], run_llm=True)
    play = await Play([], 5, extra=[(1.0, typed)]).run()
    assert play.said == ["user: hello", f"assistant: {ANSWER}"]


class Late(FrameProcessor):
    """Adds pieces of a turn that was flushed, behind any stage."""

    def __init__(self) -> None:
        super().__init__()
        self._contexts: list[str | None] = []
        self._flushed = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame) and frame.context_id not in self._contexts:
            self._contexts.append(frame.context_id)
        await self.push_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            for context in self._contexts:
                for _ in range(5):
                    late = TTSAudioRawFrame(b"\1\0" * RATE, RATE, 1, context_id=context)
                    await self.push_frame(late)
                await self.push_frame(TTSStoppedFrame(context_id=context))


async def test_late_pieces_of_a_flushed_turn_are_never_heard() -> None:
    script = [Speaks(1, 2, "where is the lift"), Speaks(4, 5.4, "no wait the stairs please")]
    play = await Play(
        script, 10, manners=Manners(settling_s=0), answer=lambda _: SENTENCES, behind_tts=Late()
    ).run()
    flushes = play.client.frames(AvatarFlushFrame)
    assert flushes
    gone = 0
    for _, frame in play.client.got:
        if isinstance(frame, AvatarFlushFrame):
            gone = max(gone, frame.turn)
        assert not isinstance(frame, AvatarAudioFrame) or frame.turn > gone
    assert play.said[-1] == "assistant: " + SENTENCES
