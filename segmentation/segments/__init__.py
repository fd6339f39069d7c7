"""Segments as people see them: profile, rules, names, actions."""
