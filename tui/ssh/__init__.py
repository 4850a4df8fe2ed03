"""The counter over SSH: one process, one event loop, one Textual app a person.

A connection (`connection`) is let in by the front (`front`) within its limits (`limits`), and proves who comes, or does
not: then they sign in at the counter itself. Each channel of it is a visit (`visit`): the full screen by the driver
(`driver`, fed through `typing_gate`), a command (`command`), the tree of one's invoices (`files`), or line by line. No
shell, no forwarding, nothing of this machine.
"""
