"""The live WebSocket."""
