"""`ventanilla serve`: one process, or several behind one door, for many people; and the vendor's daily work beside."""
