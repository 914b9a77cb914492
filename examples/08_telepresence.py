"""Two people talk through two faces: each browser shows the other person's avatar.

Start it, and open the address in two browsers: what one person says comes out of the avatar that
the other sees, which listens to that other meanwhile.
"""

import sys

from pipelines.build import build_avatar, share_interpreter
from pipelines.config import ServeConfig
from pipelines.serving import addresses, listening, web_server
from pipelines.telepresence import create_app


def main(host: str = "127.0.0.1", port: int = 8766) -> None:
    share_interpreter()
    avatars = (build_avatar("ana", look_ahead=0), build_avatar("omar", look_ahead=0))
    with listening(host, port) as listener:
        print("ready: open", addresses(listener, host)[0], "twice", flush=True)
        server = web_server(create_app(ServeConfig(host=host), avatars), largest_message=1 << 22)
        server.run(sockets=[listener])


if __name__ == "__main__":
    main(port=int(sys.argv[1]) if len(sys.argv) > 1 else 8766)
