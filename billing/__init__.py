"""The business: one topic, one file. Records, rules, and what a person may do with them."""
