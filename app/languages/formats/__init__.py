"""Subtitle files: reading what people bring, checking it and writing what players take. Knows no database."""
