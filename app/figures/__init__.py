"""Pictures: a result of the engine in, a plotly Figure out. Nothing here knows of Dash."""
