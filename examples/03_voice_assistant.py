"""A voice assistant with a face, configured by a file.

python examples/03_voice_assistant.py                     # examples/assistant.yaml
python examples/03_voice_assistant.py my-assistant.yaml   # then open the address that it prints

It needs no key. What the file may say is in docs/conversation.md.
"""

import sys
from pathlib import Path

from pipelines.assistant import run_assistant
from pipelines.configuration import checked, read_configuration
from pipelines.logs import log_to_terminal


def main() -> None:
    """Read the configuration and talk until Ctrl-C."""
    log_to_terminal()
    here = Path(__file__).with_name("assistant.yaml")
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else here
    run_assistant(checked(read_configuration(file), str(file)))


if __name__ == "__main__":
    main()
