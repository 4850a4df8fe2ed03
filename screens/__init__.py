"""What a person sees: one screen, one file. A screen asks and shows; it never decides."""
