"""The representative's desk: the vendor's side of the enterprise counter."""
