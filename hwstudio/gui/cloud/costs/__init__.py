"""The page "Cost of owning": sheets about cost, with inputs left and the answer right."""
