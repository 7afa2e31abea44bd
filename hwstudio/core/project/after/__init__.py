"""After buying: what this computer shows of the list one goes through when it is built."""
