"""`ventanilla serve`: one process that lets many people in, and does the vendor's daily work beside them."""
