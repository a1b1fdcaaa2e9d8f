"""The bundled read-only upstream MCP servers: programs of their own, reached only over MCP."""
