"""The Billing Center."""
