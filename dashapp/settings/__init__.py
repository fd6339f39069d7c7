"""Settings for operators."""
