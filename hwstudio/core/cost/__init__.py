"""What work costs, owned or rented: pure formulas over numbers and offers."""
