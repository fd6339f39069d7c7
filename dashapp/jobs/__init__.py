"""Work that is slow or dangerous, done in processes of its own."""
