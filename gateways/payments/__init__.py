"""Payment gateways: a sandbox of our own, and Stripe."""
