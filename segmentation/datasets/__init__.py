"""Sample data: customers and transactions that were made up."""
