"""Stripe: its ledger, charges, payment intents and invoices, read into sales and reversals."""
