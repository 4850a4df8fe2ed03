"""The counter line by line, for screen readers, braille lines, teletypes and expect scripts."""
