"""Ask a server something over its websocket, and keep what it says and shows.

Start `visavis serve`, then: python examples/04_websocket_client.py "Where can I park my car?"
"""

import asyncio
import sys
import wave
from pathlib import Path

from agent.client import connect
from agent.protocol.events.response import OutputTranscriptDone, ResponseDone
from agent.protocol.media import MediaFrame, MediaKind

SERVER = "ws://localhost:8765/v1/realtime"


async def ask(question: str, server: str = SERVER) -> tuple[str, bytes, int, bytes]:
    """The words of the answer, its sound and rate, and the last picture."""
    sound, picture, words = b"", b"", ""
    async with connect(server) as session:
        await session.send_text(question)
        async for happening in session:
            match happening:
                case MediaFrame(kind=MediaKind.AVATAR_AUDIO, turn=turn) if turn:
                    sound += happening.payload
                case MediaFrame(kind=MediaKind.AVATAR_PICTURE):
                    picture = happening.payload
                case OutputTranscriptDone():
                    words = happening.transcript
                case ResponseDone():
                    break
                case _:
                    pass
        return words, sound, session.media.audio.output_rate, picture


def main(question: str, server: str = SERVER, folder: Path = Path("out")) -> str:
    words, sound, rate, picture = asyncio.run(ask(question, server))
    folder.mkdir(exist_ok=True)
    with wave.open(str(folder / "answer.wav"), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(sound)
    (folder / "face.jpg").write_bytes(picture)
    return words


if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) > 1 else "Where can I park my car?"
    print(main(asked, sys.argv[2] if len(sys.argv) > 2 else SERVER))
