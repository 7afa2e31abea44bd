"""The command line: the window's twin for terminals, scripts and racks."""
