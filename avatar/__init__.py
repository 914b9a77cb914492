"""A head that talks and listens: conditions in, motion and pictures out, one tick at a time.

The modules of the spine read in this order: `clock`, `motion`, `tick`, `timeline`, `session`,
`avatar`, `offline`.
"""
