"""Newer prices of rentable machines: from public interfaces or a file, judged before they count."""
