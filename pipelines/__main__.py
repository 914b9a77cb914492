"""`python -m pipelines` is the command `visavis`."""

from pipelines.cli import main

main()
