"""The Enterprise Billing Portal: contacts, purchase orders and quotes, together with the representative."""
