"""How sound the catalogue is: sources, second sources, recalled facts, stale prices."""
