"""The counter over SSH: one process, one event loop, one Textual app a person.

A connection (`connection`) is let in by the front (`front`) within its limits (`limits`), and proves who comes, or does
not: then they sign in at the counter itself. A channel of it is a visit (`visit`) in the full screen, drawn by the
driver (`driver`) and typed at through the gate (`typing_gate`). No shell, no command, no forwarding, nothing of this
machine.
"""
