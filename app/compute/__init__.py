"""The one door to the engine: a question is answered once, remembered, and asked by many at a time."""
