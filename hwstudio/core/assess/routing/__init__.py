"""What each way to run a job takes and costs: at home, rented, paid already, or free."""
