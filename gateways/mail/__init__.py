"""Mail on its way out: a message built so that nothing in it adds a header, and the servers and folders it goes to."""
