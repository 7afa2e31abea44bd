"""Power of a build: sustained, excursion, vendor minimum and wall, in one answer."""
