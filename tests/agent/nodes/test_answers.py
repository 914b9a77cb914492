"""Answers made fit to be said."""

from collections.abc import Sequence

import pytest
from pipecat.frames.frames import (
    BotBackchannelFrame,
    Frame,
    FunctionCallsStartedFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSSpeakFrame,
)
from pipecat.tests.utils import SleepFrame, run_test

from agent.frames import (
    AnswerComesFrame,
    AnswerFailedFrame,
    AnswerWrittenFrame,
    AvatarDirectionFrame,
    IntroductionFrame,
    SayFrame,
)
from agent.nodes.answers import LONGEST_ANSWER, Answers, spoken


async def answered(tokens: Sequence[str], *more: Frame) -> tuple[list[Frame], list[Frame]]:
    frames: list[Frame] = [
        LLMFullResponseStartFrame(),
        *more,
        *(LLMTextFrame(token) for token in tokens),
        LLMFullResponseEndFrame(),
    ]
    down, up = await run_test(Answers(), frames_to_send=frames)
    return list(down), list(up)


def text_of(frames: Sequence[Frame]) -> str:
    return "".join(frame.text for frame in frames if isinstance(frame, LLMTextFrame))


def emotions(frames: Sequence[Frame]) -> list[str | None]:
    return [frame.emotion for frame in frames if isinstance(frame, AvatarDirectionFrame)]


async def test_markup_and_emoji_are_not_spelled_out() -> None:
    down, up = await answered(["**Hel", "lo** 👋🏽, see `here`", " and [this](http://x.y/z)."])
    assert text_of(down) == "Hello , see here and this."
    assert [type(frame) for frame in up] == [AnswerComesFrame]


@pytest.mark.parametrize("text", ["Grüße aus Köln!", "¿Qué tal?", "3 < 4", "日本語"])
def test_what_can_be_said_is_left_alone(text: str) -> None:
    assert spoken(text).replace(" ", "") == text.replace(" ", "").replace("<", "")


async def test_a_tag_sets_the_face_however_it_is_cut() -> None:
    down, _ = await answered(["[", "hap", "py] Welcome", " here."])
    assert emotions(down) == ["happy"]
    assert text_of(down) == "Welcome here."
    down, _ = await answered(["[1] is a number."])
    assert text_of(down) == "[1] is a number."


async def test_without_a_tag_the_first_sentence_does() -> None:
    down, _ = await answered(["I am ", "sorry, ", "it is closed. ", "Great weather."])
    assert emotions(down) == ["concerned"]
    down, _ = await answered(["It is closed. ", "What a great day."])
    assert emotions(down) == []


@pytest.mark.parametrize("tokens", [[], [""], [" ", "\n"], ["**"], ["🙂"]])
async def test_an_answer_without_a_word_is_reported(tokens: list[str]) -> None:
    _, up = await answered(tokens)
    assert [type(frame) for frame in up] == [AnswerFailedFrame]


async def test_an_answer_that_calls_a_tool_may_be_silent() -> None:
    _, up = await answered([], FunctionCallsStartedFrame(function_calls=[]))
    assert not up


async def test_half_a_tag_is_said_in_the_end() -> None:
    down, up = await answered(["[hap"])
    assert text_of(down) == "[hap"
    assert [type(frame) for frame in up] == [AnswerComesFrame]


async def test_a_megabyte_is_cut() -> None:
    down, _ = await answered(["word " * 1000] * 200)
    assert len(text_of(down)) <= LONGEST_ANSWER + 200


async def test_what_waits_for_no_model_is_said_at_once() -> None:
    said = [SayFrame("One moment."), SayFrame("I see.", backchannel=True)]
    down, _ = await run_test(Answers(), frames_to_send=said)
    hold, listens = down
    assert isinstance(hold, TTSSpeakFrame)
    assert not isinstance(hold, BotBackchannelFrame)
    assert not hold.append_to_context
    assert isinstance(listens, BotBackchannelFrame)


async def test_nothing_is_said_between_an_answers_words_and_its_voice() -> None:
    down, _ = await run_test(
        Answers(),
        frames_to_send=[
            SayFrame("One moment."),
            LLMFullResponseStartFrame(),
            LLMTextFrame("Here it is."),
            LLMFullResponseEndFrame(),
            SleepFrame(),
            SayFrame("One moment, please."),
        ],
    )
    said = [frame.text for frame in down if isinstance(frame, TTSSpeakFrame)]
    assert said == ["One moment."]


async def test_an_answer_that_is_only_written_is_told_when_it_is_whole() -> None:
    written: list[Frame] = [
        LLMFullResponseStartFrame(),
        LLMTextFrame("Here it is."),
        LLMFullResponseEndFrame(),
    ]
    for frame in written:
        frame.skip_tts = True  # pyright: ignore[reportAttributeAccessIssue]
    _, up = await run_test(Answers(), frames_to_send=written)
    assert [type(frame) for frame in up] == [AnswerComesFrame, AnswerWrittenFrame]


async def test_who_answers_is_said_once_before_the_next_answer() -> None:
    answer = [LLMFullResponseStartFrame(), LLMTextFrame("We are open."), LLMFullResponseEndFrame()]
    again = [LLMFullResponseStartFrame(), LLMTextFrame("Yes."), LLMFullResponseEndFrame()]
    frames = [IntroductionFrame("Ana, an AI."), SleepFrame(0.02), *answer, *again]
    down, _ = await run_test(Answers(), frames_to_send=frames)
    said = [frame.text for frame in down if isinstance(frame, TTSSpeakFrame | LLMTextFrame)]
    assert said == ["Ana, an AI.", "We are open.", "Yes."]


async def test_an_introduction_is_taken_back_by_one_without_words() -> None:
    frames = [IntroductionFrame("Ana, an AI."), IntroductionFrame(""), SleepFrame(0.02)]
    answer = [LLMFullResponseStartFrame(), LLMTextFrame("Yes."), LLMFullResponseEndFrame()]
    down, _ = await run_test(Answers(), frames_to_send=[*frames, *answer])
    assert not [frame for frame in down if isinstance(frame, TTSSpeakFrame)]
