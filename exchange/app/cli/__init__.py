"""The `exchange` command: a module for each family of verbs."""
