"""Invoices as documents: PDF and text."""
