"""One owner, many commands: while a server has a store open, other commands of the machine ask it by a local socket."""
