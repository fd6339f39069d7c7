"""Problems found in a file, and the user's decisions about them."""
