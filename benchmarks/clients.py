"""What a client of the websocket sees: importing, joining, pictures beside sound, and the cost.

    python benchmarks/clients.py [--minutes 10]

A server is started; its avatar speaks for the given time, and a player takes 10 ms of sound at a
time and the picture of the moment. Skew is from the sound that is played to the middle of the
picture that is seen; drift compares the first minute with the last.
"""

import argparse
import asyncio
import subprocess
import sys
import time

import numpy as np

from agent.client import Player, Session, connect
from pipelines.benchmark.server_process import ServerProcess, running_server

TEXT = "This sentence is said so that somebody can look at lips and listen to words. " * 6
STEP_S = 0.01
SETTLES_S = 5.0
IDLES_S = 20.0


def import_ms() -> list[float]:
    """Milliseconds that an interpreter takes for the client beyond its own start."""

    def once(program: str) -> float:
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True)
        return 1000 * (time.perf_counter() - begin)

    return [once("import agent.client") - once("pass") for _ in range(9)]


async def join_ms(url: str) -> float:
    """Milliseconds from opening a socket to the first picture."""
    begin = time.perf_counter()
    async with connect(url) as session:
        player = Player(session.media.audio.output_rate, buffer_s=0.0)
        async for happening in session:
            player.take(happening)
            if player.picture() is not None:
                break
    return 1000 * (time.perf_counter() - begin)


async def skews_ms(url: str, minutes: float) -> list[tuple[float, float]]:
    """Seconds, and the skew then, while the avatar speaks."""
    seen: list[tuple[float, float]] = []
    async with connect(url) as session:
        player = Player(session.media.audio.output_rate)
        following = asyncio.create_task(_follow(session, player))
        begin = time.perf_counter()
        step, samples = 0, round(session.media.audio.output_rate * STEP_S)
        while (now := time.perf_counter() - begin) < 60 * minutes:
            player.sound(samples)
            picture, played = player.picture(), player.playback()
            heard_us = played["media_time_us"]
            if picture is not None and player.waiting_s > 0 and heard_us and now > SETTLES_S:
                middle_us = picture.media_time_us + 20_000
                seen.append((now, (heard_us - middle_us) / 1000))
            if player.waiting_s < STEP_S and step % 500 == 0:
                await session.say(TEXT)
            step += 1
            await asyncio.sleep(max(0.0, step * STEP_S - (time.perf_counter() - begin)))
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    return seen


async def _follow(session: Session, player: Player) -> None:
    async for happening in session:
        player.take(happening)


async def idle_share(url: str, server: ServerProcess) -> float:
    """The share of a core that a session without pictures takes while nobody speaks."""
    async with connect(url, video=None) as session:
        following = asyncio.create_task(_follow(session, Player(24_000)))
        await asyncio.sleep(SETTLES_S)
        before = server.cpu_s
        begin = time.perf_counter()
        while time.perf_counter() - begin < IDLES_S:
            await session.send_audio(bytes(640))
            await asyncio.sleep(0.02)
        share = (server.cpu_s - before) / (time.perf_counter() - begin)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    return share


async def main(minutes: float) -> None:
    """Print the figures."""
    imports = import_ms()
    print(f"import: least {min(imports):.0f} ms, median {np.median(imports):.0f} ms")
    with running_server() as server:
        url = f"ws://127.0.0.1:{server.port}/v1/realtime"
        await join_ms(url)
        joins = [await join_ms(url) for _ in range(7)]
        print(f"join: least {min(joins):.0f} ms, median {np.median(joins):.0f} ms")
        print(f"a session without pictures: {100 * await idle_share(url, server):.0f} % of a core")
        skews = await skews_ms(url, minutes)
    values = np.array([skew for _, skew in skews])
    first = np.mean([skew for at, skew in skews if at < skews[0][0] + 60])
    last = np.mean([skew for at, skew in skews if at > skews[-1][0] - 60])
    p95 = np.percentile(np.abs(values), 95)
    print(f"skew over {minutes:g} min: |p95| {p95:.0f} ms, drift {last - first:+.1f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10.0)
    asyncio.run(main(parser.parse_args().minutes))
