"""The edge where HTTP becomes calls and answers become HTTP; nothing further in knows either."""
