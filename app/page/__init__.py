"""What a browser says and is told: points, looks, the story, ids, the message between page and server."""
