"""The Cloud tab: own against rent, with the offers behind the answer."""
