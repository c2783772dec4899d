"""Resources and their versions: what the network makes, shares and uses."""
