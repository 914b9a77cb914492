"""What faces do in conversation: processes that produce it, and a detector that recognises it.

The rule-based generator is made of these processes, and synthetic conversations are played by them.
Each is a function of what is known of a tick and a small state that is passed in and returned;
chance is a function of a seed and the tick, so that two runs differ only where their inputs do.
"""
