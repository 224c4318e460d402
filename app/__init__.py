"""The dashboard: what a browser says becomes a `Model`, the engine answers, a figure goes back."""
