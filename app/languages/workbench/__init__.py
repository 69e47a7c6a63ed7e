"""The subtitle workbench: drafts that several people edit at once, from the first words to the published file."""
