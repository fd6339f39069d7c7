"""The version of the library, the portal and the model files they write."""

__version__ = "0.1.0"
