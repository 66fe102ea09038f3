"""The full-screen app."""

import os

# Textual looks for what to repaint so many times a second.  At its own 60 a key whose picture changes twice,
# at the cursor and then in the inspector, waits up to 16 ms between the two; frames are paced elsewhere.
os.environ.setdefault("TEXTUAL_FPS", "120")
