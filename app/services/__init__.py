"""What stands between the page and the engine: computing once, remembering, exporting."""
