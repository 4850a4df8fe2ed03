"""The counter over SSH: one process, one event loop, one Textual app a person.

A connection (`connection`) is let in by the door (`door`) within its limits (`limits`), and proves who comes, or does
not: then they sign in at the counter itself. A channel of it is a visit (`visit`): the full screen, drawn by the driver
(`driver`) and typed at through the gate (`typing_gate`); or a stream (`stream`), which is a command (`command`), one's
files (`files`) or the counter line by line. No shell, no forwarding, nothing of this machine.
"""
