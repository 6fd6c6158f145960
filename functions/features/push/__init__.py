"""Push: sends the changes of an owner's documents to the WebSocket connections of that owner."""
