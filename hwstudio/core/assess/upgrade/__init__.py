"""What to buy next: swaps of one part or two, judged by rules, score and speed."""
