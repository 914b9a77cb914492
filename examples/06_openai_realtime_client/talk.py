"""Talk with visavis through the OpenAI SDK, as with any Realtime server.

Start `visavis serve`, then: python examples/06_openai_realtime_client/talk.py
"""

import asyncio
import sys

from openai import AsyncOpenAI


async def main(question: str, server: str = "http://localhost:8765/v1") -> str:
    client = AsyncOpenAI(base_url=server, api_key="the token of VISAVIS_TOKEN, if it is set")
    words = ""
    async with client.realtime.connect(model="visavis") as connection:
        item = {"type": "message", "role": "user"}
        content = [{"type": "input_text", "text": question}]
        await connection.conversation.item.create(item={**item, "content": content})  # pyright: ignore[reportArgumentType]
        await connection.response.create()
        async for event in connection:
            if event.type == "response.output_audio_transcript.delta":
                words += event.delta
            elif event.type == "response.done":
                break
    return words


if __name__ == "__main__":
    print(asyncio.run(main(*sys.argv[1:3] or ["When are you open?"])))
