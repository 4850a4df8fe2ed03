"""The outside world: documents, mail, payments, the printer."""
