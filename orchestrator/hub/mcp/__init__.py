"""The MCP server that all sessions share: tools by which they speak to orch, at `/mcp` on the hub's port.

It keeps nothing about its clients, so a session that connected to a hub which was killed is served by the
next one. Only `protocol` loads the SDK.
"""
