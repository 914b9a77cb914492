"""A head that talks and listens: conditions in, motion and pictures out, one tick at a time.

The modules of the spine read in this order: `clock`, `motion`, `tick`, `timeline`, `session`,
`avatar`, `offline`.
"""

import os

# Read when onnxruntime is loaded, here and in workers; it tells its maker of each run otherwise.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
